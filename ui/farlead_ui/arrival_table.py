"""Commands of arrivals: part of the command table."""

from collections.abc import Callable

from farlead.messages import message
from farlead_ui.arrivals import MOST
from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Group, Seat, Where
from farlead_ui.reading import NoticeKind


def _take(place: int) -> Callable[[Seat], None]:
    return lambda seat: seat.arrivals.take(place)


def _there(place: int) -> Callable[[Seat], bool]:
    return lambda seat: place < len(seat.arrivals.cards)


def _choose(seat: Seat) -> None:
    seat.interrupted.choose()
    told = "interrupted.kept" if seat.interrupted.keeps else "interrupted.given_back"
    seat.reading.tell(NoticeKind.INFO, message(told))


def _hush(seat: Seat) -> None:
    seat.arrivals.hush()
    told = "arrivals.quiet" if seat.arrivals.quiet else "arrivals.all"
    seat.reading.tell(NoticeKind.INFO, message(told))


ARRIVALS = (
    *(
        Command(f"card.{place + 1}", Group.STUDY,
                QT_TRANSLATE_NOOP("commands", "Take arrival {n}"), f"lqdd{place + 1}",
                (f"Alt+{place + 1}",), Where.EVERYWHERE, _take(place), _there(place),
                values={"n": str(place + 1)},
                family=QT_TRANSLATE_NOOP("commands", "Take an arrival"))
        for place in range(MOST)
    ),
    Command("study.back_to_interrupted", Group.STUDY,
            QT_TRANSLATE_NOOP("commands", "Back to the interrupted study"), "hdbzdd",
            ("Alt+0",), Where.EVERYWHERE, lambda seat: seat.interrupted.back(),
            lambda seat: seat.interrupted.job is not None),
    Command("card.keep", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Keep the interrupted study in hand, or give it back"),
            "bzdd", (), Where.EVERYWHERE, _choose),
    Command("card.quiet", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Only critical arrivals, or all urgent ones"), "zxwj",
            (), Where.EVERYWHERE, _hush),
)  # fmt: skip
