"""Names of ECG leads, their codes, their order, and the limb leads that follow from others.

References
----------
DICOM PS3.16 CID 3001 (ECG Leads); ISO/IEEE 11073-10101 (MDC, partition 2); EN 1064 section 3
(SCP-ECG), which numbers the leads alike.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

#: The standard twelve, in the order in which they are shown.
TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")

#: Lead number -> name; ``5.6.3-9-N`` in SCPECG, ``2:N`` in MDC.
BY_NUMBER: Mapping[int, str] = {
    1: "I",
    2: "II",
    **{number: f"V{number - 2}" for number in range(3, 10)},
    **{number: f"V{number - 8}R" for number in range(10, 16)},
    16: "X",
    17: "Y",
    18: "Z",
    19: "CC5",
    20: "CM5",
    31: "I",
    32: "II",
    **{number: f"V{number - 32}" for number in range(33, 39)},
    61: "III",
    62: "aVR",
    63: "aVL",
    64: "aVF",
    65: "-aVR",
    66: "V8",
    67: "V9",
    68: "V8R",
    69: "V9R",
    70: "Nehb D",
    71: "Nehb A",
    72: "Nehb J",
    91: "MCL",
    **{number: f"MCL{number - 91}" for number in range(92, 98)},
    105: "CM",
    **{number: f"CM{number - 105}" for number in range(106, 110)},
    110: "CM6",
    111: "III",
    112: "aVR",
    113: "aVL",
    114: "aVF",
    121: "CM7",
    122: "CH5",
    125: "CR5",
    126: "ML",
    131: "ES",
    132: "AS",
    133: "AI",
}

#: Names for writing: the first number of each name.
NUMBERS: Mapping[str, int] = {name: number for number, name in reversed(list(BY_NUMBER.items()))}

#: Numbers of leads that were reconstructed from others, named like recorded ones.
_DERIVED = frozenset(map(str, [*range(31, 39), *range(111, 115)]))

_KNOWN = {"".join(name.casefold().split()): name for name in NUMBERS}
#: Other names of the same leads: Spanish and French limb leads, electrodes after IEC 60601-2-25.
#: VR, VL, VF are none: the unaugmented leads are smaller by a third.
_OTHER_NAMES = {
    **{f"d{name.casefold()}": name for name in ("I", "II", "III")},
    **{f"c{n}": f"V{n}" for n in range(1, 10)},
}
#: What may stand behind a name without saying that the lead is another one.
_EXPLAINED = frozenset(
    {"einthoven", "goldberger", "wilson", "augmented", "voltage", "left", "right", "foot"}
    | {"limb", "chest", "precordial"}
)
_WORDS = re.compile(r"[^\W\d_]+")
_LEAD = re.compile(r"\s*(?:lead\b|导联)?\s*(.*?)\s*(?:导联)?\s*", re.IGNORECASE | re.DOTALL)
_BEHIND = re.compile(r"([^(,]*)[(,](.*)", re.DOTALL)
_LONGEST_LABEL = 100
_SCP_PREFIX, _MDC_PREFIX = "5.6.3-9-", "2:"
_MDC_SYMBOL = "MDC_ECG_LEAD_"


def by_code(value: str, scheme: str) -> str | None:
    """Standard name of a coded lead; None for a code that names no lead of the table.

    Parameters
    ----------
    value, scheme : str
        Code Value and Coding Scheme Designator of a Channel Source.
    """
    number = _number(value, scheme)
    if number is not None:
        return BY_NUMBER.get(number)
    if value.strip().startswith(_MDC_SYMBOL):
        return by_text(value.strip().removeprefix(_MDC_SYMBOL))
    return None


def reconstructed(value: str) -> bool:
    """Whether a code (``2:N``, ``5.6.3-9-N``) is of a lead that was calculated, as EASI's are."""
    return value.strip().removeprefix(_MDC_PREFIX).removeprefix(_SCP_PREFIX) in _DERIVED


def _number(value: str, scheme: str) -> int | None:
    value = value.strip()
    for prefix, schemes in ((_SCP_PREFIX, ("SCPECG", "SCP-ECG")), (_MDC_PREFIX, ("MDC",))):
        if scheme.strip() in schemes and value.startswith(prefix):
            number = value.removeprefix(prefix)
            return int(number) if number.isdecimal() and len(number) < 7 else -1
    return None


def by_text(text: str) -> str | None:
    """Standard name that a free text such as ``Lead II``, ``avr`` or ``V3 R`` stands for, or None.

    Only for channels without a usable code; the caller says that it was used. What stands
    behind the name must be known not to change it: ``aVR (inverted)`` is another lead.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_LABEL]).replace("\u2212", "-")
    behind = _BEHIND.fullmatch(plain)
    if behind and not _EXPLAINED.issuperset(_WORDS.findall(behind[2].casefold())):
        return None
    named = _LEAD.fullmatch(behind[1] if behind else plain)
    name = "".join(named[1].split()).casefold() if named else ""
    return _KNOWN.get(name) or _OTHER_NAMES.get(name)


def in_order(names: Sequence[str]) -> list[int]:
    """Indices that put the standard leads first, in their order; others keep theirs."""
    rank = {name: position for position, name in enumerate(TWELVE)}
    return sorted(range(len(names)), key=lambda i: (rank.get(names[i], len(TWELVE)), i))


def missing_limb_leads(names: Sequence[str]) -> tuple[str, ...]:
    """Limb leads that a chest-lead recording with I and II leaves to the reader to derive."""
    present = set(names)
    if not {"I", "II"} <= present or not present & {f"V{i}" for i in range(1, 7)}:
        return ()
    return tuple(name for name in ("III", "aVR", "aVL", "aVF") if name not in present)


def derive_limb_lead(
    name: str, one: NDArray[np.floating], two: NDArray[np.floating]
) -> NDArray[np.floating]:
    """III, aVR, aVL or aVF from leads I and II (Einthoven, Goldberger), in their unit."""
    match name:
        case "III":
            return two - one
        case "aVR":
            return -(one + two) / 2
        case "aVL":
            return one - two / 2
        case "aVF":
            return two - one / 2
    raise ValueError(f"{name} is no limb lead that can be derived")
