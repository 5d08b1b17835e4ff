"""Units, patients and readers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Sex(StrEnum):
    """Administrative sex, DICOM (0010,0040) letters."""

    MALE = "M"
    FEMALE = "F"
    OTHER = "O"
    UNKNOWN = "U"


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
    """

    name: str | None = None
    local_number: str | None = None
    national_id: str | None = None
    health_card: str | None = None
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    age_years: float | None = None

    def age_at(self, day: date) -> float | None:
        """Age in years on `day`, from the birth date where there is one."""
        if self.birth_date is None:
            return self.age_years
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        years = day.year - self.birth_date.year - before_birthday
        if years >= 2:
            return float(years)
        return max((day - self.birth_date).days, 0) / 365.25


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
    """

    id: int
    login: str
    name: str
    role: Role
    certificate: str | None = None
