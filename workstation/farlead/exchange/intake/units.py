"""The inboxes that there are."""

import re
from pathlib import Path

from farlead.exchange.intake.inbox import shown
from farlead.messages import Message, message
from farlead.settings import Settings

_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")


def unit_folders(settings: Settings) -> tuple[list[tuple[str, Path]], list[Message]]:
    """Inbox of each unit, by code: of the settings, and whatever folder bears a unit's code.

    Also what lies beside them and therefore reaches nobody.
    """
    root = settings.folder / "inbox"
    codes = {unit.code for unit in settings.units}
    troubles: list[Message] = []
    if root.is_dir():
        for entry in sorted(root.iterdir()):
            if entry.name.startswith("."):
                continue
            if entry.is_dir() and not entry.is_symlink() and _CODE.fullmatch(entry.name):
                codes.add(entry.name)
            else:
                troubles.append(message("intake.outside", name=shown(entry.name)))
    return [(code, settings.inbox(code)) for code in sorted(codes)], troubles
