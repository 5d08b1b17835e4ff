"""How far a study is: a file in the unit's folder, an ORU^R01, a FHIR Task.

Schema ``farlead-status/1``, documented in docs/delivery-folder.md. The folder also has a page for
the unit's desk, ``status/index.html``.
"""

import html
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from farlead.exchange.delivery.fhir_parts import (
    Json,
    numbered,
    own_code,
    subject_of,
    transaction,
    updated,
)
from farlead.exchange.delivery.parcel import Told
from farlead.exchange.delivery.segments import About, Result, escaped, head, segment, timed, whole
from farlead.messages import Language, message
from farlead.model.progress import Status
from farlead.peers import Hl7Way

SCHEMA = "farlead-status/1"
_CODE = "STATUS^检查进度^L"
#: Status of the result (HL7 table 0123): nothing yet, preliminary, final, corrected, none to come.
_RESULT = {
    Status.RECEIVED: "I",
    Status.READING: "I",
    Status.PRELIMINARY: "P",
    Status.SIGNED: "F",
    Status.DELIVERED: "F",
    Status.CORRECTING: "C",
}
_TASK = {
    Status.RECEIVED: "received",
    Status.UNREADABLE: "failed",
    Status.RETAKE: "failed",
    Status.REPORT_WITHDRAWN: "failed",
    Status.WITHDRAWN: "cancelled",
    Status.DELIVERED: "completed",
}


def document(told: Told) -> bytes:
    """The status file."""
    progress, study = told.progress, told.study
    said = {
        "schema": SCHEMA,
        "unit": study.unit.code,
        "number": study.number,
        "study_uid": study.study_uid,
        "accession": study.request.accession,
        "patient_local_number": study.patient.local_number,
        "status": str(progress.status),
        "critical": progress.critical,
        "since": progress.since.astimezone(UTC).isoformat(),
        "zh": told.words.text(Language.ZH),
        "en": told.words.text(Language.EN),
    }
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def page(rows: Iterable[Told], unit: str, at: datetime, language: Language) -> bytes:
    """A page for the unit's desk: studies that moved lately, critical ones first."""
    ordered = sorted(rows, key=lambda each: (not each.progress.critical, -_seconds(each)))
    lines = "".join(_line(each, language) for each in ordered)
    heads = "".join(
        f"<th>{html.escape(message(f'progress.head.{name}').text(language))}</th>"
        for name in ("number", "patient", "since", "status")
    )
    title = html.escape(message("progress.title", unit=unit).text(language))
    made = html.escape(message("progress.made", at=_clock(at)).text(language))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="5"><title>{title}</title><style>'
        "body{font:16px sans-serif;margin:24px}table{border-collapse:collapse}"
        "th,td{text-align:left;padding:6px 16px;border-bottom:1px solid #ccc}"
        ".critical{background:#fbdcdc;font-weight:bold}</style></head>"
        f"<body><h1>{title}</h1><p>{made}</p><table><tr>{heads}</tr>{lines}</table></body></html>\n"
    ).encode()


def oru_status(told: Told, way: Hl7Way, hospital: str) -> str:
    """The message: a result of its own, which takes the place of no report."""
    progress = told.progress
    status = _RESULT.get(progress.status, "X")
    result = Result(f"{told.study.number}-STATUS", _CODE, status, progress.since)
    line = segment(
        "OBX", "1", "TX", _CODE, "1", escaped(told.text()), "", "",
        "AA" if progress.critical else "", "", "", status if status in "PFCX" else "I", "", "",
        timed(progress.since),
    )  # fmt: skip
    return whole(
        [*head(About.study(told.study), result, way, hospital, told.message_id), line], way
    )


def status_bundle(told: Told) -> dict[str, Json]:
    """One Task for each study, updated as it goes on."""
    progress, study = told.progress, told.study
    task: dict[str, Json] = {
        "resourceType": "Task",
        "identifier": [numbered(study.number)],
        "status": _TASK.get(progress.status, "in-progress"),
        "businessStatus": own_code(str(progress.status), told.text()),
        "intent": "order",
        "priority": "stat" if progress.critical else "routine",
        "code": own_code("report", "出具报告 / report"),
        "for": subject_of(study),
        "lastModified": progress.since.isoformat(),
    }
    return transaction([updated(told.uid, task)])


def _line(told: Told, language: Language) -> str:
    patient = told.study.patient
    shown = [
        told.study.number,
        " ".join(each for each in (patient.name, patient.local_number) if each),
        _clock(told.progress.since),
        told.words.text(language),
    ]
    if told.progress.critical:
        shown[-1] += " · " + message("progress.critical").text(language)
    cells = "".join(f"<td>{html.escape(each)}</td>" for each in shown)
    return f'<tr class="critical">{cells}</tr>' if told.progress.critical else f"<tr>{cells}</tr>"


def _seconds(told: Told) -> float:
    return told.progress.since.timestamp()


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
