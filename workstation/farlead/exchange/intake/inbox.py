"""What lies in an inbox, and which of it has come to rest.

Only plain files are looked at: a link or a device in an inbox could lead the program to
files of this machine.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from farlead.messages import Message, message

SIDECAR = ".request.json"
#: Nanoseconds of the time of change by which a file says that we have handed it in, whole.
WHOLE = 271_828_182
#: Names that uploading programs use until a file is whole.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp", ".uploading")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Print:
    """What tells one state of a file from another."""

    inode: int
    size: int
    changed: int  # nanoseconds, as the writer says: it may keep the time of its original
    touched: int  # nanoseconds, as the file system says; 0 for what we have handed in

    @property
    def whole(self) -> bool:
        """Whether it was handed in by us, whole."""
        return self.changed % 10**9 == WHOLE


@dataclass(frozen=True, slots=True)
class Found:
    """A file in an inbox."""

    path: Path
    name: str  # below the inbox, with "/"
    print: Print

    @property
    def is_sidecar(self) -> bool:
        """Whether it is a request sidecar."""
        return self.name.endswith(SIDECAR)

    @property
    def sidecar_names(self) -> tuple[str, str]:
        """Names under which its sidecar may come."""
        folder, _, last = self.name.rpartition("/")
        stem, dot, _ = last.rpartition(".")
        before = f"{folder}/" if folder else ""
        short = stem if dot and stem else last
        return f"{self.name}{SIDECAR}", f"{before}{short}{SIDECAR}"


def fingerprint(path: Path) -> Print | None:
    """State of a plain file; None for anything else, or nothing."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    changed = status.st_mtime_ns
    # What is whole is touched once more when its other name goes (farlead.exchange.intake.spool).
    touched = 0 if changed % 10**9 == WHOLE else status.st_ctime_ns
    return Print(status.st_ino, status.st_size, changed, touched)


class Inbox:
    """The folder of one unit.

    It remembers between looks how long each file has rested.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[str, tuple[Print, datetime]] = {}

    def look(self) -> tuple[list[Found], list[Message]]:
        """Files now, and what is in the way."""
        troubles: list[Message] = []
        files = list(self._files(self.folder, "", 0, troubles))
        return files, troubles

    def rested(self, files: list[Found], now: datetime, settle: float) -> list[Found]:
        """Those of `files` that nobody has written to for `settle` seconds.

        A file whose last change lies that far back rests at once, also after a restart; for
        the others, and where clocks differ, two looks must find the same. What a copying program
        states as the time of the change is not enough: some state it before they have finished.
        """
        rested = []
        seen: dict[str, tuple[Print, datetime]] = {}
        for file in files:
            before = self._seen.get(file.name)
            since = before[1] if before and before[0] == file.print else now
            seen[file.name] = (file.print, since)
            age = now.timestamp() - max(file.print.changed, file.print.touched) / 1e9
            if file.print.whole or age >= settle or (now - since).total_seconds() >= settle:
                rested.append(file)
        self._seen = seen
        return rested

    def _files(
        self, folder: Path, before: str, depth: int, troubles: list[Message]
    ) -> Iterator[Found]:
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            troubles.append(_trouble("intake.folder_unreadable", before or "/", error))
            return
        for entry in listed:
            name = f"{before}{entry.name}"
            if entry.name.startswith((".", "~$")) or entry.name.lower().endswith(_UNFINISHED):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < _DEEPEST:
                    yield from self._files(Path(entry.path), f"{name}/", depth + 1, troubles)
                else:
                    troubles.append(message("intake.too_deep", name=shown(name)))
                continue
            try:
                found = fingerprint(Path(entry.path))
            except OSError as error:
                troubles.append(_trouble("intake.not_stored", name, error))
                continue
            if found is None:
                troubles.append(message("intake.no_plain_file", name=shown(name)))
            else:
                yield Found(Path(entry.path), name, found)


def shown(name: str) -> str:
    """A file name as text that can be stored; names from other systems may be no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _trouble(text: str, name: str, error: OSError) -> Message:
    return message(text, name=shown(name), cause=error.strerror or type(error).__name__)
