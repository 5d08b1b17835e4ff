"""Notices as files in the unit's folder: what each is called and what it says.

``NUMBER-vN-preliminary.pdf`` with its JSON, ``NUMBER-vN-withdrawn.json``,
``NUMBER-critical-ID.json``: schema ``farlead-notice/1``, documented in docs/delivery-folder.md.
Made of stored values only, so that a repeat writes the same bytes.
"""

import json
from datetime import UTC

from farlead.exchange.delivery.parcel import Parcel, Word
from farlead.exchange.delivery.wording import sentence
from farlead.messages import Language
from farlead.model.report import Notice, NoticeKind

SCHEMA = "farlead-notice/1"
_STATES = {NoticeKind.CRITICAL_OVER: "not_critical"}


def report_notice_files(parcel: Parcel, notice: Notice) -> dict[str, bytes]:
    """Files of a preliminary report or a withdrawal by name, the JSON last."""
    name = f"{parcel.name}-{notice.kind}"
    files = {f"{name}.pdf": parcel.pdf} if parcel.pdf else {}
    pdf = {"file": f"{name}.pdf", "sha256": notice.file_sha256} if parcel.pdf else None
    return {**files, f"{name}.json": _document(notice, parcel.delivery.identifier, pdf)}


def critical_files(word: Word) -> dict[str, bytes]:
    """The file of a critical value, or that it was none."""
    notice = word.notice
    return {
        f"{notice.number}-{notice.kind.replace('_', '-')}-{notice.id}.json": _document(
            notice, word.delivery.identifier, None
        )
    }


def _document(notice: Notice, identifier: str, pdf: dict[str, str | None] | None) -> bytes:
    told = sentence(notice)
    said = {
        "schema": SCHEMA,
        "identifier": identifier,
        "unit": notice.unit,
        "number": notice.number,
        "version": notice.version,
        "state": _STATES.get(notice.kind, str(notice.kind)),
        "reason": notice.reason or None,
        "reader": notice.reader,
        "at": notice.asked.astimezone(UTC).isoformat(),
        "pdf": pdf,
        "zh": told.text(Language.ZH),
        "en": told.text(Language.EN),
    }
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
