"""What screening raises and calls on LUDB, against the cardiologists' table: benchmark keys."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from farlead.analysis.critical_comparison import Raised, score, screened
from farlead.analysis.critical_database import CONDUCTION, Labels, read_labels, read_recording
from farlead.analysis.measure import measure
from farlead.analysis.screen import screen

#: Blocks within the ventricles: end of our finding's code -> the table's word for it.
BLOCKS: Mapping[str, str] = {
    "rbbb": "complete right bundle branch block",
    "rbbb.incomplete": "incomplete right bundle branch block",
    "lbbb": "complete left bundle branch block",
    "lbbb.incomplete": "incomplete left bundle branch block",
    "lafb": "left anterior hemiblock",
    "lpfb": "left posterior hemiblock",
    "ivcd": "non-specific intravintricular conduction delay",
}
#: Records of the development split.
LAST = 140


def shape_figures(folder: Path) -> tuple[dict[str, float], list[Raised]]:
    """Keys of what needs the shape of the beat: critical values, and blocks in the ventricles."""
    raised, called = [], {}
    for name, labels in read_labels(folder).items():
        if int(name) > LAST:
            continue
        recording = read_recording(folder, labels, raw_microvolts=True)
        raised.append(screened(labels, screen(recording)))
        called[name] = (labels, frozenset(one.code for one in measure(recording).findings))
    figures = critical_figures(raised, "")
    parts = (("_tuned_on", 1), ("_scored_only", 0))
    for suffix, odd in parts:
        figures |= critical_figures([one for one in raised if int(one.name) % 2 == odd], suffix)
    figures |= block_figures(called, "")
    for suffix, odd in parts:
        part = {name: each for name, each in called.items() if int(name) % 2 == odd}
        figures |= block_figures(part, suffix)
    return figures, raised


def critical_figures(found: Iterable[Raised], suffix: str) -> dict[str, float]:
    """Missed infarctions, and records that nothing was found in with critical or urgent."""
    counts = score(found)
    figures = {
        "missed_critical_ludb": len(counts.missed),
        "missed_critical_ludb_marked": len(counts.stemi),
        "false_critical": counts.false_percent,
        "false_critical_records": len(counts.harmless),
        "false_urgent": counts.urgent_percent,
        "unknown_normal": len(counts.unknown_normal),
    }
    return {f"{key}{suffix}": float(value) for key, value in figures.items()}


def block_figures(
    called: Mapping[str, tuple[Labels, frozenset[str]]], suffix: str
) -> dict[str, float]:
    """Found, missed and false records of every block."""
    figures = {}
    for code, word in BLOCKS.items():
        pairs = [
            (any(line.lower() == word for line in labels.of(CONDUCTION)), _code(code) in codes)
            for labels, codes in called.values()
        ]
        key = f"block_{code.replace('.', '_')}"
        figures[f"{key}_found{suffix}"] = float(pairs.count((True, True)))
        figures[f"{key}_missed{suffix}"] = float(pairs.count((True, False)))
        figures[f"{key}_false{suffix}"] = float(pairs.count((False, True)))
    return figures


def _code(end: str) -> str:
    return f"conduction.{end}"


def told(raised: Iterable[Raised]) -> list[str]:
    """The records behind the figures, by name."""
    counts = score(raised)
    return [
        f"LUDB: infarctions missed {counts.missed} of {counts.stemi}",
        f"LUDB: critical {counts.false}, urgent {counts.urgent} of {len(counts.harmless)} harmless",
    ]
