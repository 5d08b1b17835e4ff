"""Delivery into folders: ``outbox/<unit>/NUMBER-vN.pdf`` with a JSON summary beside it; notices.

Both are written and read back under hidden names; then the PDF appears first and the summary
last, so whoever waits for the summary finds the whole report, and may take both away at once. A
repeat writes the same names and the same bytes: once in effect, however often it is tried.
"""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path

from farlead.errors import DeliveryFailed
from farlead.exchange.delivery.files import has, prepared, write_whole
from farlead.exchange.delivery.notices import critical_files, report_notice_files
from farlead.exchange.delivery.parcel import Parcel, Receipt, Told, Word
from farlead.exchange.delivery.progress import document, page
from farlead.exchange.delivery.retakes import ask_again, take_back
from farlead.exchange.delivery.summary import summary
from farlead.messages import Language, message
from farlead.model.report import NoticeKind

#: A status file that has not changed for so long is of no use to anybody.
_KEPT_SECONDS = 14 * 86_400.0
#: How often they are looked for: a busy unit has thousands of those that stay.
_SWEPT_SECONDS = 600.0
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Folder:
    """The folder of one unit.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    """

    remembers = True  # a repeat writes the same bytes under the same names

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept: float | None = None

    def send(self, sending: Parcel | Word) -> Receipt:
        """Write the files, and read them back; what is gone was fetched.

        Raises
        ------
        DeliveryFailed
            The folder cannot be written, or reads back differently.
        """
        name = sending.study.number
        if not (_SAFE.fullmatch(name) and _SAFE.fullmatch(sending.delivery.destination)):
            raise DeliveryFailed(message("delivery.unsafe_name", name=name))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(sending)
        except OSError as error:
            raise self._refused(error) from error
        return Receipt(message("delivery.proof.folder", folder=str(self._folder)))

    def _write(self, sending: Parcel | Word) -> None:
        if isinstance(sending, Word):
            self._tell(sending)
        elif sending.notice is not None:
            self._put(report_notice_files(sending, sending.notice))
        else:
            name = sending.name
            told = summary(
                sending.delivery,
                sending.study,
                sending.report,
                sending.content,
                name=f"{name}.pdf",
                size=len(sending.pdf),
            )
            self._put({f"{name}.pdf": sending.pdf, f"{name}.json": told})

    def _tell(self, word: Word) -> None:
        match word.notice.kind:
            case NoticeKind.RETAKE:
                ask_again(word.notice, self._folder)
            case NoticeKind.RETAKE_OVER:
                take_back(word.notice, self._folder)
            case _:
                self._put(critical_files(word))

    def _put(self, files: Mapping[str, bytes]) -> None:
        placed = {self._folder / name: data for name, data in files.items()}
        _put(placed)
        for path, data in placed.items():
            _check(path, data)

    def tell(self, told: Told) -> None:
        """Write the status file of a study; DeliveryFailed."""
        name = told.study.number
        if not _SAFE.fullmatch(name):
            raise DeliveryFailed(message("delivery.unsafe_name", name=name))
        self._keep(f"{name}.json", document(told))

    def show(self, rows: Sequence[Told], at: datetime, language: Language) -> None:
        """Write the page for the unit's desk; files that nobody needs any more go."""
        unit = rows[0].study.unit.name if rows else ""
        self._keep("index.html", page(rows, unit, at, language))
        if self._swept is None or time.monotonic() - self._swept > _SWEPT_SECONDS:
            self._sweep()
            self._swept = time.monotonic()

    def _sweep(self) -> None:
        old = time.time() - _KEPT_SECONDS
        for file in self._status.glob("*.json"):
            with suppress(FileNotFoundError):  # fetched meanwhile
                if file.stat().st_mtime < old:
                    file.unlink()

    @property
    def _status(self) -> Path:
        return self._folder / "status"

    def _keep(self, name: str, data: bytes) -> None:
        try:
            self._status.mkdir(parents=True, exist_ok=True)
            write_whole(self._status / name, data)
        except OSError as error:
            raise self._refused(error) from error

    def test(self) -> None:
        """Whether the folder can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with prepared(self._folder / "farlead-test", b"farlead"):
                return
        except OSError as error:
            raise self._refused(error) from error

    def close(self) -> None:
        """Nothing stays open between two reports."""

    def _refused(self, error: OSError) -> DeliveryFailed:
        cause = error.strerror or type(error).__name__
        return DeliveryFailed(message("delivery.folder", folder=str(self._folder), cause=cause))


def _put(files: Mapping[Path, bytes]) -> None:
    """Put the files in their places in this order, once all are written and read back."""
    *before, last = files
    if has(last, files[last]) and not any(_spoilt(path, files[path]) for path in before):
        return  # it came last, so the others were there whole; what is gone was fetched
    if any(not has(path, files[path]) for path in before):
        last.unlink(missing_ok=True)  # of an earlier try: nobody is to find it before the others
    with ExitStack() as writing:
        puts = [writing.enter_context(prepared(path, data)) for path, data in files.items()]
        for put in puts:
            put()


def _check(path: Path, data: bytes) -> None:
    if _spoilt(path, data):
        raise DeliveryFailed(message("delivery.differs", file=str(path)))


def _spoilt(path: Path, data: bytes) -> bool:
    """Whether the file lies there with other bytes; one that is gone was fetched."""
    try:
        return path.read_bytes() != data
    except FileNotFoundError:
        return False
