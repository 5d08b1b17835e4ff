"""Info strings of a header: age and sex where they say so, all others as they are.

There is no standard for them. Taken are ``Age: 51``, ``<age>: 51``, ``Sex: F``, ``gender:
female`` and several of these in one line; numbers without a name, as in the MIT-BIH records
(``69 M 1085``), are shown but not interpreted. ``UTC offset: +08:00`` is our own writer's.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta, timezone
from typing import NamedTuple

from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation

_NAMED = re.compile(r"<([^<>]{1,60})>\s*:([^<]*)")
_SINGLE = re.compile(r"([A-Za-z ]{1,40})[:=](.*)", re.DOTALL)
_AGE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)(?:\s*(?:y|yr|yrs|year|years))?", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d{2}):([0-5]\d)")
_OLDEST = 130
_SEXES = {
    "m": Sex.MALE,
    "male": Sex.MALE,
    "男": Sex.MALE,
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "女": Sex.FEMALE,
}


class Told(NamedTuple):
    """What the info strings say."""

    patient: Patient
    annotations: tuple[Annotation, ...]
    zone: timezone | None


def told(comments: Sequence[str]) -> Told:
    """Patient, statements and zone of info strings; what is said in two ways is not taken."""
    statements = [statement for line in comments for statement in _statements(line)]
    meant = {
        kind: {value for k, value, _ in statements if k == kind} for kind in ("age", "sex", "zone")
    }
    clear = {kind: values.pop() for kind, values in meant.items() if len(values) == 1}
    rest = tuple(Annotation(text) for kind, _, text in statements if kind not in clear)
    age, sex, zone = (clear.get(kind) for kind in ("age", "sex", "zone"))
    patient = Patient(
        age_years=age if isinstance(age, float) else None,
        sex=sex if isinstance(sex, Sex) else Sex.UNKNOWN,
    )
    return Told(patient, rest, zone if isinstance(zone, timezone) else None)


def _statements(line: str) -> Iterator[tuple[str, object, str]]:
    """Kind (empty: none of ours), value and text of what a line says."""
    pairs = _NAMED.findall(line)
    if not pairs:
        single = _SINGLE.fullmatch(line)
        pairs = [single.groups()] if single else []
        if not pairs or pairs[0][0].strip().casefold() not in _KINDS:
            yield "", None, line
            return
    for key, text in ((key.strip(), text.strip()) for key, text in pairs):
        kind, meaning = _KINDS.get(key.casefold(), ("", _nothing))
        value = meaning(text)
        yield kind if value is not None else "", value, f"{key}: {text}"


def _nothing(_text: str) -> None:
    return None


def _age(text: str) -> float | None:
    age = _AGE.fullmatch(text)
    return float(age[1]) if age and float(age[1]) <= _OLDEST else None


def _sex(text: str) -> Sex | None:
    return _SEXES.get(text.casefold())


def _zone(text: str) -> timezone | None:
    offset = _OFFSET.fullmatch(text)
    if offset is None or int(offset[2]) > 23:
        return None
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return timezone(-ahead if offset[1] == "-" else ahead)


_KINDS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "age": ("age", _age),
    "sex": ("sex", _sex),
    "gender": ("sex", _sex),
    "utc offset": ("zone", _zone),
}
