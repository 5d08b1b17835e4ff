"""The right ventricle under sudden load: what pulmonary embolism may leave in the ECG.

References
----------
S. McGinn, P. D. White, JAMA 104 (1935) 1473-1480, doi:10.1001/jama.1935.02760170011004 (S in I,
Q and inverted T in III). M. Kosuge et al., Am J Cardiol 99 (2007) 817-821,
doi:10.1016/j.amjcard.2006.10.043 (T inverted in III and V1 together). Sizes and the second sign
that is asked for are ours: each sign alone is common in health.
"""

from farlead_signal.beat_sheet import BeatSheet
from farlead_signal.findings import Finding

#: S in I, Q in III and T in III as deep as this, in mV.
S_IN_I, Q_IN_III, T_IN_III = 0.15, -0.15, -0.05
#: T of V1 and V2 (and V3 without the first sign) as deep as this, in mV.
T_RIGHT = -0.10
#: Rate per minute from which the heart is fast.
FAST = 100.0
_NOT_MEANT = frozenset({"conduction.lbbb", "conduction.preexcitation", "conduction.lpfb"})
_BLOCKS = frozenset({"conduction.rbbb", "conduction.rbbb.incomplete"})


def pulmonary_embolism(sheet: BeatSheet) -> Finding | None:
    """``pattern.pulmonary_embolism``: S1Q3T3 with a second sign, or T inverted in III and V1 to V3.

    The second sign is a fast heart, a right bundle branch block, or T inverted in V1 and V2;
    inverted T waves without S1Q3 need a fast heart.
    """
    if sheet.codes & _NOT_MEANT:
        return None
    turned = [lead for lead in ("V1", "V2", "V3") if sheet.at_most(lead, "t", T_RIGHT)]
    fast = sheet.rate is not None and sheet.rate >= FAST
    block = bool(sheet.codes & _BLOCKS)
    s1q3t3 = (
        sheet.s("I") >= S_IN_I
        and sheet.at_most("III", "q", Q_IN_III)
        and "III" in sheet.leads
        and not sheet.leads["III"].qs
        and sheet.at_most("III", "t", T_IN_III)
    )
    first = s1q3t3 and (fast or block or {"V1", "V2"} <= set(turned))
    second = len(turned) == 3 and fast and sheet.at_most("III", "t", T_RIGHT) and not block
    if not first and not second:
        return None
    leads = (("I",) if first else ()) + ("III", *turned)
    values = {
        "s": sheet.s("I"),
        "q": sheet.value("III", "q") or 0.0,
        "t": sheet.value("III", "t") or 0.0,
    }
    return Finding("pattern.pulmonary_embolism", leads=leads, values=values, certain=False)
