"""Commands of writing a report."""

from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Guard, Seat, Where
from farlead_ui.signing import Panel


def _settled(seat: Seat) -> bool:
    """Held, and nothing else is being asked."""
    return seat.reading.writable and seat.signing.panel is Panel.NONE


def reject(seat: Seat) -> None:
    """Reject the suggestion in focus; a critical or urgent one asks why."""
    drafting = seat.reading.drafting
    if drafting.needs_ground:
        seat.signing.ask(Panel.REJECT)
    else:
        drafting.reject()


def _contradicted(seat: Seat) -> bool:
    return _settled(seat) and seat.signing.writing.contradictable


def _measured(seat: Seat) -> bool:
    job = seat.reading.in_hand
    return _settled(seat) and job is not None and job.row.screening is not None


def _written(seat: Seat) -> bool:
    draft = seat.reading.drafting.draft
    return _settled(seat) and bool(draft.statements or draft.findings or draft.conclusion)


def _opened(seat: Seat) -> bool:
    job = seat.reading.in_hand
    return job is not None and job.open is not None and job.failure is None


# fmt: off

WRITING = (
    Command("report.overrule", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Let a contradiction stand, with a word"), "mdbl",
            ("Ctrl+O",), Where.EVERYWHERE, lambda s: s.signing.ask(Panel.OVERRULE), _contradicted,
            guard=Guard.SHOWN),
    Command("report.figures", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Write over measurements"), "gxclz", ("Shift+A",),
            Where.SHEET, lambda s: s.signing.ask(Panel.FIGURES), _measured,
            guard=Guard.SHOWN),
    Command("report.phrase", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Keep the draft as my short form"), "cwdy",
            ("Ctrl+B",), Where.EVERYWHERE, lambda s: s.signing.ask(Panel.PHRASE), _written),
    Command("report.preview", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Paper preview beside the report"), "zmyl", ("P",),
            Where.SHEET, lambda s: s.window.show_paper(), _opened),
    Command("report.print", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Print the report at true scale"), "dybg", ("Ctrl+P",),
            Where.EVERYWHERE, lambda s: s.window.print_report(), _opened),
)
