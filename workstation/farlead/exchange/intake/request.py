"""The request sidecar ``NAME.request.json``: what a unit asks and knows (docs/request-sidecar.md).

A sidecar is small, UTF-8, and every field in it must be known: a misspelt priority must not
become a routine study without a word.
"""

import re
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
    field_validator,
)

from farlead.errors import InvalidRequest
from farlead.messages import message
from farlead.model.people import Patient, Sex
from farlead.model.recording import RequestHints
from farlead.model.study import Priority, Request

#: Longest sidecar in bytes.
LARGEST_SIDECAR = 64 * 1024
_NATIONAL_ID = re.compile(r"\d{17}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_PRIORITIES = {
    "routine": Priority.ROUTINE,
    "urgent": Priority.URGENT,
    "emergency": Priority.EMERGENCY,
}
_EARLIEST = date(1880, 1, 1)


def _empty_is_missing(value: object) -> object:
    """Hospital systems export a missing value as an empty text."""
    return None if isinstance(value, str) and not value.strip() else value


_Short: TypeAlias = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] | None,
    BeforeValidator(_empty_is_missing),
]
_Long: TypeAlias = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None,
    BeforeValidator(_empty_is_missing),
]


class PatientPart(BaseModel):
    """Whose study it is, as the unit's own system knows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Short = None
    local_number: _Short = None
    national_id: _Short = None
    health_card: _Short = None
    sex: Annotated[Sex | None, BeforeValidator(_empty_is_missing)] = None
    birth_date: Annotated[date | None, BeforeValidator(_empty_is_missing)] = None
    age_years: float | None = Field(None, ge=0, le=130)

    @field_validator("national_id")
    @classmethod
    def _check_digit_holds(cls, value: str | None) -> str | None:
        """GB 11643: a mistyped number would join two people."""
        if value is None:
            return None
        value = value.upper()
        if not _NATIONAL_ID.fullmatch(value):
            raise ValueError("18 digits, the last one may be X")
        total = sum(int(digit) * weight for digit, weight in zip(value, _WEIGHTS, strict=False))
        if value[17] != _CHECK_DIGITS[total % 11]:
            raise ValueError("the check digit does not fit")
        return value

    @field_validator("birth_date")
    @classmethod
    def _is_plausible(cls, value: date | None) -> date | None:
        if value is not None and value < _EARLIEST:
            raise ValueError(f"not before {_EARLIEST}")
        return value


class RequestSidecar(BaseModel):
    """Schema of ``NAME.request.json``, version 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    priority: Literal["routine", "urgent", "emergency"] = "routine"
    clinical_question: _Long = None
    symptom_onset: Annotated[AwareDatetime | None, BeforeValidator(_empty_is_missing)] = None
    requesting_doctor: _Short = None
    department: _Short = None
    callback_number: _Short = None
    accession: _Short = None
    patient: PatientPart = PatientPart()


@dataclass(frozen=True, slots=True)
class Requested:
    """A sidecar as values of the model."""

    request: Request
    patient: Patient


def read_request(data: bytes) -> Requested:
    """Check and convert the bytes of a sidecar.

    Raises
    ------
    InvalidRequest
        Naming the first wrong field (empty for a file that is no JSON object).
    """
    if len(data) > LARGEST_SIDECAR:
        raise _invalid("", f"{len(data)} > {LARGEST_SIDECAR} bytes")
    try:
        sidecar = RequestSidecar.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _invalid(field, first["msg"]) from error
    return _requested(sidecar)


def _invalid(field: str, cause: str) -> InvalidRequest:
    if not field:
        return InvalidRequest(message("intake.request_not_json", cause=cause), field="")
    return InvalidRequest(message("intake.request_wrong", field=field, cause=cause), field=field)


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


def with_stated(file: Patient, stated: Patient) -> Patient:
    """The file's patient, completed and corrected by what the unit states.

    Raises
    ------
    InvalidRequest
        The unit states another name in the same script: the sidecar belongs to another file.
    """
    if file.name and stated.name and _contradict(file.name, stated.name):
        field = "patient.name"
        raise InvalidRequest(message("intake.other_patient", field=field), field=field)
    return Patient(
        name=stated.name or file.name,
        local_number=stated.local_number or file.local_number,
        national_id=stated.national_id or file.national_id,
        health_card=stated.health_card or file.health_card,
        sex=file.sex if stated.sex is Sex.UNKNOWN else stated.sex,
        birth_date=stated.birth_date or file.birth_date,
        age_years=stated.age_years if stated.age_years is not None else file.age_years,
    )


def _contradict(one: str, other: str) -> bool:
    """Whether two names differ, where they can be compared: pinyin says nothing of 汉字."""
    if one.isascii() != other.isascii():
        return False
    first, second = (sorted(c for c in name.casefold() if c.isalnum()) for name in (one, other))
    return first != second  # spacing, separators and the order of the parts do not matter


def aware(moment: datetime | None) -> datetime | None:
    """A time without zone is that of the place where the program runs."""
    return moment.astimezone() if moment is not None else None
