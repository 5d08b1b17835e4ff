"""The structured report as one typed value: what writers for other systems start from.

Read from the JSON that is attached to the PDF and signed with it, never from the store's state:
what goes to others as DICOM, HL7 or FHIR says what the doctor signed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from farlead.reporting.document import SCHEMA


@dataclass(frozen=True, slots=True)
class Source:
    """An object that was read; UIDs are None for what is no DICOM object."""

    sha256: str
    sop_instance_uid: str | None
    sop_class_uid: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A statement as it was signed; `code` None for free text."""

    code: str | None
    zh: str
    en: str

    def text(self, language: str) -> str:
        """In this language, or in the one there is."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement; `value` None: could not be told."""

    name: str
    value: float | None
    unit: str
    method: str
    formula: str | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion of the screening and what the reader made of it."""

    code: str
    severity: str
    zh: str
    en: str
    rule: str
    leads: tuple[str, ...]
    beats: tuple[int, ...]
    decision: str | None


@dataclass(frozen=True, slots=True)
class Traced:
    """The recording that was measured; `r_peaks` in samples from 0."""

    leads: tuple[str, ...]
    fs: float
    seconds: float
    r_peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeadColumn:
    """One quantity for each lead of the table of leads."""

    name: str
    unit: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class StructuredReport:
    """Everything that a signed report says, typed.

    Parameters
    ----------
    number, version : str, int
    kind, language, hospital : str
    composed, acquired : datetime or None
    unit : str
        Code of the unit that asked.
    study_uid, accession, local_number, question, doctor : str or None
        The last two of the request.
    patient, sex : str
    birth : date or None
    author, login : str
        Who wrote it: name, and log-in at the hub.
    sources : tuple of Source
    lines : tuple of Line
    findings, conclusion : str
    figures : tuple of Figure
    suggestions : tuple of Suggested
    traced : Traced or None
        None for what is no recording.
    leads, columns : tuple
        Table of leads, where there is one.
    """

    number: str
    version: int
    kind: str
    language: str
    hospital: str
    composed: datetime
    acquired: datetime | None
    unit: str
    study_uid: str | None
    accession: str | None
    local_number: str | None
    question: str | None
    doctor: str | None
    patient: str
    sex: str
    birth: date | None
    author: str
    login: str
    sources: tuple[Source, ...]
    lines: tuple[Line, ...]
    findings: str
    conclusion: str
    figures: tuple[Figure, ...]
    suggestions: tuple[Suggested, ...]
    traced: Traced | None
    leads: tuple[str, ...]
    columns: tuple[LeadColumn, ...]


def read_structured(text: str) -> StructuredReport:
    """The structured report of an attachment.

    Raises
    ------
    ValueError
        It is no structured report of this schema.
    """
    try:
        said = json.loads(text)
        if said["schema"] != SCHEMA:
            raise ValueError(f"schema {said['schema']!r}, not {SCHEMA!r}")
        return _typed(said)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no structured report") from error


def _typed(said: Mapping[str, Any]) -> StructuredReport:
    report, study, patient = said["report"], said["study"], said["patient"]
    screening = said["screening"] or {}
    table = screening.get("leads") or {"names": (), "quantities": ()}
    return StructuredReport(
        number=report["number"],
        version=report["version"],
        kind=report["kind"],
        language=report["language"],
        hospital=report["hospital"],
        composed=datetime.fromisoformat(report["composed"]),
        acquired=datetime.fromisoformat(study["acquired"]) if study["acquired"] else None,
        unit=study["unit"]["code"],
        study_uid=study["study_uid"],
        accession=said["request"]["accession"],
        local_number=patient["local_number"],
        question=said["request"]["clinical_question"],
        doctor=said["request"]["requesting_doctor"],
        patient=patient["name"] or "",
        sex=patient["sex"],
        birth=date.fromisoformat(patient["birth_date"]) if patient["birth_date"] else None,
        author=said["author"]["name"],
        login=said["author"]["login"],
        sources=tuple(_source(each) for each in study["objects"]),
        lines=tuple(Line(s["code"], s["zh"], s["en"]) for s in said["statements"]),
        findings=said["findings"],
        conclusion=said["conclusion"],
        figures=tuple(_figure(each) for each in screening.get("measurements", ())),
        suggestions=tuple(_suggested(each) for each in screening.get("suggestions", ())),
        traced=_traced(said["recording"], screening),
        leads=tuple(table["names"]),
        columns=tuple(
            LeadColumn(q["name"], q["unit"], tuple(q["values"])) for q in table["quantities"]
        ),
    )


def _source(each: Mapping[str, Any]) -> Source:
    return Source(each["sha256"], each["sop_instance_uid"], each["sop_class_uid"])


def _figure(each: Mapping[str, Any]) -> Figure:
    return Figure(each["name"], each["value"], each["unit"], each["method"], each["formula"])


def _suggested(each: Mapping[str, Any]) -> Suggested:
    return Suggested(
        each["code"],
        each["severity"],
        each["zh"],
        each["en"],
        each["rule"],
        tuple(each["leads"]),
        tuple(each["beats"]),
        each["decision"],
    )


def _traced(recording: Mapping[str, Any] | None, screening: Mapping[str, Any]) -> Traced | None:
    if recording is None:
        return None
    return Traced(
        tuple(recording["leads"]),
        recording["sampling_rate_hz"],
        recording["duration_s"],
        tuple(screening.get("r_peaks", ())),
    )
