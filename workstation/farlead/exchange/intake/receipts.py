"""Which file became which object: so that a sidecar that comes late finds its study.

A receipt is a small file named by a hash of the upload's name, kept for a day. It is a help,
not a record: losing one loses nothing but the late sidecar's link.
"""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

_KEPT = timedelta(days=1)


class Receipts:
    """Receipts of one unit, in a folder of the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, sha256: str) -> None:
        """Note that the upload `name` is the object `sha256`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self._place(name)
        part = place.with_suffix(".part")
        part.write_text(json.dumps({"sha256": sha256}), "utf-8")
        part.replace(place)

    def find(self, name: str) -> str | None:
        """Object that an upload of this name became."""
        try:
            stored = json.loads(self._place(name).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        found = stored.get("sha256") if isinstance(stored, dict) else None
        return found if isinstance(found, str) else None

    def forget_old(self, now: datetime) -> None:
        """Remove receipts older than a day."""
        if not self._folder.is_dir():
            return
        limit = (now - _KEPT).timestamp()
        for file in self._folder.iterdir():
            if file.stat().st_mtime < limit:
                file.unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return (
            self._folder
            / f"{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()}.json"
        )
