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
    Command("card.quiet", Group.SEAT,
            QT_TRANSLATE_NOOP("commands", "Only critical arrivals, or all urgent ones"), "zxwj",
            (), Where.EVERYWHERE, _hush),
)  # fmt: skip
