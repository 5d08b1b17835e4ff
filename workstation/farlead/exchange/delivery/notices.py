"""Notices to units beside the final reports, in ``outbox/<unit>/``.

``NUMBER-vN-preliminary.pdf`` with ``NUMBER-vN-preliminary.json``: the first-signed report, which
waits for its second signature. ``NUMBER-vN-withdrawn.json``: a final report is no longer in force.
Written whole, once in effect. Schema ``farlead-notice/1``, documented in docs/delivery-folder.md.
"""

import json
from datetime import UTC
from pathlib import Path

from farlead.errors import DeliveryFailed, FarleadError
from farlead.exchange.delivery.files import write_whole
from farlead.exchange.delivery.pauses import pause
from farlead.messages import Language, Message, message
from farlead.model.report import Notice, NoticeKind
from farlead.objects import ObjectFolder
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

SCHEMA = "farlead-notice/1"
#: So many notices in one go; the next run takes the rest.
BATCH = 50


class ReportNotices:
    """Tells units of preliminary and of withdrawn reports.

    Parameters
    ----------
    settings : Settings
        Names the folders.
    store : Store
        Says what is to be told and keeps that it was.
    objects : ObjectFolder
        Has the first-signed files.
    """

    def __init__(
        self, settings: Settings, store: Store, objects: ObjectFolder, clock: Clock = utc_now
    ) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._clock = clock

    def run_once(self) -> tuple[int, int]:
        """Try everything that is due once; how many notices went right and how many failed."""
        done = failed = 0
        for notice in self._store.due_notices(BATCH):
            try:
                self._tell(notice)
            except FarleadError as error:
                later = self._clock() + pause(notice.failures)
                self._store.retry_notice(notice.id, error.reason, later)
                failed += 1
            else:
                done += 1
        return done, failed

    def _tell(self, notice: Notice) -> None:
        folder = self._settings.outbox(notice.unit)
        name = f"{notice.number}-v{notice.version}-{notice.kind}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._write(notice, folder, name)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise DeliveryFailed(
                message("notices.folder", folder=str(folder), cause=cause)
            ) from error
        self._store.notice_told(notice.id)

    def _write(self, notice: Notice, folder: Path, name: str) -> None:
        """The PDF first, so that whoever waits for the JSON finds it there."""
        if notice.file_sha256 is not None:
            write_whole(folder / f"{name}.pdf", self._objects.get(notice.file_sha256))
        write_whole(folder / f"{name}.json", _document(notice, name))


def _sentence(notice: Notice) -> Message:
    if notice.kind is NoticeKind.PRELIMINARY:
        return message("notices.preliminary", number=notice.number, version=notice.version)
    return message(
        "notices.withdrawn", number=notice.number, version=notice.version, reason=notice.reason
    )


def _document(notice: Notice, name: str) -> bytes:
    """Made of stored values only, so that a repeat writes the same bytes."""
    told = _sentence(notice)
    pdf = {"file": f"{name}.pdf", "sha256": notice.file_sha256} if notice.file_sha256 else None
    said = {
        "schema": SCHEMA,
        "identifier": notice.identifier,
        "unit": notice.unit,
        "number": notice.number,
        "version": notice.version,
        "state": str(notice.kind),
        "reason": notice.reason or None,
        "reader": notice.reader,
        "at": notice.asked.astimezone(UTC).isoformat(),
        "pdf": pdf,
        "zh": told.text(Language.ZH),
        "en": told.text(Language.EN),
    }
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
