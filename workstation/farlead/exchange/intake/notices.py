"""What the sender is told of a file that needs something: a small file in its outbox."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from farlead.errors import FarleadError
from farlead.messages import Language

#: States of a file that a notice is about: set aside, or taken though something is missing.
QUARANTINED, TAKEN = "quarantined", "taken"
_SUFFIX = ".error.json"
_LONGEST_NAME, _SHOWN = 200, 40


class Notices:
    """Notices to one unit, beside its reports."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def tell(
        self,
        name: str,
        error: FarleadError,
        sha256: str,
        at: datetime,
        *,
        state: str = QUARANTINED,
    ) -> None:
        """Write ``NAME.error.json``: the reason in both languages, where, and which bytes."""
        self._outbox.mkdir(parents=True, exist_ok=True)
        place = self._place(name)
        notice = {
            "file": name,
            "state": state,
            "reason": error.reason.id,
            "zh": error.text(Language.ZH),
            "en": error.text(Language.EN),
            "field": getattr(error, "field", None),
            "tag": getattr(error, "tag", None),
            "offset": getattr(error, "offset", None),
            "sha256": sha256,
            "time": at.isoformat(timespec="seconds"),
        }
        part = place.with_name(f".{place.name}.part")
        part.write_text(json.dumps(notice, ensure_ascii=False, indent=2) + "\n", "utf-8")
        part.replace(place)

    def withdraw(self, name: str) -> None:
        """Remove the notice of a file that has been taken, or is whole, after all."""
        self._place(name).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        flat = name.replace("/", "_").lstrip(".")
        if len(flat.encode()) > _LONGEST_NAME:
            flat = f"{flat[:_SHOWN]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        return self._outbox / f"{flat}{_SUFFIX}"
