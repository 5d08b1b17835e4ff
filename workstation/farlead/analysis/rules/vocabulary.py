"""What a rule may ask for: quantities with their unit and possible range, and findings.

A table that names anything else is refused. A new name comes here when the signal core gives
what it stands for; thresholds never stand here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """What a quantity is a quantity of."""

    RECORDING = "recording"
    FINDING = "finding"  # of the finding that the rule names
    LEAD = "lead"  # one value for each lead


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named quantity.

    Parameters
    ----------
    unit : str
    low, high : float
        A limit outside of these is a slip of the pen: another unit, a lost digit.
    digits : int
        Digits behind the point with which it is shown, and with which it is compared: a rate
        that reads 35 is 35.
    scope : Scope
    """

    unit: str
    low: float
    high: float
    digits: int = 0
    scope: Scope = Scope.RECORDING


_RATE = Quantity("/min", 10, 400)
_MS = Quantity("ms", 20, 1000)
_DEGREES = Quantity("°", -180, 180)
_VOLTAGE = Quantity("mV", -10, 10, 2)
_SUM = Quantity("mV", 0, 20, 2)

_RECORDING: Mapping[str, Quantity] = {
    "heart_rate": _RATE,
    "rate_slowest": _RATE,
    "rate_fastest": _RATE,
    "atrial_rate": Quantity("/min", 20, 500),
    "rr_cv": Quantity("1", 0.01, 2, 2),
    "longest_pause": Quantity("s", 1, 20, 1),
    "p_duration": _MS,
    "pr": _MS,
    "qrs": _MS,
    "qt": Quantity("ms", 100, 1000),
    "qtc": Quantity("ms", 200, 900),
    "jt": Quantity("ms", 50, 900),
    "axis": _DEGREES,
    "axis_p": _DEGREES,
    "axis_t": _DEGREES,
    "sokolow_lyon": _SUM,
    "cornell": _SUM,
    "limb_max": _SUM,
    "chest_max": _SUM,
    # Differences from the last earlier recording of the same patient, without their sign.
    "change_heart_rate": Quantity("/min", 5, 200),
    "change_pr": Quantity("ms", 10, 300),
    "change_qrs": Quantity("ms", 5, 200),
    "change_qtc": Quantity("ms", 10, 400),
    "change_axis": Quantity("°", 10, 180),
    "likeness_qrs": Quantity("1", 0, 1, 2),
}
_FINDING: Mapping[str, Quantity] = {
    "rate": _RATE,
    "beats": Quantity("1", 1, 1000),
    "count": Quantity("1", 1, 1000),
    "seconds": Quantity("s", 0, 3600, 1),
    "rr_shortest": Quantity("ms", 100, 3000),
    "rr_longest": Quantity("s", 0.2, 20, 1),
    "ratio": Quantity("1", 0, 10, 2),
    "score": Quantity("1", 0, 60, 1),
}
_LEAD: Mapping[str, Quantity] = {
    "j": _VOLTAGE,
    "j60": _VOLTAGE,
    "j80": _VOLTAGE,
    "st_slope": Quantity("mV/s", -50, 50, 1),
    "q": _VOLTAGE,
    "q_ms": Quantity("ms", 5, 200),
    "r": _VOLTAGE,
    "s": _VOLTAGE,
    "t": _VOLTAGE,
    "r_to_s": Quantity("1", 0, 100, 2),
    "change_j": _VOLTAGE,
    "change_t": _VOLTAGE,
}


def _scoped(table: Mapping[str, Quantity], scope: Scope) -> dict[str, Quantity]:
    return {
        name: Quantity(each.unit, each.low, each.high, each.digits, scope)
        for name, each in table.items()
    }


#: Every quantity by name; names are those of the measurements and of the table of leads.
QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    _scoped(_RECORDING, Scope.RECORDING)
    | _scoped(_FINDING, Scope.FINDING)
    | _scoped(_LEAD, Scope.LEAD)
)

#: Every finding of the signal core and of the comparison with earlier recordings.
FINDINGS: frozenset[str] = frozenset(
    {
        # rhythm
        "rhythm.sinus", "rhythm.af", "rhythm.flutter", "rhythm.svt", "rhythm.atrial",
        "rhythm.junctional", "rhythm.ventricular", "rhythm.paced", "rhythm.vt",
        "rhythm.vt.polymorphic", "rhythm.vt.bidirectional", "rhythm.torsades", "rhythm.vf",
        "rhythm.asystole", "rhythm.wide_tachycardia", "rhythm.unknown",
        # ectopic beats
        "ectopy.v", "ectopy.v.couplet", "ectopy.v.run", "ectopy.v.bigeminy",
        "ectopy.v.trigeminy", "ectopy.v.r_on_t", "ectopy.v.multiform", "ectopy.sv",
        "ectopy.sv.couplet", "ectopy.sv.run", "ectopy.sv.bigeminy", "escape.v", "escape.j",
        # conduction
        "av.block1", "av.block2", "av.block2.wenckebach", "av.block2.mobitz2", "av.block2.two_one",
        "av.high", "av.block3", "sa.block", "conduction.rbbb", "conduction.rbbb.incomplete",
        "conduction.lbbb", "conduction.lbbb.incomplete", "conduction.lafb", "conduction.lpfb",
        "conduction.ivcd", "conduction.preexcitation", "conduction.alternating_bundle",
        # pacing
        "pacing.atrial", "pacing.ventricular", "pacing.dual", "pacing.capture", "pacing.sensing",
        # ischaemia, infarction
        "ischaemia.stemi", "ischaemia.st_elevation", "ischaemia.st_depression",
        "ischaemia.left_main", "ischaemia.sgarbossa", "ischaemia.posterior",
        "ischaemia.right_ventricular", "ischaemia.de_winter", "ischaemia.wellens",
        "ischaemia.hyperacute_t", "infarction.q", "infarction.evolving", "repolarisation.early",
        "ischaemia.subtle_anterior", "repolarisation.pericarditis",
        # repolarisation, electrolytes, patterns
        "repolarisation.t_inversion", "repolarisation.alternans", "electrolytes.hyperkalaemia",
        "electrolytes.hypokalaemia", "pattern.brugada1", "pattern.brugada2", "pattern.long_qt",
        "pattern.pulmonary_embolism", "pattern.low_voltage", "pattern.electrical_alternans",
        # chambers
        "chambers.lvh", "chambers.rvh", "chambers.la", "chambers.ra",
        # comparison with the last earlier recording of the same patient
        "serial.rhythm", "serial.new_conduction", "serial.gone_conduction", "serial.new_finding",
    }
)  # fmt: skip

#: Leads for which a limit may be given.
LEADS: frozenset[str] = frozenset(
    {"I", "II", "III", "aVR", "aVL", "aVF", *(f"V{n}" for n in range(1, 10))}
    | {f"V{n}R" for n in range(3, 8)}
)
#: Neighbours on the body: the frontal plane in Cabrera's order, where −aVR stands between I and
#: II, and the chest from the right to the back.
NEIGHBOURS: tuple[tuple[str, ...], ...] = (
    ("aVL", "I", "-aVR", "II", "aVF", "III"),
    ("V6R", "V5R", "V4R", "V3R", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9"),
)
