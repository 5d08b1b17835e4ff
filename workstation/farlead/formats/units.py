"""Units of voltage as files spell them: one table for all readers.

===========  ====================================================================================
symbols      nV, uV, µV (both code points), mV, V; of micro, which nothing else can be meant by,
             in any case (UV, uv); ``mv`` as devices write it
words        nanovolt, microvolt, millivolt, volt, with or without s, small, capital or all capital
not          MV: a megavolt by its letters, which no device means; it counts as a millivolt only in
             formats that write all units in capitals (:func:`per_millivolt`). kV: of no electrode
===========  ====================================================================================
"""

from collections.abc import Mapping

from farlead.formats.leads import TWELVE, by_text

_MICRO = ("u", "U", "\u00b5", "\u03bc")
_WORDS = {"nanovolt": -6, "microvolt": -3, "millivolt": 0, "volt": 3}
#: Unit -> millivolts, as a power of ten.
POWERS: Mapping[str, int] = {
    "nV": -6,
    **{f"{prefix}{volt}": -3 for prefix in _MICRO for volt in "Vv"},
    "mV": 0,
    "mv": 0,
    "V": 3,
    **{
        spelled: power
        for word, power in _WORDS.items()
        for form in (word, f"{word}s")
        for spelled in (form, form.upper(), form.capitalize())
    },
}
_CAPITALS: Mapping[str, int] = {"NV": -6, "UV": -3, "MV": 0, "V": 3}
#: Unit -> how many of it make a millivolt.
PER_MILLIVOLT: Mapping[str, float] = {unit: float(f"1e{-power}") for unit, power in POWERS.items()}
#: Unit -> millivolts.
IN_MILLIVOLTS: Mapping[str, float] = {unit: float(f"1e{power}") for unit, power in POWERS.items()}
#: Names of leads that stand for much else: axes of an accelerometer, states, centimetres.
_AMBIGUOUS = frozenset({"X", "Y", "Z", "ES", "AS", "AI", "ML", "CM", "MCL"})


def per_millivolt(text: str | None, *, capitals: bool = False) -> float | None:
    """How many of a unit make a millivolt; None for what is no known unit of voltage.

    Parameters
    ----------
    text : str or None
    capitals : bool
        Whether the format writes its units in capitals, so that MV is a millivolt.
    """
    unit = (text or "").strip()
    if capitals and unit.upper() in _CAPITALS:
        return float(f"1e{-_CAPITALS[unit.upper()]}")
    return PER_MILLIVOLT.get(unit)


def is_lead(label: str) -> bool:
    """Whether a label means an ECG lead and nothing else: its unit must be known then."""
    name = by_text(label)
    return name is not None and (name in TWELVE or name not in _AMBIGUOUS)
