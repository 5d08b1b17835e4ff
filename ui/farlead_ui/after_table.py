"""Commands of review, of issued reports, of the batch and of orders."""

from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Guard, Seat, Where
from farlead_ui.signing import Panel


def _held(seat: Seat) -> bool:
    return seat.reading.writable and seat.signing.panel is Panel.NONE


# fmt: off

AFTER = (
    Command("review.send_back", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Send back to the author"), "thsxys", ("Shift+B",),
            Where.SHEET, lambda s: s.signing.ask(Panel.SEND_BACK),
            lambda s: s.review.can_send_back and s.signing.panel is Panel.NONE,
            guard=Guard.SHOWN),
    Command("study.check", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Checked, sign with others"), "hdplqm",
            ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), Where.EVERYWHERE,
            lambda s: s.batch.check(), _held, guard=Guard.SEEN),
    Command("batch.normal", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Through the ECGs in which nothing was found"),
            "zyzcz", ("Ctrl+Shift+N",), Where.EVERYWHERE, lambda s: s.run.normal(),
            lambda s: not s.reading.busy),
    Command("batch.open", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Sign what is checked"), "plqm", ("Ctrl+Shift+B",),
            Where.EVERYWHERE, lambda s: s.window.show_batch()),
    Command("report.adopt", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Take a colleague's offline text into the draft"),
            "cytsdw", ("Ctrl+Shift+A",), Where.EVERYWHERE, lambda s: s.offered.adopt(),
            lambda s: _held(s) and s.offered.can_adopt, guard=Guard.SEEN),
    Command("search.open", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Search all studies"), "jsjc", ("F3",),
            Where.EVERYWHERE, lambda s: s.window.show_search()),
    Command("issued.open", Group.REPORT,
            QT_TRANSLATE_NOOP("commands", "Issued reports and versions"), "yqfbg", ("Ctrl+R",),
            Where.EVERYWHERE, lambda s: s.window.show_issued()),
    Command("orders.open", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Orders without a certain study"), "sqhd",
            ("Ctrl+Shift+O",), Where.EVERYWHERE, lambda s: s.window.show_orders()),
)
