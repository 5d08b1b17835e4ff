"""What this seat remembers between starts: who reads here, look, language, the user's own keys.

One JSON file in the store's folder. A wrong one is said by file and field, never ignored.
"""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from farlead.errors import SettingsError
from farlead.messages import Language, message
from farlead_ui.ecg.rulers import Ruled
from farlead_ui.rooms import Standing
from farlead_ui.theme.tokens import Look, Paper


class SeatMemory(BaseModel):
    """The remembered choices.

    Parameters
    ----------
    login : str or None
        Account that reads at this seat.
    keys : dict of command id to keys
        Merged over the defaults of the command table.
    screens : dict of screen to Ruled
        What a ruler told about each screen.
    layouts : dict of login to name
        Layout that each reader begins with.
    standing : dict of set of screens to Standing
        Where windows stand on each set of screens.
    quiet : bool
        Whether only critical arrivals appear and ring.
    keep_interrupted : bool
        Whether a study stays in hand while an urgent card is read instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    login: str | None = None
    look: Look = Look.DAY
    paper: Paper = Paper.PINK
    language: Language | None = None
    keys: dict[str, tuple[str, ...]] = {}
    screens: dict[str, Ruled] = {}
    layouts: dict[str, str] = {}
    standing: dict[str, Standing] = {}
    quiet: bool = False
    keep_interrupted: bool = False


def _file(folder: Path) -> Path:
    return folder / "seat.json"


def recall(folder: Path) -> SeatMemory:
    """What was remembered; defaults at the first start.

    Raises
    ------
    SettingsError
        Naming file, field and cause.
    """
    file = _file(folder)
    if not file.exists():
        return SeatMemory()
    try:
        return SeatMemory.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise SettingsError(
            message("settings.wrong", file=str(file), field=field, cause=first["msg"])
        ) from error


def remember(folder: Path, memory: SeatMemory) -> None:
    """Write it, whole or not at all."""
    file = _file(folder)
    part = file.with_suffix(".part")
    stored = memory.model_dump(mode="json", exclude_defaults=True)
    part.write_text(json.dumps(stored, ensure_ascii=False, indent=1), "utf-8")
    part.replace(file)
