"""What screening raises, against what cardiologists found: what ``bench critical`` counts.

Each recording is screened as it would come in, by the rules that ship.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from farlead.analysis.critical_database import Labels, read_recording
from farlead.analysis.screen import screen
from farlead.model.screening import Screening
from farlead.model.study import Severity


@dataclass(frozen=True, slots=True)
class Raised:
    """A record and what screening said of it.

    Parameters
    ----------
    labels : Labels
    severity : Severity
    known : bool
        Whether the signal, the rhythm and the rate could be judged.
    critical, urgent : tuple of str
        Codes of the suggestions of these ranks.
    """

    labels: Labels
    severity: Severity
    known: bool
    critical: tuple[str, ...]
    urgent: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the record."""
        return self.labels.name

    @property
    def raised(self) -> bool:
        """Whether it stands with critical or urgent."""
        return self.severity >= Severity.URGENT


@dataclass(frozen=True, slots=True)
class CriticalScore:
    """Counts over records, each with the names behind it.

    Parameters
    ----------
    stemi, missed : tuple of str
        Records labelled ST-elevation infarction, and those of them that are not raised.
    harmless, false, urgent : tuple of str
        Records in sinus rhythm without ischaemia, pacing and complete block; those of them with a
        critical suggestion; those without one that stand with urgent.
    unknown_normal : tuple of str
        Records that could not be judged and yet stand below urgent.
    """

    stemi: tuple[str, ...]
    missed: tuple[str, ...]
    harmless: tuple[str, ...]
    false: tuple[str, ...]
    urgent: tuple[str, ...]
    unknown_normal: tuple[str, ...]

    @property
    def false_percent(self) -> float:
        """Harmless records with a critical suggestion, %; NaN without any."""
        return 100 * len(self.false) / len(self.harmless) if self.harmless else float("nan")

    @property
    def urgent_percent(self) -> float:
        """Harmless records that stand with urgent without a critical suggestion, %."""
        return 100 * len(self.urgent) / len(self.harmless) if self.harmless else float("nan")


def screened(labels: Labels, found: Screening) -> Raised:
    """A record beside what was said of it."""
    by_rank = {
        rank: tuple(flag.code for flag in found.flags if flag.severity is rank)
        for rank in (Severity.CRITICAL, Severity.URGENT)
    }
    return Raised(
        labels,
        found.severity,
        found.known,
        by_rank[Severity.CRITICAL],
        by_rank[Severity.URGENT],
    )


def screen_record(folder: Path, labels: Labels, *, raw_microvolts: bool = False) -> Raised:
    """Read and screen one record.

    Raises
    ------
    UnreadableFile
    """
    return screened(labels, screen(read_recording(folder, labels, raw_microvolts=raw_microvolts)))


def score(found: Iterable[Raised]) -> CriticalScore:
    """Counts over records."""
    every = list(found)
    stemi = [one for one in every if one.labels.stemi]
    harmless = [one for one in every if one.labels.harmless]
    return CriticalScore(
        stemi=_names(stemi),
        missed=_names([one for one in stemi if not one.raised]),
        harmless=_names(harmless),
        false=_names([one for one in harmless if one.critical]),
        urgent=_names([one for one in harmless if one.raised and not one.critical]),
        unknown_normal=_names([one for one in every if not (one.known or one.raised)]),
    )


def _names(found: Sequence[Raised]) -> tuple[str, ...]:
    return tuple(one.name for one in found)
