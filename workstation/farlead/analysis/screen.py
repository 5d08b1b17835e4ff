"""Screening of one recording."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from farlead.analysis.collect import facts as collected
from farlead.analysis.details import detail
from farlead.analysis.engine import suggestions, worst
from farlead.analysis.facts import Facts
from farlead.analysis.figures import measurements
from farlead.analysis.flags import fault, flags, known
from farlead.analysis.measure import Measured, measure
from farlead.analysis.rules import RuleSet, shipped
from farlead.analysis.serial import MOST, Changes, Side, compare
from farlead.analysis.verdict import verdict
from farlead.model.comparison import Comparison
from farlead.model.recording import Recording
from farlead.model.screening import Flag, Measurement, QtFormula, Screening, Span
from farlead.model.study import Severity

#: Version of the signal core, raised when it finds other beats or measures otherwise.
SIGNAL_VERSION = "signal-4"
#: Version written into every screening made with the rules that ship.
VERSION = f"screening-{shipped().version}/{SIGNAL_VERSION}"

#: The formula where the settings name none.
STANDARD = next(iter(QtFormula))

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


def screen(
    recording: Recording,
    *,
    earlier: Sequence[Recording] = (),
    rules: RuleSet | None = None,
    formula: QtFormula = STANDARD,
) -> Screening:
    """Measure and flag a recording; a suggestion, never a diagnosis.

    Never raises for what is in the recording: any shape, names, rate and values. What cannot be
    known is None with its reason, and flagged.

    Parameters
    ----------
    recording : Recording
    earlier : sequence of Recording
        Earlier recordings of the same patient, the newest first; two at most are looked at.
    rules : RuleSet, optional
        The rules as an institution changed them; those that ship when absent.
    formula : QtFormula
        Of the QTc that is shown, and that the rules are asked about.

    Returns
    -------
    Screening
        With its detail. ``known`` is False when rhythm, rate or signal could not be judged;
        severity is then at least urgent.
    """
    table = rules or shipped()
    seen = _look(recording, table, formula)
    faults: list[str] = []
    changes = _guarded(
        "comparison", _NO_CHANGES, faults, lambda: _compared(seen, earlier, table, formula)
    )
    said = _guarded("rules", _NO_FLAGS, faults, lambda: suggestions(_all(seen, changes), table))
    found = (*seen.doubts, *(fault(faults, table.limits) if faults else ()), *said)
    found = tuple(sorted(found, key=lambda flag: -flag.severity))
    judged = known(found)
    quality, sentence = verdict(found)
    measured = seen.measured
    return Screening(
        version=f"screening-{table.version}/{SIGNAL_VERSION}",
        severity=worst(found) if judged else max(worst(found), Severity.URGENT),
        known=judged,
        quality=quality,
        measurements=seen.figures,
        flags=found,
        r_peaks=tuple(measured.finding.r_peaks.tolist()),
        spans=tuple(Span(s.start, s.stop, s.kind) for s in measured.finding.spans),
        verdict=sentence,
        detail=detail(measured),
        comparison=changes.comparison,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A recording measured, before the rules are asked."""

    measured: Measured
    doubts: tuple[Flag, ...]
    figures: tuple[Measurement, ...]
    facts: Facts

    @property
    def side(self) -> Side:
        """As one side of a comparison."""
        return Side(self.measured, self.facts, known(self.doubts))


_NO_CHANGES = Changes(Comparison(), {}, {})
_NO_FLAGS: tuple[Flag, ...] = ()


def _look(recording: Recording, table: RuleSet, formula: QtFormula) -> _Seen:
    measured = measure(recording)
    doubts = flags(measured, table.limits)
    figures = _corrected(measurements(measured, doubts), formula)
    facts = collected(measured, figures, measured.findings, [flag.code for flag in doubts])
    return _Seen(measured, doubts, figures, facts)


def _corrected(figures: tuple[Measurement, ...], formula: QtFormula) -> tuple[Measurement, ...]:
    """Figures whose ``qtc`` is by this formula: the rules ask for the one that is shown."""
    own = next((each for each in figures if each.name == f"qtc_{formula}"), None)
    if own is None or formula is STANDARD:
        return figures
    headline = replace(own, name="qtc", formula=formula)
    return tuple(headline if each.name == "qtc" else each for each in figures)


def _compared(
    seen: _Seen, earlier: Sequence[Recording], table: RuleSet, formula: QtFormula
) -> Changes:
    if not earlier:
        return _NO_CHANGES

    def sides() -> Iterator[Side]:
        for recording in earlier[:MOST]:
            yield _look(recording, table, formula).side

    return compare(seen.side, sides())


def _all(seen: _Seen, changes: Changes) -> Facts:
    """What the rules are asked about: the recording itself, and how it differs."""
    facts = seen.facts
    if changes is _NO_CHANGES:
        return facts
    return replace(
        facts,
        figures={**facts.figures, **changes.figures},
        leads={**facts.leads, **changes.leads},
        findings=(*facts.findings, *changes.findings),
    )


def _guarded(name: str, otherwise: _T, faults: list[str], work: Callable[[], _T]) -> _T:
    """A step that fails by a fault of ours is told, and the recording stands with urgent."""
    try:
        return work()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the study comes to the top and says so
        _LOG.exception("step %s of screening failed", name)
        faults.append(name)
        return otherwise
