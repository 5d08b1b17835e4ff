"""Sums of voltages that the criteria of hypertrophy and of low voltage ask for.

References
----------
Sokolow-Lyon: M. Sokolow, T. P. Lyon, Am Heart J 37 (1949) 161-186,
doi:10.1016/0002-8703(49)90562-1. Cornell: P. N. Casale et al., Circulation 75 (1987) 565-572,
doi:10.1161/01.CIR.75.3.565. RI + SIII: R. Gubner, H. E. Ungerleider, Arch Intern Med 72 (1943)
196-209, doi:10.1001/archinte.1943.00210080055006. E. W. Hancock et al., part V, Circulation 119
(2009) e251-e261, doi:10.1161/CIRCULATIONAHA.108.191097.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from farlead_signal.amplitudes import LeadMeasures
from farlead_signal.leads import LIMB
from farlead_signal.values import Value, known, unknown

#: Sums as pairs of (wave, lead); R is the taller of R and R′, S the deepest negative wave after
#: R, or QS.
SUMS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "rv5_sv1": (("R", "V5"), ("S", "V1")),
        "rv6_sv1": (("R", "V6"), ("S", "V1")),
        "cornell": (("R", "aVL"), ("S", "V3")),
        "ri_siii": (("R", "I"), ("S", "III")),
        "r_avl": (("R", "aVL"),),
        "rv1_sv5": (("R", "V1"), ("S", "V5")),
    }
)
CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
#: Limb leads and chest leads without which a greatest value would be too low.
_NEEDED = MappingProxyType({"limb_max": LIMB, "chest_max": CHEST})


def voltage_sums(leads: Sequence[LeadMeasures]) -> dict[str, Value]:
    """Voltage sums by name, in millivolts.

    Parameters
    ----------
    leads : sequence of LeadMeasures
        In any order; a sum whose lead is missing is unknown.

    Returns
    -------
    dict of str to Value
        The names of :data:`SUMS`; ``sokolow_lyon`` is SV1 and the taller R of V5 and V6;
        ``limb_max`` and ``chest_max`` are the greatest peak-to-peak height of a QRS complex in
        the six limb leads (low voltage: below 0.5 mV) and the six chest leads (below 1.0 mV).
    """
    by_name = {lead.lead: lead for lead in leads}
    found = {name: _sum(by_name, parts) for name, parts in SUMS.items()}
    found["sokolow_lyon"] = _greater(found["rv5_sv1"], found["rv6_sv1"])
    for name, needed in _NEEDED.items():
        found[name] = _greatest(by_name, name, needed)
    return found


def r_height(lead: LeadMeasures) -> float:
    """The tallest positive wave of the QRS complex, mV; 0 where there is none."""
    return max(lead.r or 0.0, lead.r2 or 0.0)


def s_depth(lead: LeadMeasures) -> float:
    """The deepest negative wave after R, or of a QS complex, mV, above 0; 0 without any."""
    return -min(lead.s or 0.0, lead.s2 or 0.0, (lead.q or 0.0) if lead.qs else 0.0)


def _sum(leads: Mapping[str, LeadMeasures], parts: tuple[tuple[str, str], ...]) -> Value:
    method, needed = _method(parts), [leads.get(lead) for _, lead in parts]
    reason = _reason(needed)
    if reason:
        return unknown("mV", method, reason)
    total = sum(
        r_height(leads[lead]) if wave == "R" else s_depth(leads[lead]) for wave, lead in parts
    )
    return known(total, "mV", method, _doubt(needed))


@cache
def _method(parts: tuple[tuple[str, str], ...]) -> str:
    return " + ".join(f"{wave} in {lead}" for wave, lead in parts) + ", median beat"


def _greater(a: Value, b: Value) -> Value:
    """The greater of two sums; one alone would be too low when the other is not known."""
    method = "S in V1 + the greater R of V5 and V6, median beat"
    if a.value is None or b.value is None:
        return unknown("mV", method, a.reason if a.value is None else b.reason)
    return known(max(a.value, b.value), "mV", method, a.reason or b.reason)


def _greatest(leads: Mapping[str, LeadMeasures], name: str, needed: Sequence[str]) -> Value:
    where = "limb leads" if name == "limb_max" else "chest leads"
    method = f"greatest peak-to-peak height of QRS in the {where}, median beat"
    present = [leads.get(lead) for lead in needed]
    reason = _reason(present)
    if reason:
        return unknown("mV", method, reason)
    heights = [lead.qrs_pp or 0.0 for lead in present if lead is not None]
    return known(max(heights), "mV", method, _doubt(present))


def _reason(needed: Sequence[LeadMeasures | None]) -> str:
    """Why a sum of these leads is not known; "" when it is."""
    for lead in needed:
        if lead is None:
            return "lead_missing"
        if lead.qrs_pp is None:
            return lead.reason
    return ""


def _doubt(needed: Sequence[LeadMeasures | None]) -> str:
    return next((lead.reason for lead in needed if lead is not None and lead.reason), "")
