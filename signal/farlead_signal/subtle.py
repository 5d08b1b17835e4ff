"""Slight ST elevation of V2 to V4: occlusion of the anterior artery, or health.

References
----------
B. E. Driver et al., "A new 4-variable formula to differentiate normal variant ST segment elevation
in V2-V4 (early repolarization) from subtle left anterior descending coronary occlusion",
J Electrocardiol 50 (2017) 561-569. Tried on other patients by E. Bozbeyoglu et al., Ann Noninvasive
Electrocardiol 23 (2018), doi:10.1111/anec.12568.
"""

from farlead_signal.beat_sheet import BeatSheet
from farlead_signal.findings import Finding
from farlead_signal.t_waves import turns_over

#: ST elevation at J from which the formula was made, in mV, and the one beyond which no formula is
#: needed.
LEAST, OBVIOUS = 0.10, 0.50
#: The formula's weights: ST in V3 60 ms after J, QRS height in V2, R in V4 (mm), QTc (ms).
OF_ST, OF_QTC, OF_QRS, OF_R = 1.062, 0.052, 0.151, 0.268
#: Millimetres of paper in a millivolt.
MM = 10.0
#: QRS complexes no wider than this were meant, in ms.
NARROW = 110.0
_CHEST = ("V2", "V3", "V4")
_NOT_MEANT = frozenset({"chambers.lvh", "conduction.rbbb", "conduction.lafb"})


def subtle_anterior(sheet: BeatSheet) -> Finding | None:
    """``ischaemia.subtle_anterior`` with the formula's `score`; occlusion is likely from 18.2 on.

    Only where it was meant for: elevation of 0.1 mV in one of V2 to V4, no T wave turned over, no
    wide QRS complex, no large ventricle.
    """
    if sheet.codes & _NOT_MEANT or sheet.qrs is None or sheet.qrs >= NARROW:
        return None
    raised = [lead for lead in _CHEST if sheet.at_least(lead, "j", LEAST)]
    st, second = sheet.value("V3", "j60"), sheet.leads.get("V2")
    if not raised or st is None or second is None or "V4" not in sheet.leads or sheet.qtc is None:
        return None
    if any(turns_over(sheet, x) or sheet.at_least(x, "j", OBVIOUS) for x in _CHEST):
        return None
    small = OF_QRS * (second.qrs_pp or 0.0) + OF_R * sheet.r("V4")
    score = MM * (OF_ST * st - small) + OF_QTC * sheet.qtc
    values = {"score": score, "st": st, "qtc": sheet.qtc}
    return Finding("ischaemia.subtle_anterior", leads=tuple(raised), values=values, certain=False)
