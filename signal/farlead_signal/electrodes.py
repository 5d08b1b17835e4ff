"""Electrodes at the wrong place: limb electrodes exchanged, chest electrodes out of order.

Works on one representative beat of each lead. See docs/measurement.md for methods, what they were
tuned on and where they fail.

References
----------
Kors JA, van Herpen G. Accurate automatic detection of electrode interchange in the
electrocardiogram. Am J Cardiol 2001;88:396-399. doi:10.1016/S0002-9149(01)01686-1. The idea of
comparing a lead with what the other leads make of it.

Abdollah H, Milliken JA. Recognition of electrocardiographic left arm/left leg lead reversal. Am J
Cardiol 1997;80:1247-1249. The terminal P wave in lead III.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.chest_order import EXCHANGED, ChestOrder, chest_order
from farlead_signal.delineation import Fiducials
from farlead_signal.leads import LIMB, standard_name
from farlead_signal.limb_swaps import (
    CHEST,
    Swap,
    chest_rows,
    frontal_plane,
    most_likely_swap,
)
from farlead_signal.rows import finite, means
from farlead_signal.segments import Segments, segments_of

Beat: TypeAlias = NDArray[np.float64]
Leads: TypeAlias = Mapping[str, Beat]

#: An arm electrode on the right leg: the limb lead between it and the left leg (or the other arm)
#: keeps less than this share of the greatest limb lead, and less than so many millivolts from
#: trough to peak. The two legs are at nearly the same potential. Of 70 records with electrodes in
#: place the smallest share was 0.19.
FLAT_SHARE, FLAT_MV = 0.1, 0.12
#: Limb leads that disagree with Einthoven's law by more than this share of their size are not the
#: leads that they are called; nothing is concluded from them.
DISAGREEMENT = 0.15
#: A mirrored heart: the P vector points this far to the right (cosine to lead I), and the QRS
#: complex of V6 has no more than this share of the energy of V1 and V2.
RIGHTWARD_P, FADED = -0.3, 0.35


#: P waves in this share of the beats are P waves of the median beat.
HALF = 0.5


class ReversalKind(StrEnum):
    """Which electrodes; LA_RA: left arm and right arm, LL: left leg, RL: right leg with an arm."""

    LA_RA = "LA_RA"
    LA_LL = "LA_LL"
    RA_LL = "RA_LL"
    RL = "RL"
    PRECORDIAL = "PRECORDIAL"
    DEXTROCARDIA = "DEXTROCARDIA"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measure behind a claim.

    Parameters
    ----------
    lead : str
        Lead that shows it; two neighbours as ``V2-V3``; empty for the whole.
    measure : str
        ``p_direction``, ``p_rotation``, ``p_agreement``, ``qrst_agreement`` (1 as expected, -1
        the opposite), ``score`` (logarithm of the odds that electrodes are in place),
        ``peak_to_peak`` (mV), ``roughness`` (of the order exchanged over the order as named),
        ``qrs_energy`` (V6 over V1 and V2).
    value, limit : float
        What was found, and what it was compared with; below is against the electrodes.
    """

    lead: str
    measure: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class Reversal:
    """A claim that electrodes are not where their names say.

    Parameters
    ----------
    kind : ReversalKind
    confidence : float
        0 to 1; for exchanged limb electrodes the probability if every second ECG had them.
    evidence : tuple of Evidence
    """

    kind: ReversalKind
    confidence: float
    evidence: tuple[Evidence, ...]


def reversals(
    beats: ArrayLike,
    names: Sequence[str],
    fs: float,
    fiducials: Fiducials,
    *,
    p_waves: bool = True,
) -> tuple[Reversal, ...]:
    """Electrodes that are probably exchanged.

    Parameters
    ----------
    beats : array_like, shape (leads, w)
        One representative beat of each lead, in millivolts.
    names : sequence of str
        Name of each row. Any leads in any order; without two limb leads and four of V1 to V6
        nothing is said about the limb electrodes, without five of V1 to V6 nothing about their
        order.
    fs : float
        Hertz.
    fiducials : Fiducials
        Of this beat; only ``overall`` is used. Without a QRS complex nothing is said.
    p_waves : bool
        False where the single beats have no P waves, as in atrial fibrillation: what looks like
        one in the median beat is then no evidence.

    Returns
    -------
    tuple of Reversal
        Empty when electrodes are in place, or when the leads cannot tell.
    """
    rows = np.atleast_2d(np.asarray(beats, np.float64))
    parts = segments_of(fiducials, rows.shape[-1], fs)
    if parts is None:
        return ()
    if not p_waves:
        parts = replace(parts, p=None)
    if not finite(rows):
        rows = np.where(np.isfinite(rows).all(axis=1, keepdims=True), rows, np.nan)
    rows = rows - means(rows[:, parts.level])[:, None]
    spans = rows.max(axis=1) - rows.min(axis=1)
    known = [(standard_name(name), at) for at, name in enumerate(names[: len(rows)])]
    leads = {name: rows[at] for name, at in known if np.isfinite(spans[at])}
    span = {name: float(spans[at]) for name, at in known if name in leads}
    return (*_limbs(leads, span, parts), *_chest(leads, span, parts))


def p_waves_in(fiducials: Fiducials, members: NDArray[np.int64]) -> bool:
    """Whether at least half of the beats behind a median beat have a P wave of their own.

    Parameters
    ----------
    fiducials : Fiducials
        Of the single beats.
    members : ndarray of int64
        Indices of those that made the median beat.
    """
    peaks = (fiducials.overall or fiducials).p_peak[..., members]
    return bool(peaks.size and np.count_nonzero(peaks >= 0) >= HALF * peaks.size)


def _limbs(leads: Leads, span: Mapping[str, float], parts: Segments) -> Iterator[Reversal]:
    if flat := _right_leg(leads, span):
        yield flat
        return
    moving = {name: row for name, row in leads.items() if span[name] > 0}
    frontal, disagreement = frontal_plane(moving)
    if frontal is None or disagreement > DISAGREEMENT:
        return
    if mirrored := _mirrored(frontal, moving, parts):
        yield mirrored
        return
    chest = chest_rows(moving)
    if chest is not None and (claim := most_likely_swap(frontal, chest, parts)):
        yield _limb_claim(*claim)


def _limb_claim(swap: Swap, answers: Beat, score: float, limit: float) -> Reversal:
    p_measure = "p_rotation" if swap is Swap.LA_LL else "p_direction"
    lead = {Swap.LA_RA: "I", Swap.LA_LL: "III", Swap.RA_LL: "II"}[swap]
    measures = (p_measure, "p_agreement", "qrst_agreement")
    return Reversal(
        ReversalKind(swap.value),
        round(float(1.0 / (1.0 + np.exp(score))), 3),
        (
            Evidence("", "electrode_score", round(score, 2), limit),
            *(
                Evidence(lead, measure, round(float(value), 2), 0.0)
                for measure, value in zip(measures, answers, strict=True)
            ),
        ),
    )


def _right_leg(leads: Leads, span: Mapping[str, float]) -> Reversal | None:
    """A claim when one of I, II, III is nearly flat and the other two agree with that."""
    if not {"I", "II", "III"} <= set(leads):
        return None
    one, two, three = leads["I"], leads["II"], leads["III"]
    lead = min(("I", "II", "III"), key=span.__getitem__)
    greatest = max(span[name] for name in LIMB if name in span)
    limit = min(FLAT_SHARE * greatest, FLAT_MV)
    if span[lead] >= limit or np.ptp(two - one - three) > DISAGREEMENT * greatest:
        return None
    evidence = (Evidence(lead, "peak_to_peak", round(span[lead], 3), round(limit, 3)),)
    return Reversal(ReversalKind.RL, round(1.0 - 0.1 * span[lead] / limit, 3), evidence)


def _mirrored(frontal: Beat, leads: Leads, parts: Segments) -> Reversal | None:
    """Dextrocardia: P and QRS point to the right, and the QRS complexes fade from V1 to V6.

    With exchanged arm electrodes the chest leads are those of a heart on the left.
    """
    if parts.p is None or not {"V1", "V2", "V6"} <= set(leads):
        return None
    p = frontal[:, parts.p].sum(axis=1)
    direction = float(p[0] / max(float(np.hypot(*p)), 1e-9))
    energy = {name: float((leads[name][parts.qrs] ** 2).sum()) for name in ("V1", "V2", "V6")}
    faded = energy["V6"] / max(energy["V1"], energy["V2"], 1e-9)
    rightward = direction < RIGHTWARD_P and frontal[0, parts.qrs].sum() < 0
    if not rightward or faded > FADED or leads["V6"][parts.qrs].sum() > 0:
        return None
    evidence = (
        Evidence("I", "p_direction", round(direction, 2), RIGHTWARD_P),
        Evidence("V6", "qrs_energy", round(faded, 2), FADED),
    )
    return Reversal(ReversalKind.DEXTROCARDIA, 0.5, evidence)


def _chest(leads: Leads, span: Mapping[str, float], parts: Segments) -> Iterator[Reversal]:
    names = [name for name in CHEST if span.get(name, 0.0) > 0]
    found: ChestOrder | None = chest_order(
        np.array([leads[name][parts.qrst] for name in names]), names
    )
    if found is not None:
        pair = "-".join(found.pair)
        evidence = (Evidence(pair, "roughness", round(found.roughness, 3), EXCHANGED),)
        confidence = round(min(1.0, 0.5 + (EXCHANGED - found.roughness)), 3)
        yield Reversal(ReversalKind.PRECORDIAL, confidence, evidence)
