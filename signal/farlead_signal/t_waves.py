"""T waves that come before or after an infarction: hyperacute ones, and Wellens' pattern.

References
----------
C. de Zwaan, F. W. Bär, H. J. Wellens, Am Heart J 103 (1982) 730-736,
doi:10.1016/0002-8703(82)90480-X. K. Thygesen et al., Circulation 138 (2018) e618-e651,
doi:10.1161/CIR.0000000000000617 (hyperacute T waves).
"""

from farlead_signal.beat_sheet import CHEST, FRONTAL, BeatSheet, in_a_row
from farlead_signal.findings import Finding

#: Hyperacute: T as tall as this share of the QRS complex from peak to peak, and in mV. In health
#: the share reaches 0.7 in V3 of slim young men.
OF_QRS, TALL_CHEST, TALL_LIMB = 0.85, 0.50, 0.30
#: Wellens: T wave upside down by this in mV (type B), or its end by this after an upright begin
#: (type A).
DEEP, TERMINAL, UPRIGHT = -0.20, -0.10, 0.05
#: Wellens: ST is no higher than this in mV, and R in V3 no lower.
NEAR_LINE, R_KEPT = 0.10, 0.20
#: A large left ventricle turns T over in the lateral leads; Wellens' is deepest in V2 to V4.
MIDDLE_CHEST = ("V2", "V3", "V4")


def hyperacute_t(sheet: BeatSheet) -> Finding | None:
    """T waves out of proportion to the QRS complex in two leads in a row."""
    # Strain turns T away from the lateral leads: it grows tall where QRS is small.
    if "chambers.lvh" in sheet.codes:
        return None
    found = in_a_row(lead for lead in (*FRONTAL, *CHEST[1:]) if _too_tall(sheet, lead))
    if not found:
        return None
    values = {
        "t": max(sheet.value(lead, "t") or 0.0 for lead in found),
        "share": max(_share(sheet, lead) for lead in found),
    }
    leads = tuple(lead.removeprefix("-") for lead in found)
    return Finding("ischaemia.hyperacute_t", leads=leads, values=values, certain=False)


def _share(sheet: BeatSheet, lead: str) -> float:
    found = sheet.leads.get(lead.removeprefix("-"))
    return (sheet.value(lead, "t") or 0.0) / (found.qrs_pp or 1.0) if found is not None else 0.0


def _too_tall(sheet: BeatSheet, lead: str) -> bool:
    limit = TALL_LIMB if lead in FRONTAL else TALL_CHEST
    return sheet.at_least(lead, "t", limit) and _share(sheet, lead) >= OF_QRS


def wellens(sheet: BeatSheet) -> Finding | None:
    """Deep or biphasic T waves in V2 to V4 over an ST that is hardly raised, R waves kept."""
    if sheet.codes & {"conduction.rbbb", "chambers.rvh", "pattern.brugada1"}:
        return None
    turned = in_a_row(lead for lead in CHEST if turns_over(sheet, lead))
    middle = [lead for lead in turned if lead in MIDDLE_CHEST]
    if len(middle) < 2 or not {"V2", "V3"} & set(middle):
        return None
    if any(sheet.at_least(lead, "j", NEAR_LINE) for lead in middle) or sheet.r("V3") < R_KEPT:
        return None
    depth = [_depth(sheet, lead) for lead in middle]
    if min(_depth(sheet, lead) for lead in ("V5", "V6")) < min(depth):
        return None
    certain = "chambers.lvh" not in sheet.codes and (sheet.qrs or 0.0) < 120
    return Finding("ischaemia.wellens", leads=turned, values={"t": min(depth)}, certain=certain)


def turns_over(sheet: BeatSheet, lead: str) -> bool:
    """Whether T is deeply upside down, or begins upright and ends below the line."""
    if sheet.at_most(lead, "t", DEEP):
        return True
    begin, end = t_course(sheet, lead)
    return begin >= UPRIGHT and end <= TERMINAL


def _depth(sheet: BeatSheet, lead: str) -> float:
    found = sheet.leads.get(lead)
    return 0.0 if found is None else min(found.t or 0.0, found.t2 or 0.0, 0.0)


def t_course(sheet: BeatSheet, lead: str) -> tuple[float, float]:
    """Highest point between J and T's lowest one, and that lowest point, mV.

    (0, 0) where there is no T wave.
    """
    row = sheet.rows.get(lead)
    if row is None or sheet.t_off <= sheet.qrs_off:
        return 0.0, 0.0
    part = row[sheet.qrs_off : sheet.t_off + 1]
    low = int(part.argmin())
    return (float(part[: low + 1].max()) if low else 0.0), float(part[low])
