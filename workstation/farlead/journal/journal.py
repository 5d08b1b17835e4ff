"""The journal of one reader at one station: what waits for the database.

Every change is one record, on the disk when the call returns; reading plays them again. What was
handed over is erased: the file is written anew without it, and removed when it is empty.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from farlead.clients.secrets import OwnKey, own_key
from farlead.errors import JournalError
from farlead.journal.file import SealedFile
from farlead.messages import message
from farlead.model.outage import Kept, KeptAct, KeptCall, KeptCase, KeptDraft
from farlead.settings import Settings

#: After so many records of one outage the older versions of drafts are dropped from the file.
_COMPACT = 400
_DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of the journal: exactly one of these."""

    draft: KeptDraft | None = None
    act: KeptAct | None = None
    case: KeptCase | None = None
    call: KeptCall | None = None


_RECORD = TypeAdapter(_Record)


@dataclass(frozen=True, slots=True)
class _Content:
    """What the journal holds, in the order in which it came."""

    drafts: dict[int, KeptDraft]
    acts: list[KeptAct]
    cases: list[KeptCase]
    calls: list[KeptCall]

    def records(self) -> Iterable[_Record]:
        yield from (_Record(draft=each) for each in self.drafts.values())
        yield from (_Record(act=each) for each in self.acts)
        yield from (_Record(case=each) for each in self.cases)
        yield from (_Record(call=each) for each in self.calls)


class Journal:
    """What a reader wrote while the database was away. Safe to use from several threads.

    Parameters
    ----------
    file : SealedFile
    """

    def __init__(self, file: SealedFile) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._written = 0

    @classmethod
    def of(cls, settings: Settings, login: str) -> "Journal":
        """The journal of an account at this station; what others left too long ago is erased.

        SettingsError, when the key of the station cannot be had.
        """
        settings.journal.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = settings.journal / f"{login}.journal"
        _erase_old(settings.journal, own, settings.journal_days)
        return cls(SealedFile(own, journal_key(settings).key))

    def keep(self, draft: KeptDraft) -> None:
        """Keep what was written about a study instead of what was kept before."""
        self._append(_Record(draft=draft))

    def note(self, act: KeptAct) -> None:
        """Keep an act for the audit trail."""
        self._append(_Record(act=act))

    def declare(self, case: KeptCase) -> None:
        """Keep a critical value."""
        self._append(_Record(case=case))

    def call(self, call: KeptCall) -> None:
        """Keep a call."""
        self._append(_Record(call=call))

    def drafts(self) -> dict[int, KeptDraft]:
        """What was written, by study, as it was last kept."""
        return self._content().drafts

    def acts(self) -> list[KeptAct]:
        """Acts, in their order."""
        return self._content().acts

    def cases(self) -> list[KeptCase]:
        """Critical values, in their order."""
        return self._content().cases

    def calls(self) -> list[KeptCall]:
        """Calls, in their order."""
        return self._content().calls

    def kept(self) -> Kept:
        """How much there is."""
        content = self._content()
        ready = sum(draft.ready for draft in content.drafts.values())
        return Kept(len(content.drafts) - ready, ready, len(content.calls) + len(content.cases))

    def erase(
        self,
        *,
        draft: int | None = None,
        act: KeptAct | None = None,
        case: KeptCase | None = None,
        call: KeptCall | None = None,
    ) -> None:
        """Forget what has been handed over: the draft of a study, an act, a case, a call."""

        def left(found: _Content) -> _Content:
            return _Content(
                {study: kept for study, kept in found.drafts.items() if study != draft},
                [each for each in found.acts if each != act],
                [each for each in found.cases if each != case],
                [each for each in found.calls if each != call],
            )

        self._change(left)

    def set_aside(self) -> Path:
        """Put a damaged journal aside and begin a new one; where the damaged one is."""
        return self._file.set_aside()

    def _append(self, record: _Record) -> None:
        with self._lock:
            self._file.append(_RECORD.dump_json(record))
            self._written += 1
            compact = self._written > _COMPACT
        if compact:
            self._change(lambda found: found)

    def _change(self, left: Callable[[_Content], _Content]) -> None:
        def lines(before: list[bytes]) -> Iterable[bytes]:
            return map(_RECORD.dump_json, left(_played(before)).records())

        with self._lock:
            self._file.change(lines)
            self._written = 0

    def _content(self) -> _Content:
        with self._lock:
            return _played(self._file.records())


def _played(lines: Iterable[bytes]) -> _Content:
    found = _Content({}, [], [], [])
    for line in lines:
        _play(found, _record(line))
    return found


def _record(line: bytes) -> _Record:
    try:
        return _RECORD.validate_json(line)
    except ValidationError as error:
        raise JournalError(message("journal.other_version")) from error


def _play(found: _Content, record: _Record) -> None:
    if record.draft is not None:
        found.drafts[record.draft.study] = record.draft
    if record.act is not None:
        found.acts.append(record.act)
    if record.case is not None:
        found.cases.append(record.case)
    if record.call is not None:
        found.calls.append(record.call)


def journal_key(settings: Settings) -> OwnKey:
    """The key of this station's journals: in the keyring, or in a file without one."""
    return own_key(f"journal:{settings.folder}", settings.keys / "journal.key")


def _erase_old(folder: Path, own: Path, days: int) -> None:
    """What nobody came back for; one's own is handed over now."""
    oldest = time.time() - days * _DAY_SECONDS
    for file in folder.iterdir():
        if file != own and file.suffix != ".lock" and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
