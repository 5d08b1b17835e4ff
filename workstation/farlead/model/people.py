"""Units, patients and readers."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

#: What people write where there is no number or no name.
PLACEHOLDERS = frozenset(
    {"UNKNOWN", "ANONYMOUS", "ANON", "NONE", "NULL", "NA", "N/A", "无", "不详", "未知", "无名氏"}
)


class Sex(StrEnum):
    """Administrative sex, DICOM (0010,0040) letters."""

    MALE = "M"
    FEMALE = "F"
    OTHER = "O"
    UNKNOWN = "U"


class IdentityDoubt(StrEnum):
    """Why it is not certain that a request and the file that it came with are of one person."""

    REQUEST_ALONE = "request_alone"  # the file says nothing of its patient
    NOT_COMPARED = "not_compared"  # the two share no field
    OTHER_SCRIPT = "other_script"  # names in different scripts, and no number or birth date
    NOT_IN_TEXT = "not_in_text"  # the file's free text has not the request's name or number
    AT_ODDS = "at_odds"  # the file contradicts its own identity number


class Role(StrEnum):
    """What an account may do; the last three exclude one another."""

    READER = "reader"
    SENIOR_READER = "senior_reader"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Unit:
    """A member unit: `code` names its folders, `name` is shown."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as one document states it; identity is decided by the store.

    Parameters
    ----------
    name : str or None
        Display name, decoded; None when the document has none.
    local_number : str or None
        The sending unit's number, DICOM (0010,0020).
    national_id, health_card : str or None
        Kept only as keyed hash, shown masked.
    sex : Sex
    birth_date : date or None
    age_years : float or None
        Age as stated by the document, in years, when there is no birth date.
    doubt : IdentityDoubt or None
        What intake could not make sure of; no reader of files sets it.
    """

    name: str | None = None
    local_number: str | None = None
    national_id: str | None = None
    health_card: str | None = None
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    age_years: float | None = None
    doubt: IdentityDoubt | None = None

    def age_at(self, day: date) -> float | None:
        """Age in years on `day`, from the birth date where there is one."""
        if self.birth_date is None:
            return self.age_years
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        years = day.year - self.birth_date.year - before_birthday
        if years >= 2:
            return float(years)
        return max((day - self.birth_date).days, 0) / 365.25


def names_somebody(patient: Patient) -> bool:
    """Whether a document says at least by a name or a number whom it is about."""
    stated = (patient.name, patient.local_number, patient.national_id, patient.health_card)
    return any(text and text.strip().upper() not in PLACEHOLDERS for text in stated)


def completed(known: Patient, stated: Patient) -> Patient:
    """`known` with what it leaves out taken from `stated`."""
    aged = known.birth_date is not None or known.age_years is not None
    return Patient(
        name=known.name or stated.name,
        local_number=known.local_number or stated.local_number,
        national_id=known.national_id or stated.national_id,
        health_card=known.health_card or stated.health_card,
        sex=stated.sex if known.sex is Sex.UNKNOWN else known.sex,
        birth_date=known.birth_date or stated.birth_date,
        age_years=known.age_years if aged else stated.age_years,
        doubt=known.doubt or stated.doubt,
    )


def normal_number(number: str | None) -> str:
    """A number as it is compared: full-width digits plain, no spaces or hyphens, capitals."""
    text = unicodedata.normalize("NFKC", number or "").upper()
    return "".join(c for c in text if not c.isspace() and c != "-")


def name_parts(name: str | None) -> list[str]:
    """The parts of a name as they are compared: no separators, one case; none of a placeholder."""
    text = unicodedata.normalize("NFKC", name or "")
    if text.strip().upper() in PLACEHOLDERS:
        return []
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may log in.

    Parameters
    ----------
    id : int
        Key in the store.
    login, name : str
        Log-in name and the name printed on reports.
    role : Role
    certificate : str or None
        SHA-256 fingerprint (hex) of the personal signing certificate.
    disabled : datetime or None
        Since when the person may not sign in any more.
    kinds : frozenset of str or None
        Kinds of study that are dealt to the person; None is all.
    """

    id: int
    login: str
    name: str
    role: Role
    certificate: str | None = None
    disabled: datetime | None = None
    kinds: frozenset[str] | None = None

    def reads(self, kind: str) -> bool:
        """Whether studies of a kind are dealt to this person."""
        return self.kinds is None or kind in self.kinds
