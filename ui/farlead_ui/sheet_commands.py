"""Commands of the comparison, the overlays and the export: rows of the command table.

See :mod:`farlead_ui.commands` for what the columns mean.
"""

from collections.abc import Callable

from farlead.messages import message
from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Seat, Where
from farlead_ui.ecg.earlier import Mode, Search
from farlead_ui.ecg.overlays import Overlay
from farlead_ui.reading import NoticeKind


def _ecg(seat: Seat) -> bool:
    return seat.sheet.recording is not None


def _earlier(seat: Seat) -> bool:
    """A caliper that is held has the arrows, unless two ECGs are compared."""
    free = seat.comparison.comparing or not seat.measuring.held
    return _ecg(seat) and free and bool(seat.comparison.ecgs)


def _comparing(seat: Seat) -> bool:
    return seat.comparison.comparing and seat.window.at_comparison


def _overlayable(seat: Seat) -> bool:
    return _comparing(seat) and seat.comparison.overlayable


def _compare(seat: Seat) -> None:
    """Begin or end; said where there is nothing to compare with."""
    comparison = seat.comparison
    chosen = comparison.chosen
    if comparison.comparable:
        comparison.toggle()
    elif comparison.search is Search.RUNNING:
        seat.reading.tell(NoticeKind.INFO, message("reading.earlier_running"))
    elif chosen is not None and chosen.unread is not None:
        seat.reading.tell(NoticeKind.INFO, chosen.unread)
    else:
        seat.reading.tell(NoticeKind.INFO, message("comparison.none"))


def _lay(mode: Mode) -> Callable[[Seat], None]:
    return lambda seat: seat.comparison.set_mode(mode)


def _overlay(overlay: Overlay) -> Callable[[Seat], None]:
    return lambda seat: seat.sheet.overlays.toggle(overlay)


# fmt: off

_S = Where.SHEET

#: These come first: while two ECGs are compared their keys are not those of calipers and layouts.
COMPARISON = (
    Command("compare.toggle", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Compare with the earlier ECG"), "ywcbj", ("H",), _S,
            _compare, _ecg),
    Command("compare.earlier", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Earlier ECG"), "jzdxdt",
            ("Left",), _S, lambda s: s.comparison.earlier(), _earlier, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Earlier, later ECG")),
    Command("compare.later", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Later ECG"), "jwdxdt",
            ("Right",), _S, lambda s: s.comparison.later(), _earlier, repeat=True,
            family=QT_TRANSLATE_NOOP("commands", "Earlier, later ECG")),
    Command("compare.overlaid", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Comparison: overlaid"), "dbdj", ("M",), _S,
            _lay(Mode.OVERLAID), _overlayable),
    Command("compare.beside", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Comparison: side by side"), "dbzybl", ("2",), _S,
            _lay(Mode.BESIDE), _comparing),
    Command("compare.stacked", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Comparison: stacked"), "dbsxbl", ("3",), _S,
            _lay(Mode.STACKED), _comparing),
)

OVERLAYS = (
    Command("overlay.beats", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Beats and their classes"), "xbfl", ("B",), _S,
            _overlay(Overlay.BEATS), _ecg),
    Command("overlay.waves", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Fiducial points"), "bxbjd",
            ("D",), _S, _overlay(Overlay.WAVES), _ecg),
    Command("overlay.st", Group.SHEET, QT_TRANSLATE_NOOP("commands", "ST levels"), "stsp", ("S",),
            _S, _overlay(Overlay.ST), _ecg),
    Command("overlay.spikes", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Pacing spikes"), "qbmc",
            ("U",), _S, _overlay(Overlay.SPIKES), _ecg),
    Command("overlay.quality", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Quality of each lead"),
            "gdlzl", ("O",), _S, _overlay(Overlay.QUALITY), _ecg),
)

EXPORT = (
    Command("export.pdf", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Save the sheet as PDF"),
            "cwpdf", ("Ctrl+E",), _S, lambda s: s.window.export("pdf"), _ecg),
    Command("export.png", Group.SHEET, QT_TRANSLATE_NOOP("commands", "Save the sheet as picture"),
            "cwtp", ("Ctrl+Shift+E",), _S, lambda s: s.window.export("png"), _ecg),
    Command("export.values", Group.SHEET,
            QT_TRANSLATE_NOOP("commands", "Copy the measurements as a table"), "fzclz",
            ("Ctrl+C",), _S, lambda s: s.window.export("values"), _ecg),
)
