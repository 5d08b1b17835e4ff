"""The structured report: the JSON that is attached to the PDF and signed with it.

Schema ``farlead-report/1``. Whoever receives the PDF finds in it what the pages say, with
codes, and which bytes were read. Keys are sorted, times are UTC, unknown is null.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TypeAlias

from farlead.messages import Language, Message
from farlead.model.critical import CriticalCase
from farlead.model.recording import Recording
from farlead.model.report import Draft, Statement
from farlead.model.screening import Flag, Screening
from farlead.reporting.content import ReportContent
from farlead.reporting.statements import catalogue
from farlead.reporting.statements.modifying import AHA

SCHEMA = "farlead-report/1"
#: Name of the attachment.
FILE_NAME = "report.json"

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


def structured_report(content: ReportContent) -> str:
    """JSON text of the structured report; the same for the same content."""
    report: dict[str, Json] = {
        "schema": SCHEMA,
        "report": _report(content),
        "study": _study(content),
        "patient": _patient(content),
        "request": _request(content),
        "statements": [_statement(line) for line in content.draft.statements],
        "overruled": [
            {"contradiction": key, "word": word}
            for key, word in sorted(content.draft.overruled.items())
        ],
        "findings": content.draft.findings,
        "conclusion": content.draft.conclusion,
        "screening": _screening(content.screening, content.draft),
        "display": {
            "speed_mm_per_s": content.draft.display.speed,
            "gain_mm_per_mv": content.draft.display.gain,
            "chest_gain_mm_per_mv": content.draft.display.chest_gain,
            "layout": content.draft.display.layout,
            "filters": content.draft.display.filters,
        },
        "recording": _recording(content.recording),
        "critical_values": [_case(case) for case in content.cases],
        "drafted_by": content.drafted_by or None,
        "author": {
            "name": content.author.name,
            "login": content.author.login,
            "certificate_sha256": content.author.certificate,
        },
        "versions": {
            "program": content.versions.program,
            "screening": content.versions.screening,
            "statements": content.versions.statements,
        },
        "marks": {
            "evaluation_only": True,
            "demo": content.demo,
            "viewing_only": content.recording is None,
        },
    }
    return json.dumps(report, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _report(content: ReportContent) -> dict[str, Json]:
    return {
        "number": content.number,
        "version": content.version,
        "kind": str(content.kind),
        "language": str(content.language),
        "hospital": content.hospital,
        "composed": _utc(content.composed),
        "amends": content.amends,
    }


def _study(content: ReportContent) -> dict[str, Json]:
    return {
        "unit": {"code": content.unit.code, "name": content.unit.name},
        "study_uid": content.study_uid,
        "acquired": _utc(content.acquired),
        "arrived": _utc(content.arrived),
        "objects": [
            {
                "sha256": item.sha256,
                "digest": item.digest,
                "size": item.size,
                "sop_instance_uid": item.sop_instance_uid,
                "sop_class_uid": item.sop_class_uid,
            }
            for item in content.objects
        ],
    }


def _patient(content: ReportContent) -> dict[str, Json]:
    """The patient as printed; national identity and health card stay out of the file."""
    patient = content.patient
    return {
        "name": patient.name,
        "local_number": patient.local_number,
        "sex": str(patient.sex),
        "birth_date": _day(patient.birth_date),
        "age_years": patient.age_at((content.acquired or content.arrived).date()),
    }


def _request(content: ReportContent) -> dict[str, Json]:
    request = content.request
    return {
        "priority": request.priority.name.lower(),
        "clinical_question": request.clinical_question,
        "symptom_onset": _utc(request.symptom_onset),
        "requesting_doctor": request.requesting_doctor,
        "department": request.department,
        "accession": request.accession,
    }


def _statement(line: Statement) -> dict[str, Json]:
    """A line with the codes that other systems know it by."""
    entry = catalogue().entries.get(line.code)
    qualified = AHA[line.modifier] if line.modifier else None
    return {
        "code": line.code or None,
        "zh": line.zh,
        "en": line.en,
        "suggested": line.suggested,
        "modifier": str(line.modifier) if line.modifier else None,
        "aha": [n for n in (entry.aha, entry.aha_with, qualified) if n] if entry else [],
        "scp": entry.scp if entry else None,
        "mdc": entry.mdc if entry else None,
    }


def _screening(screening: Screening | None, draft: Draft) -> Json:
    if screening is None:
        return None
    return {
        "version": screening.version,
        "severity": screening.severity.name.lower(),
        "known": screening.known,
        "quality": str(screening.quality),
        "r_peaks": list(screening.r_peaks),
        "measurements": [
            {
                "name": m.name,
                "value": m.value,
                "unit": m.unit,
                "method": m.method,
                "quality": str(m.quality),
                "reason": m.reason or None,
                "source": m.source or None,
                "formula": str(m.formula) if m.formula else None,
                "screened_value": m.before if m.edited else m.value,
            }
            for m in screening.measurements
        ],
        "leads": _lead_table(screening),
        "verdict": _both(screening.verdict) if screening.verdict else None,
        "suggestions": [_suggestion(flag, draft) for flag in screening.flags],
    }


def _lead_table(screening: Screening) -> Json:
    """Measurements of each lead; null where there is no detail."""
    if screening.detail is None:
        return None
    return {
        "names": _texts(screening.detail.leads),
        "quantities": [
            {
                "name": column.name,
                "unit": column.unit,
                "method": column.method,
                "values": list(column.values),
            }
            for column in screening.detail.table
        ],
    }


def _both(said: Message) -> dict[str, Json]:
    return {"zh": said.text(Language.ZH), "en": said.text(Language.EN)}


def _suggestion(flag: Flag, draft: Draft) -> dict[str, Json]:
    decision, ground = draft.decisions.get(flag.code), draft.grounds.get(flag.code)
    return {
        "code": flag.code,
        "severity": flag.severity.name.lower(),
        **_both(flag.text),
        "rule": flag.rule,
        "statement": flag.statement,
        "leads": _texts(flag.leads),
        "beats": list(flag.beats),
        "values": [
            {
                "measure": v.measure,
                "value": v.value,
                "unit": v.unit,
                "limit": v.limit,
                "lead": v.lead or None,
            }
            for v in flag.values
        ],
        "decision": str(decision) if decision else None,
        "ground": str(ground) if ground else None,
    }


def _case(case: CriticalCase) -> dict[str, Json]:
    """A critical value as it stood when the report was composed."""
    return {
        "state": str(case.state),
        "findings": [{"code": f.code, "source": f.source, **_both(f.text)} for f in case.findings],
        "since": _utc(case.since),
        "opened": {"at": _utc(case.opened), "by": case.opened_by},
        "calls": [
            {
                "at": _utc(call.at),
                "by": call.reader,
                "way": str(call.made.way),
                "number": call.made.number or None,
                "person": call.made.person or None,
                "reached": call.made.reached,
                "read_back": call.made.read_back,
                "advice": call.made.advice or None,
            }
            for call in case.calls
        ],
        "closed": {"at": _utc(case.closed), "by": case.closed_by} if case.closed else None,
        "reason": case.reason or None,
        "taken_over_by": case.taken_over_by or None,
    }


def _recording(recording: Recording | None) -> Json:
    if recording is None:
        return None
    device = recording.device
    return {
        "leads": _texts(recording.leads),
        "sampling_rate_hz": recording.fs,
        "duration_s": recording.duration,
        "device": {
            "manufacturer": device.manufacturer,
            "model": device.model,
            "serial": device.serial,
            "high_pass_hz": device.high_pass,
            "low_pass_hz": device.low_pass,
            "notch_hz": device.notch,
            "gain_mm_per_mv": device.gain,
        },
    }


def _texts(values: Iterable[str]) -> list[Json]:
    return [str(value) for value in values]


def _utc(moment: datetime | None) -> str | None:
    """UTC where the zone is known; a time without zone stays as the file states it."""
    if moment is None:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
