"""Sections 7 and 10: what the device measured.

Values are the device's own; intervals of section 7 are differences of its points.

References
----------
EN 1064 clauses 5.10 (section 7), 5.13 (section 10).
"""

from farlead.formats.leads import BY_NUMBER
from farlead.formats.scp.record import Fields, Section
from farlead.model.recording import Annotation

#: Not computed, lead rejected, wave not there; and what devices fill unused words with.
_NONE = frozenset({29999, 29998, 19999, 0xFFFF, -1, -32768})
_NO_AXIS = 999
#: Interval: its first and last point of P onset, P end, QRS onset, QRS end, T end.
_INTERVALS = (
    ("P duration", 0, 1),
    ("PR interval", 0, 2),
    ("QRS duration", 2, 3),
    ("QT interval", 2, 4),
)
_AXES = ("P axis", "QRS axis", "T axis")
_FORMULAS = {1: " (Bazett)", 2: " (Hodges)"}
#: Words of a lead in section 10 that are kept: place, name, unit.
_OF_LEAD = (
    (0, "P duration", "ms"),
    (1, "PR interval", "ms"),
    (2, "QRS duration", "ms"),
    (3, "QT interval", "ms"),
    (4, "Q duration", "ms"),
    (9, "Q amplitude", "uV"),
    (10, "R amplitude", "uV"),
    (11, "S amplitude", "uV"),
    (12, "R' amplitude", "uV"),
    (13, "S' amplitude", "uV"),
    (14, "J point amplitude", "uV"),
    (15, "P+ amplitude", "uV"),
    (16, "P- amplitude", "uV"),
    (17, "T+ amplitude", "uV"),
    (18, "T- amplitude", "uV"),
    (27, "ST amplitude at J+60 ms", "uV"),
    (28, "ST amplitude at J+80 ms", "uV"),
)


def overall(section: Section, fs: float) -> list[Annotation]:
    """Global measurements and pacemaker spikes.

    Parameters
    ----------
    section : Section
        Number 7.
    fs : float
        Hertz, for the places of spikes.
    """
    fields = Fields(section)
    blocks, spikes, rr, pp = fields.unpack("BBHH")
    found = _measured(("RR interval", rr, "ms"), ("PP interval", pp, "ms"))
    for number in range(blocks):
        points, axes = fields.unpack("5H"), fields.unpack("3h")
        if number == 0:  # the reference beat
            found += _of_beat(points, axes)
    places = [fields.unpack("Hh") for _ in range(spikes)]
    found += [
        Annotation("pacemaker spike", round(at * fs / 1000), float(size), "uV")
        for at, size in places
    ]
    fields.take(min(6 * spikes, fields.left))
    if fields.left >= 2:
        fields.take(min(fields.word(), fields.left))  # types of the QRS complexes
    if fields.left >= 7:
        ventricular, atrial, qtc, formula = fields.unpack("HHHB")
        found += _measured(
            ("ventricular rate", ventricular, "/min"),
            ("atrial rate", atrial, "/min"),
            (f"QTc interval{_FORMULAS.get(formula, '')}", qtc, "ms"),
        )
    return found


def _of_beat(points: tuple[int, ...], axes: tuple[int, ...]) -> list[Annotation]:
    intervals = [
        (name, points[last] - points[first], "ms")
        for name, first, last in _INTERVALS
        if points[first] not in _NONE and points[last] not in _NONE
    ]
    found = _measured(*(interval for interval in intervals if interval[1] > 0))
    return found + [
        Annotation(name, value=float(angle), unit="deg")
        for name, angle in zip(_AXES, axes, strict=True)
        if angle not in _NONE - {-1} and abs(angle) != _NO_AXIS
    ]


def _measured(*values: tuple[str, int, str]) -> list[Annotation]:
    return [
        Annotation(name, value=float(value), unit=unit)
        for name, value, unit in values
        if value and value not in _NONE
    ]


def of_leads(section: Section) -> list[Annotation]:
    """Measurements of each lead; its name stands in the text."""
    fields = Fields(section)
    count, _ = fields.unpack("HH")
    found: list[Annotation] = []
    for _ in range(count):
        code, size = fields.unpack("HH")
        block = fields.take(size)
        name = BY_NUMBER.get(code, f"SCP {code}")
        for place, what, unit in _OF_LEAD:
            word = block[2 * place : 2 * place + 2]
            value = int.from_bytes(word, "little", signed=True)
            if len(word) == 2 and value not in _NONE - {-1}:
                found.append(Annotation(f"lead {name}: {what}", value=float(value), unit=unit))
    return found
