"""Recordings and made-up findings on either side of each rule's threshold. All are synthetic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from calibration_ecg import LEADS, NORMAL, Shape, make
from farlead.analysis.facts import Facts, Figure, Found, Known
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording
from farlead.model.screening import Span
from support_ecg import ecg, steady, twelve

FS = 500.0
SECONDS = 10.0
MAN = Patient(name="某甲", sex=Sex.MALE, birth_date=date(1970, 5, 1))
WOMAN = Patient(name="某乙", sex=Sex.FEMALE, birth_date=date(1970, 5, 1))
FIFTY = Known(Sex.MALE, 50.0)
DAY = datetime(2026, 11, 22, 8, 0)  # noqa: DTZ001 - as devices write it


def child(years: int) -> Patient:
    """A boy of so many years at the day of the recordings."""
    return Patient(name="某童", sex=Sex.MALE, birth_date=date(DAY.year - years, 1, 1))


def recorded(
    shape: Shape = NORMAL, rate: float = 60.0, patient: Patient = MAN, noise: float = 0.004
) -> Recording:
    """A 10 s calibration ECG with one shape of beat at an even rate."""
    step = 60.0 / rate
    beats = [(float(at), shape) for at in np.arange(0.45, SECONDS - 0.3, step)]
    made = make(beats, FS, SECONDS, noise=noise)
    return Recording(made.signal, LEADS, FS, start=DAY, patient=patient)


def beating(beats: list[float], patient: Patient = MAN) -> Recording:
    """A 10 s ECG with beats at these seconds, whatever the rhythm."""
    signal = twelve(ecg(beats, FS, SECONDS, t_wave=0.15))
    return Recording(signal, LEADS, FS, start=DAY, patient=patient)


def even(rate: float, patient: Patient = MAN) -> Recording:
    """A 10 s ECG with beats at an even rate."""
    return beating(steady(rate, SECONDS, first=0.3), patient)


def pausing(seconds: float) -> Recording:
    """A 10 s ECG with one stretch without beats."""
    before = list(np.arange(0.3, 3.2, 0.8))
    return beating([*before, *np.arange(before[-1] + seconds, 9.9, 0.8)])


def alternating(share: float) -> Recording:
    """A 10 s ECG whose RR intervals vary by this share around 0.8 s."""
    rr = 0.8 * (1 + share * np.array([1, -1, 1, 1, -1, -1, 1, -1, 1, -1, -1]))
    return beating([float(t) for t in 0.3 + np.cumsum(rr)])


def sized(**leads: float) -> tuple[float, ...]:
    """Sizes in I, II, V1 to V6; 0 where none is given."""
    return tuple(leads.get(name, 0.0) for name in ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"))


def qt(milliseconds: float) -> Recording:
    """At 60 per minute, where QT is QTc by every formula."""
    return recorded(replace(NORMAL, qt=milliseconds / 1000))


def pr(milliseconds: float, rate: float = 60.0) -> Recording:
    """A PR interval with a P wave that fits into it."""
    return recorded(
        replace(NORMAL, pr=milliseconds / 1000, p_time=min(0.1, milliseconds / 1100)), rate
    )


def st(level: float, *leads: str, slope: float = 0.0, patient: Patient = MAN) -> Recording:
    """ST at this level in leads among I, II, V1 to V6."""
    at = sized(**dict.fromkeys(leads, level))
    end = sized(**dict.fromkeys(leads, level + slope))
    return recorded(replace(NORMAL, st=at, st_end=end), patient=patient)


def t_wave(size: float, *leads: str) -> Recording:
    """T waves of this size in leads among I, II, V1 to V6."""
    own = dict(zip(("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"), NORMAL.t, strict=True))
    return recorded(replace(NORMAL, t=tuple({**own, **dict.fromkeys(leads, size)}.values())))


def frontal(one: float, two: float) -> Recording:
    """R or S waves in I and II that turn the axis; a negative one is an S wave."""
    r = (max(one, 0.05), max(two, 0.05), *NORMAL.r[2:])
    s = (min(one, -0.02), min(two, -0.02), *NORMAL.s[2:])
    return recorded(replace(NORMAL, q=sized(), r=r, s=s))


def scaled(share: float) -> Recording:
    """Limb leads of another height."""
    r = (NORMAL.r[0] * share, NORMAL.r[1] * share, *NORMAL.r[2:])
    s = (NORMAL.s[0] * share, NORMAL.s[1] * share, *NORMAL.s[2:])
    return recorded(replace(NORMAL, q=sized(), r=r, s=s))


def chest(v1_s: float, v5_r: float) -> Recording:
    """S of V1 and R of V5."""
    r = (*NORMAL.r[:6], v5_r, 1.0)
    s = (*NORMAL.s[:2], v1_s, *NORMAL.s[3:])
    return recorded(replace(NORMAL, r=r, s=s))


def cornell(avl_r: float, v3_s: float) -> Recording:
    """R of aVL (I less half of II) and S of V3."""
    r = (avl_r + 0.15, 0.30, *NORMAL.r[2:])
    s = (-0.05, -0.1, -0.5, -0.8, v3_s, *NORMAL.s[5:])
    return recorded(replace(NORMAL, r=r, s=s))


@dataclass(frozen=True)
class Recorded:
    """A recording that meets a rule and one that just does not."""

    beyond: Callable[[], Recording]
    short: Callable[[], Recording]


@dataclass(frozen=True)
class MadeUp:
    """Facts that meet a rule and facts that just do not: its finding cannot be recorded here."""

    beyond: Facts
    short: Facts


def finding(code: str, at: tuple[float, float] = (2.0, 6.0), **values: float) -> Found:
    """A made-up finding with every kind of evidence; `at` is where it begins and ends."""
    span = Span(round(at[0] * FS), round(at[1] * FS), "beats")
    return Found(code, (2, 3, 4), ("II", "V1"), (span,), values)


def facts(*found: Found, known: Known = FIFTY, **figures: float) -> Facts:
    """Made-up facts of a 10 s recording."""
    return Facts(
        known=known,
        figures={name: Figure(value) for name, value in figures.items()},
        findings=found,
        samples=round(SECONDS * FS),
        margin=round(FS),
        fs=FS,
    )


_FIGURES: Mapping[str, float] = {"heart_rate": 62.0, "qrs": 96.0, "jt": 300.0, "axis": 40.0}


def one(code: str, **values: float) -> MadeUp:
    """With and without a finding: instead of it there is sinus rhythm."""
    return MadeUp(
        facts(finding(code, **values), **_FIGURES), facts(finding("rhythm.sinus"), **_FIGURES)
    )


def two(code: str, beyond: Mapping[str, float], short: Mapping[str, float], *also: str) -> MadeUp:
    """A finding with values on either side of its limits."""
    others = tuple(finding(each) for each in also)
    return MadeUp(
        facts(finding(code, **beyond), *others, **_FIGURES),
        facts(finding(code, **short), *others, **_FIGURES),
    )


def raised(level: float) -> Facts:
    """The pattern of infarction with this ST elevation in V2 and V3 of a man of fifty."""
    found = facts(finding("ischaemia.stemi", st=level), **_FIGURES)
    return replace(found, leads={"j": {"V2": level, "V3": level}})


#: A wide QRS complex of no known kind: slow from begin to end in every lead.
_WIDE = replace(NORMAL, qrs_times=(0.034, 0.056, 0.050, 0.0), qt=0.440)


def fastest(rate: float) -> Facts:
    """A fast rate of a rhythm that nobody could name: a named one has rules of its own."""
    figure = Figure(rate, True, (1, 2, 3), (Span(500, 2000, "beats"),))
    return replace(facts(), figures={"rate_fastest": figure})


def _with_span(at: tuple[float, float]) -> Facts:
    return facts(finding("rhythm.vt", at, rate=170.0, seconds=at[1] - at[0]))


#: One for each rule of the tables.
CASES: dict[str, Recorded | MadeUp] = {
    # critical
    "rhythm.vf": one("rhythm.vf"),
    "rhythm.asystole": one("rhythm.asystole"),
    "vt.sustained": MadeUp(_with_span((0.2, 9.8)), _with_span((2.0, 6.0))),
    "vt.unstable": two("rhythm.vt", {"rate": 150, "seconds": 4}, {"rate": 149, "seconds": 4}),
    "vt.polymorphic": one("rhythm.vt.polymorphic"),
    "vt.torsades": one("rhythm.torsades"),
    "tachycardia.wide": two("rhythm.wide_tachycardia", {"rate": 150}, {"rate": 149}),
    "svt.fast": two("rhythm.svt", {"rate": 200}, {"rate": 199}),
    "af.preexcited": two(
        "rhythm.af", {"rr_shortest": 250}, {"rr_shortest": 251}, "conduction.preexcitation"
    ),
    "af.fast": two("rhythm.af", {"rate": 180}, {"rate": 179}),
    "rate.slow": Recorded(lambda: even(34), lambda: even(37)),
    "rate.slow.age_unknown": Recorded(lambda: even(47, Patient()), lambda: even(51, Patient())),
    "rate.fast": MadeUp(fastest(150), fastest(149)),
    "pause": Recorded(lambda: pausing(3.2), lambda: pausing(2.8)),
    "av.block3": one("av.block3"),
    "qtc.critical": Recorded(lambda: qt(575), lambda: qt(530)),
    "ectopy.r_on_t": MadeUp(
        facts(finding("ectopy.v.r_on_t")), facts(replace(finding("ectopy.v.r_on_t"), certain=False))
    ),
    "t.alternans": one("repolarisation.alternans"),
    "electrolytes.hyperkalaemia": one("electrolytes.hyperkalaemia"),
    "electrolytes.hypokalaemia": one("electrolytes.hypokalaemia"),
    "pattern.pulmonary_embolism": one("pattern.pulmonary_embolism"),
    # rhythm
    "vt.other": two("rhythm.vt", {"rate": 120, "seconds": 4}, {"rate": 180, "seconds": 4}),
    "ventricular.run": one("ectopy.v.run"),
    "ventricular.rhythm": one("rhythm.ventricular"),
    "svt": two("rhythm.svt", {"rate": 170}, {"rate": 210}),
    "af.short_rr": two("rhythm.af", {"rr_shortest": 250}, {"rr_shortest": 251}),
    "af.rapid": two("rhythm.af", {"rate": 110}, {"rate": 109}),
    "af": one("rhythm.af"),
    "flutter": one("rhythm.flutter"),
    "junctional": one("rhythm.junctional"),
    "atrial": one("rhythm.atrial"),
    "rate.slowish": Recorded(lambda: even(47), lambda: even(53)),
    "rate.fastish": Recorded(lambda: even(104), lambda: even(97)),
    "irregular": Recorded(lambda: alternating(0.2), lambda: alternating(0.05)),
    "ectopy.r_on_t.possible": MadeUp(
        facts(replace(finding("ectopy.v.r_on_t"), certain=False)), facts(finding("ectopy.v.r_on_t"))
    ),
    "ectopy.v.bigeminy": one("ectopy.v.bigeminy"),
    "ectopy.v.couplet": one("ectopy.v.couplet"),
    "ectopy.v.multiform": one("ectopy.v.multiform"),
    "ectopy.v.trigeminy": one("ectopy.v.trigeminy"),
    "ectopy.v": one("ectopy.v"),
    "ectopy.sv.run": one("ectopy.sv.run"),
    "ectopy.sv": one("ectopy.sv"),
    "escape": one("escape.j"),
    "sa.block": one("sa.block"),
    # conduction
    "av.high": one("av.high"),
    "av.mobitz2": one("av.block2.mobitz2"),
    "av.two_one": one("av.block2.two_one"),
    "av.wenckebach": one("av.block2.wenckebach"),
    "av.block2": one("av.block2"),
    "pr.very_long": Recorded(lambda: pr(325), lambda: pr(275)),
    "pr.long": Recorded(lambda: pr(225), lambda: pr(180)),
    "pr.short": Recorded(lambda: pr(95), lambda: pr(140)),
    "conduction.alternating": one("conduction.alternating_bundle"),
    "conduction.lbbb": one("conduction.lbbb"),
    "conduction.rbbb": one("conduction.rbbb"),
    "conduction.irbbb": one("conduction.rbbb.incomplete"),
    "conduction.ilbbb": one("conduction.lbbb.incomplete"),
    "conduction.lafb": one("conduction.lafb"),
    "conduction.lpfb": one("conduction.lpfb"),
    "conduction.wide": Recorded(lambda: recorded(_WIDE), recorded),
    "conduction.preexcitation": one("conduction.preexcitation"),
    # ischaemia
    "ischaemia.stemi": MadeUp(raised(0.20), raised(0.19)),
    "ischaemia.stemi.low": MadeUp(raised(0.19), raised(0.20)),
    "ischaemia.subtle_anterior": two("ischaemia.subtle_anterior", {"score": 18.2}, {"score": 18.1}),
    "infarction.evolving": one("infarction.evolving"),
    "st.elevation": Recorded(
        lambda: st(0.30, "V2", "V3", "V4"), lambda: st(0.06, "V2", "V3", "V4")
    ),
    "ischaemia.sgarbossa": one("ischaemia.sgarbossa"),
    "ischaemia.posterior": one("ischaemia.posterior"),
    "ischaemia.right_ventricular": one("ischaemia.right_ventricular"),
    "ischaemia.de_winter": one("ischaemia.de_winter"),
    "ischaemia.left_main": one("ischaemia.left_main"),
    "ischaemia.wellens": one("ischaemia.wellens"),
    "ischaemia.hyperacute_t": one("ischaemia.hyperacute_t"),
    "st.depression": Recorded(lambda: st(-0.15, "V4", "V5"), lambda: st(-0.02, "V4", "V5")),
    "t.inversion": Recorded(
        lambda: t_wave(-0.25, "V4", "V5", "V6"), lambda: t_wave(0.15, "V4", "V5", "V6")
    ),
    "t.inversion.deep": Recorded(
        lambda: t_wave(-0.36, "V2", "V3"), lambda: t_wave(-0.22, "V2", "V3")
    ),
    "infarction.q": one("infarction.q"),
    # repolarisation
    "qtc.high": Recorded(lambda: qt(520), lambda: qt(480)),
    "qtc.long": Recorded(lambda: qt(470), lambda: qt(430)),
    "qtc.short": Recorded(lambda: qt(325), lambda: qt(365)),
    "brugada.1": one("pattern.brugada1"),
    "brugada.2": one("pattern.brugada2"),
    "repolarisation.early": one("repolarisation.early"),
    "repolarisation.pericarditis": one("repolarisation.pericarditis"),
    # chambers
    "axis.left": Recorded(lambda: frontal(1.0, -0.4), lambda: frontal(1.0, 0.3)),
    "axis.right": Recorded(lambda: frontal(-0.9, 0.5), lambda: frontal(0.1, 0.9)),
    "axis.extreme": Recorded(lambda: frontal(-0.8, -0.9), lambda: frontal(0.8, 0.5)),
    "voltage.low": Recorded(lambda: scaled(0.25), lambda: scaled(0.6)),
    "voltage.sokolow_lyon": Recorded(lambda: chest(-1.7, 2.2), lambda: chest(-1.2, 1.8)),
    "voltage.cornell": Recorded(lambda: cornell(1.2, -1.9), lambda: cornell(0.9, -1.5)),
    "chambers.lvh": one("chambers.lvh"),
    "chambers.rvh": one("chambers.rvh"),
    "chambers.la": one("chambers.la"),
    "chambers.ra": one("chambers.ra"),
    "electrical_alternans": one("pattern.electrical_alternans"),
    # pacing
    "pacing.capture": one("pacing.capture"),
    "pacing.sensing": one("pacing.sensing"),
    "pacing.dual": one("pacing.dual"),
    "pacing.ventricular": one("pacing.ventricular"),
    "pacing.atrial": one("pacing.atrial"),
}
