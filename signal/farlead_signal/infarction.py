"""Infarcts that leave Q waves: old ones, and those of days ago whose ST is on its way back.

References
----------
K. Thygesen et al., Circulation 138 (2018) e618-e651, doi:10.1161/CIR.0000000000000617 (Q waves).
"""

from farlead_signal.beat_sheet import CHEST, INFERIOR, BeatSheet, in_a_row
from farlead_signal.findings import Finding

#: Q wave in ms and mV; in V2 and V3 any of SHORT_Q is one.
LONG_Q, DEEP_Q, SHORT_Q = 30.0, -0.10, 20.0
#: Groups in which two leads must agree.
GROUPS = (("I", "aVL", "V6"), ("V4", "V5", "V6"), INFERIOR)
#: ST still raised at 60 ms after J, in mV, over the Q waves of the chest.
STILL_UP = 0.05
#: T turned over at its end, in mV: in a lead with Q or beside one.
TURNED, DEEPLY_TURNED = -0.05, -0.20


def pathological_q(sheet: BeatSheet) -> Finding | None:
    """Q waves or QS complexes of an infarct."""
    leads = q_leads(sheet)
    if not leads:
        return None
    values = {
        "q": min(sheet.value(lead, "q") or 0.0 for lead in leads),
        "q_ms": max(sheet.value(lead, "q_ms") or 0.0 for lead in leads),
    }
    # A large ventricle, a hemiblock and a misplaced electrode take R from V1 to V3, too.
    doubt = sheet.codes & {"chambers.lvh", "conduction.lafb", "conduction.ivcd"}
    return Finding("infarction.q", leads=leads, values=values, certain=not doubt)


def q_leads(sheet: BeatSheet) -> tuple[str, ...]:
    """Leads with pathological Q waves, in groups that agree."""
    found: list[str] = []
    front = [lead for lead in ("V1", "V2", "V3", "V4") if _front_q(sheet, lead)]
    if {"V2", "V3"} <= set(front):
        found += front
    for group in GROUPS:
        here = [lead for lead in group if long_q(sheet, lead)]
        found += here if len(here) > 1 else []
    return tuple(dict.fromkeys(found))


def long_q(sheet: BeatSheet, lead: str) -> bool:
    """A Q wave long and deep enough, or a QS complex."""
    found = sheet.leads.get(lead)
    if found is None or found.q is None or found.q > DEEP_Q:
        return False
    return found.qs or (found.q_ms or 0.0) >= LONG_Q


def _front_q(sheet: BeatSheet, lead: str) -> bool:
    found = sheet.leads.get(lead)
    if found is None or found.q is None or found.q > DEEP_Q:
        return False
    return found.qs or (lead in {"V2", "V3"} and (found.q_ms or 0.0) >= SHORT_Q)


def evolving(sheet: BeatSheet) -> Finding | None:
    """Anterior infarct of hours to weeks: no R, and ST not yet back or T deeply turned over.

    QS or Q in two leads of V1 to V5 in a row, and either ST still up 60 ms after J in two of them
    with T turned over at its end in two leads in a row from there on, or T deeply turned over in
    two leads in a row. An old scar has the first, an aneurysm the second, too.
    """
    front = in_a_row([lead for lead in CHEST[:5] if long_q(sheet, lead)])
    if not front:
        return None
    near = {lead for q in front for lead in _beside(q)}
    up = [lead for lead in front if sheet.at_least(lead, "j60", STILL_UP)]
    turned = in_a_row(lead for lead in CHEST[1:] if _lowest_t(sheet, lead) <= TURNED)
    deep = in_a_row(lead for lead in CHEST[1:5] if _lowest_t(sheet, lead) <= DEEPLY_TURNED)
    shown = turned if len(up) > 1 and near & set(turned) else deep if near & set(deep) else ()
    if not shown:
        return None
    values = {
        "st": max(sheet.value(lead, "j60") or 0.0 for lead in front),
        "t": min(_lowest_t(sheet, lead) for lead in shown),
    }
    leads = tuple(lead for lead in CHEST if lead in {*front, *shown})
    return Finding("infarction.evolving", leads=leads, values=values, certain=len(up) > 1)


def _beside(lead: str) -> tuple[str, ...]:
    at = CHEST.index(lead)
    return CHEST[max(at - 1, 0) : at + 2]


def _lowest_t(sheet: BeatSheet, lead: str) -> float:
    found = sheet.leads.get(lead)
    return 0.0 if found is None else min(found.t or 0.0, found.t2 or 0.0, 0.0)
