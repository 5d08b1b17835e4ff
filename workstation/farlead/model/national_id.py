"""Chinese identity numbers (GB 11643): whether a number is one, and what it says of its holder."""

import re
from dataclasses import dataclass
from datetime import date

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
#: First two digits: provinces, the special regions' residents, permanent residents from abroad.
_REGIONS = frozenset(
    f"{n}"
    for group in (
        range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66),
        (71, 81, 82, 83), range(91, 100),
    )
    for n in group
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """What an identity number says: its form of 18 characters, birth date and sex (M or F)."""

    number: str
    birth_date: date
    sex: str


def has_shape(number: str) -> bool:
    """Whether it is 18 characters of the right kind."""
    return _SHAPE.fullmatch(number) is not None


def checks(number: str) -> bool:
    """Whether the last character of 18 is the check digit of the others."""
    return has_shape(number) and number[17] == _check_digit(number[:17])


def holder(number: str) -> Holder | None:
    """What a number says if it is an identity number, of 18 characters or the old 15 digits.

    Any other number is None, among them those whose check digit, region or date is none.

    Parameters
    ----------
    number : str
        As it is compared: no spaces or hyphens, capitals.
    """
    if _OLD.fullmatch(number):
        body = f"{number[:6]}19{number[6:]}"
        number = f"{body}{_check_digit(body)}"
    if not checks(number) or number[:2] not in _REGIONS:
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return Holder(number, born, "M" if int(number[16]) % 2 else "F")


def _check_digit(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]
