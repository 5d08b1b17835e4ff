"""The request sidecar ``NAME.request.json``: what a unit asks and knows (docs/request-sidecar.md).

A sidecar is small, UTF-8, and every field in it must be known: a misspelt priority must not
become a routine study without a word.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from farlead.errors import InvalidRequest
from farlead.exchange.intake.wrong import not_json, told, wrong
from farlead.messages import Message, message
from farlead.model.national_id import checks, has_shape
from farlead.model.people import Patient, Sex, completed
from farlead.model.recording import FREE_TEXT, RequestHints
from farlead.model.study import Priority, Request
from farlead.model.text import plain
from farlead.model.whose import (
    age_contradiction,
    age_misfit,
    at_odds,
    contradiction,
    identity_doubt,
)

#: Longest sidecar in bytes.
LARGEST_SIDECAR = 64 * 1024
_PRIORITIES = {
    "routine": Priority.ROUTINE,
    "urgent": Priority.URGENT,
    "emergency": Priority.EMERGENCY,
}
_EARLIEST = date(1880, 1, 1)
#: Years of a time that can be shown in every zone.
_YEARS = range(2, 9999)


def _cleaned(value: object) -> object:
    """Text on one line without unseen characters; an empty one is a missing value."""
    return (plain(value) or None) if isinstance(value, str) else value


_Short: TypeAlias = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] | None,
    BeforeValidator(_cleaned),
]
_Long: TypeAlias = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None,
    BeforeValidator(_cleaned),
]


class PatientPart(BaseModel):
    """Whose study it is, as the unit's own system knows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Short = None
    local_number: _Short = None
    national_id: _Short = None
    health_card: _Short = None
    sex: Annotated[Sex | None, BeforeValidator(_cleaned)] = None
    birth_date: Annotated[date | None, BeforeValidator(_cleaned)] = None
    age_years: float | None = Field(None, ge=0, le=130)

    @field_validator("national_id")
    @classmethod
    def _check_digit_holds(cls, value: str | None) -> str | None:
        """GB 11643: a mistyped number would join two people."""
        if value is None:
            return None
        value = value.upper()
        if not has_shape(value):
            raise wrong("national_id")
        if not checks(value):
            raise wrong("check_digit")
        return value

    @field_validator("birth_date")
    @classmethod
    def _is_plausible(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value is not None and value < _EARLIEST:
            raise wrong("too_early")
        if value is not None and isinstance(info.context, date) and value > info.context:
            raise wrong("in_future")
        return value


class RequestSidecar(BaseModel):
    """Schema of ``NAME.request.json``, version 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    priority: Literal["routine", "urgent", "emergency"] = "routine"
    clinical_question: _Long = None
    symptom_onset: Annotated[AwareDatetime | None, BeforeValidator(_cleaned)] = None
    requesting_doctor: _Short = None
    department: _Short = None
    callback_number: _Short = None
    accession: _Short = None
    patient: PatientPart = PatientPart()

    @field_validator("symptom_onset")
    @classmethod
    def _has_a_year(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.year not in _YEARS:
            raise wrong("out_of_range")
        return value


@dataclass(frozen=True, slots=True)
class Requested:
    """A sidecar as values of the model; `cleaned` says that unseen characters were left out."""

    request: Request
    patient: Patient
    cleaned: bool = False


def read_request(data: bytes, today: date | None = None) -> Requested:
    """Check and convert the bytes of a sidecar; nobody is born after `today`.

    Raises
    ------
    InvalidRequest
        Naming the first wrong field (empty for a file that is no JSON object).
    """
    if len(data) > LARGEST_SIDECAR:
        raise not_json("too_large")
    try:
        sidecar = RequestSidecar.model_validate_json(
            data.removeprefix(b"\xef\xbb\xbf"), context=today
        )
    except ValidationError as error:
        raise told(error) from error
    requested = _requested(sidecar)
    return replace(requested, cleaned=_has_unseen(data))


def _has_unseen(data: bytes) -> bool:
    """Whether a text of the sidecar, known to be valid, holds what :func:`plain` leaves out."""
    document = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    texts = [*document.values(), *(document.get("patient") or {}).values()]
    return any(
        isinstance(t, str) and "".join(plain(t).split()) != "".join(t.split()) for t in texts
    )


def _requested(sidecar: RequestSidecar) -> Requested:
    stated = sidecar.patient
    request = Request(
        priority=_PRIORITIES[sidecar.priority],
        clinical_question=sidecar.clinical_question,
        symptom_onset=sidecar.symptom_onset,
        requesting_doctor=sidecar.requesting_doctor,
        department=sidecar.department,
        callback_number=sidecar.callback_number,
        accession=sidecar.accession,
    )
    patient = Patient(
        name=stated.name,
        local_number=stated.local_number,
        national_id=stated.national_id,
        health_card=stated.health_card,
        sex=stated.sex or Sex.UNKNOWN,
        birth_date=stated.birth_date,
        age_years=stated.age_years,
    )
    return Requested(request, patient)


def with_hints(request: Request, hints: RequestHints, accession: str | None) -> Request:
    """The request, completed from the file's own attributes: the sidecar goes before them."""
    asked = _PRIORITIES.get(_DICOM_PRIORITIES.get(hints.priority or "", ""), Priority.ROUTINE)
    return replace(
        request,
        priority=max(request.priority, asked),
        clinical_question=request.clinical_question or hints.clinical_question,
        requesting_doctor=request.requesting_doctor or hints.requesting_doctor,
        department=request.department or hints.department,
        accession=request.accession or accession,
    )


#: Requested Procedure Priority (0040,1003) -> ours.
_DICOM_PRIORITIES = {"STAT": "emergency", "HIGH": "urgent", "MEDIUM": "routine", "LOW": "routine"}


def with_stated(
    file: Patient,
    stated: Patient,
    days: Collection[date] = (),
    notes: Iterable[Message] = (),
) -> Patient:
    """The file's patient, completed by what the unit states, which goes before.

    Its doubt says what could not be compared.

    Parameters
    ----------
    days : collection of date
        On which the stated age may have been counted: of the recording, of today.
    notes : iterable of Message
        Of the file's reader; one of them may hold what it says of its patient in free text.

    Raises
    ------
    InvalidRequest
        The unit states another person (:func:`farlead.model.whose.contradiction`): the sidecar
        belongs to another file. Or its age does not fit the birth date, or its birth date or
        sex not its own identity number.
    """
    if (own := at_odds(stated)) is not None:
        raise _refused("intake.id_differs", own)
    other = contradiction(file, stated) or age_contradiction(file, stated, days)
    if other is not None:
        raise _refused("intake.other_patient", other)
    if age_misfit(file, stated, days):
        raise _refused("intake.age_differs", "age_years")
    text = next((str(n.parameters["text"]) for n in notes if n.id == FREE_TEXT), None)
    return replace(completed(stated, file), doubt=identity_doubt(file, stated, text))


def _refused(reason: str, name: str) -> InvalidRequest:
    field = f"patient.{name}"
    return InvalidRequest(message(reason, field=field), field=field)


def aware(moment: datetime | None) -> datetime | None:
    """A time without zone is that of the place where the program runs.

    None for one of a year that is no year of a recording and that no calendar of another zone
    has: the first and the last one.
    """
    if moment is None or moment.year not in _YEARS:
        return None
    return moment.astimezone()
