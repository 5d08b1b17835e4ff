"""Large chambers: left ventricle with strain; hints at the right ventricle and at the atria.

Voltage alone is a matter of limits by sex and age, and stands in the rules. With strain the ST
depression of the lateral leads has an explanation; strain is therefore only told where nothing of
it lies outside of the leads in which it belongs. The others are hints, never certain: an ECG tells
little of the size of thin walls.

References
----------
E. W. Hancock et al., part V: cardiac chamber hypertrophy, Circulation 119 (2009) e251-e261,
doi:10.1161/CIRCULATIONAHA.108.191097.
"""

from collections.abc import Mapping

from farlead_signal.beat_sheet import CHEST, LATERAL, BeatSheet
from farlead_signal.findings import Finding
from farlead_signal.values import Value

#: Voltages from which strain is called so, in mV: Sokolow-Lyon, Cornell (of men: sex is not
#: known here), R in aVL.
SOKOLOW_LYON, CORNELL, R_AVL = 3.5, 2.8, 1.1
#: Depression that counts, in mV, and no deeper than this share of R; T turned over in mV.
DEPRESSED, DEEPEST_OF_R, TURNED = -0.05, 0.20, -0.05
#: R in a lead of strain is no lower than this, in mV.
TALL_R = 0.80
#: ST of strain goes on falling, or no faster up than this, in mV/s.
RISING = 0.5
#: Right ventricle: axis in degrees; R in V1 in mV, taller than S; R in V1 with S in V5 or V6.
TO_THE_RIGHT, R_V1, R_V1_S_V5 = 100.0, 0.70, 1.05
#: Right atrium: P in II, and its first part in V1, in mV.
P_II, P_V1 = 0.25, 0.15
#: Left atrium: the last part of P in V1, depth times duration in mV ms; it is below BELOW, in mV. A
#: P wave that is negative from its begin on (electrodes too high) must be as deep as DEEP_P.
TERMINAL, BELOW, DEEP_P = 4.0, -0.01, -0.10


def strain(sheet: BeatSheet, voltages: Mapping[str, Value]) -> Finding | None:
    """``chambers.lvh``: high voltage with ST depression and T inversion beside tall R waves."""
    heights = {name: voltages[name].value or 0.0 for name in _LIMITS if name in voltages}
    met = {name: value for name, value in heights.items() if value >= _LIMITS[name]}
    if not met:
        return None
    lateral = [lead for lead in LATERAL if _strained(sheet, lead)]
    if not lateral:
        return None
    low = [lead for lead in ("II", "III", "aVF", *CHEST) if sheet.at_most(lead, "j", DEPRESSED)]
    foreign = [lead for lead in low if lead not in LATERAL and not _strained(sheet, lead)]
    deep = [x for x in LATERAL if sheet.at_most(x, "j", -DEEPEST_OF_R * max(sheet.r(x), TALL_R))]
    if foreign or deep:
        return None
    values = dict(met) | {"st": min(sheet.value(lead, "j") or 0.0 for lead in lateral)}
    return Finding("chambers.lvh", leads=tuple(lateral), values=values, certain=len(lateral) > 1)


def _strained(sheet: BeatSheet, lead: str) -> bool:
    found = sheet.leads.get(lead)
    if found is None or sheet.r(lead) < TALL_R or not sheet.at_most(lead, "j", DEPRESSED):
        return False
    turned = min(found.t or 0.0, found.t2 or 0.0) <= TURNED
    return turned and sheet.at_most(lead, "st_slope", RISING)


def right_ventricle(sheet: BeatSheet) -> Finding | None:
    """``chambers.rvh``: axis to the right with a tall R in V1."""
    explained = {"conduction.rbbb", "conduction.lpfb", "conduction.preexcitation"}
    if sheet.codes & explained or sheet.axis is None or sheet.axis < TO_THE_RIGHT:
        return None
    r, left = sheet.r("V1"), max(sheet.s("V5"), sheet.s("V6"))
    if not (r >= R_V1 and r > sheet.s("V1")) and not (r > 0 and r + left > R_V1_S_V5):
        return None
    values = {"r": r, "s": left, "axis": sheet.axis}
    return Finding("chambers.rvh", leads=("V1", "V5", "V6"), values=values, certain=False)


def right_atrium(sheet: BeatSheet) -> Finding | None:
    """``chambers.ra``: P tall in II, or its first part in V1."""
    found = sheet.leads.get("V1")
    first = 0.0 if found is None else max(found.p or 0.0, found.p2 or 0.0)
    leads = tuple(
        lead
        for lead, met in (
            ("II", sheet.at_least("II", "p", P_II)),
            ("V1", round(first, 2) >= P_V1),
        )
        if met
    )
    if not leads:
        return None
    values = {"p": sheet.value("II", "p") or 0.0, "p_v1": first}
    return Finding("chambers.ra", leads=leads, values=values, certain=False)


def left_atrium(sheet: BeatSheet) -> Finding | None:
    """``chambers.la``: P ends with a deep and long negative part in V1."""
    row = sheet.rows.get("V1")
    if row is None or sheet.p_on < 0 or sheet.p_off <= sheet.p_on:
        return None
    p = row[sheet.p_on : sheet.p_off + 1]
    low = int(p.argmin())
    if low == 0 or p[low] >= BELOW:
        return None
    below = p < BELOW
    begins = low - int((~below[: low + 1][::-1]).argmax()) + 1 if not below[: low + 1].all() else 0
    rest = ~below[low:]
    ends = low + (int(rest.argmax()) if rest.any() else rest.size)
    lasts = 1000.0 * (ends - begins) / sheet.fs
    force = -float(p[low]) * lasts
    if force < TERMINAL or (p[: low + 1].max() < -BELOW and p[low] > DEEP_P):
        return None
    values = {"p": float(p[low]), "p_ms": lasts, "force": force}
    return Finding("chambers.la", leads=("V1",), values=values, certain=False)


def chamber_hints(sheet: BeatSheet) -> tuple[Finding, ...]:
    """Right ventricle and atria; of the atria only where they lead the beats.

    Parameters
    ----------
    sheet : BeatSheet
        With the codes of rhythm and conduction.
    """
    found = [right_ventricle(sheet)]
    if "rhythm.sinus" in sheet.codes:
        found += [right_atrium(sheet), left_atrium(sheet)]
    return tuple(one for one in found if one is not None)


_LIMITS = {"sokolow_lyon": SOKOLOW_LYON, "cornell": CORNELL, "r_avl": R_AVL}
