"""Units, patients and readers."""

import unicodedata
from dataclasses import dataclass
from datetime import date
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


def names_somebody(patient: Patient) -> bool:
    """Whether a document says at least by a name or a number whom it is about."""
    stated = (patient.name, patient.local_number, patient.national_id, patient.health_card)
    return any(text and text.strip().upper() not in PLACEHOLDERS for text in stated)


def contradiction(known: Patient, stated: Patient) -> str | None:
    """Field in which two documents of one unit cannot speak of the same person; None without.

    What one of them leaves out contradicts nothing. Names are compared in the same script only
    (pinyin says nothing of 汉字); spacing, separators, case and the order of the parts do not
    matter. Equal masked numbers may hide different ones: whoever has the numbers looks again.
    """
    compared = {
        "name": _other_name(known.name, stated.name),
        "local_number": _other_number(known.local_number, stated.local_number),
        "sex": known.sex in "MF" and stated.sex in "MF" and known.sex != stated.sex,
        "birth_date": bool(known.birth_date and stated.birth_date)
        and known.birth_date != stated.birth_date,
    }
    return next((field for field, differs in compared.items() if differs), None)


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
    )


def normal_number(number: str | None) -> str:
    """A number as it is compared: full-width digits plain, no spaces or hyphens, capitals."""
    text = unicodedata.normalize("NFKC", number or "").upper()
    return "".join(c for c in text if not c.isspace() and c != "-")


def _other_number(one: str | None, other: str | None) -> bool:
    first, second = normal_number(one), normal_number(other)
    missing = {"", *PLACEHOLDERS} & {first, second}
    return not missing and first != second


def _other_name(one: str | None, other: str | None) -> bool:
    first, second = _name_parts(one), _name_parts(other)
    if not first or not second or "".join(first).isascii() != "".join(second).isascii():
        return False
    turned = {"".join(second[i:] + second[:i]) for i in range(len(second))}
    return "".join(first) not in turned and "".join(second) not in {
        "".join(first[i:] + first[:i]) for i in range(len(first))
    }


def _name_parts(name: str | None) -> list[str]:
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
    """

    id: int
    login: str
    name: str
    role: Role
    certificate: str | None = None
