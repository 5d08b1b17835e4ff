"""Large left ventricle: voltage together with the repolarisation that goes with it (strain).

Voltage alone is a matter of limits by sex and age, and stands in the rules. With strain the ST
depression of the lateral leads has an explanation; strain is therefore only told where nothing of
it lies outside of the leads in which it belongs.

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


def strain(sheet: BeatSheet, voltages: Mapping[str, Value]) -> Finding | None:
    """``chambers.lvh``: high voltage with ST depression and T inversion beside tall R waves."""
    heights = {name: voltages[name].value or 0.0 for name in _LIMITS if name in voltages}
    met = {name: value for name, value in heights.items() if value >= _LIMITS[name]}
    if not met:
        return None
    lateral = [lead for lead in LATERAL if _strained(sheet, lead)]
    low = [lead for lead in ("II", "III", "aVF", *CHEST) if sheet.at_most(lead, "j", DEPRESSED)]
    foreign = [lead for lead in low if lead not in LATERAL and not _strained(sheet, lead)]
    deep = [x for x in LATERAL if sheet.at_most(x, "j", -DEEPEST_OF_R * max(sheet.r(x), TALL_R))]
    if not lateral or foreign or deep:
        return None
    values = dict(met) | {"st": min(sheet.value(lead, "j") or 0.0 for lead in lateral)}
    return Finding("chambers.lvh", leads=tuple(lateral), values=values, certain=len(lateral) > 1)


def _strained(sheet: BeatSheet, lead: str) -> bool:
    found = sheet.leads.get(lead)
    if found is None or sheet.r(lead) < TALL_R or not sheet.at_most(lead, "j", DEPRESSED):
        return False
    turned = min(found.t or 0.0, found.t2 or 0.0) <= TURNED
    return turned and sheet.at_most(lead, "st_slope", RISING)


_LIMITS = {"sokolow_lyon": SOKOLOW_LYON, "cornell": CORNELL, "r_avl": R_AVL}
