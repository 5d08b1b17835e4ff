"""Urgent studies that nobody holds, as cards beside whatever is being read. Plain; no Qt.

The cards are the top of the list and nothing else: a critical one that comes later stands before
an urgent one that was there, and what a colleague takes goes away, his name on it for a moment.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from psygnal import Signal

from farlead.desk import Glimpse
from farlead.model.study import Severity
from farlead.model.worklist import Row, severity
from farlead_ui.reading import REACTION_SECONDS, ReadingModel
from farlead_ui.tasks import Done, Outcome

#: So many cards are shown; the others are a number.
MOST = 3
#: So long a card says who took it.
TAKEN = timedelta(seconds=4)
#: A critical study that nobody takes rings again after so many seconds.
RING_SECONDS = 10.0


class ArrivalsModel:
    """What is offered, its evidence, and when it rings.

    Signals: `changed`, `rang` (the gravest severity of what is new or still waits), `told`
    (whether this seat is quiet has changed).

    Parameters
    ----------
    reading : ReadingModel
    take : callable(study), optional
        How a card is taken; the study in hand is given back by default.
    """

    changed = Signal()
    rang = Signal(Severity)
    told = Signal()

    def __init__(self, reading: ReadingModel, take: Callable[[int], None] | None = None) -> None:
        self._reading, self._waiting, self._desk = reading, reading.waiting, reading.desk
        self._take = take or reading.take
        self.cards: tuple[Row, ...] = ()
        self.more = 0
        self.quiet = False
        self.glimpses: dict[int, Glimpse | None] = {}
        self._known: dict[int, Severity] = {}
        self._taken: dict[int, tuple[Row, datetime]] = {}
        self._before: tuple[Row, ...] = ()
        self._moved: datetime | None = None
        self._counts = {Severity.CRITICAL: 0, Severity.URGENT: 0}
        self._gone_over: tuple[Iterable[Row], datetime | None, tuple[tuple[Row, Severity], ...]] = (
            (),
            None,
            (),
        )
        self._waiting.changed.connect(self._follow)
        reading.changed.connect(self._follow)
        reading.scheduler.every(RING_SECONDS, self._remind)

    @property
    def full(self) -> int:
        """How many cards have room for their evidence: while a study is read the first ones."""
        reading = self._reading.in_hand is not None or self._reading.busy
        if not reading or len(self.cards) < MOST:
            return len(self.cards)
        return 1

    @property
    def waiting(self) -> dict[Severity, int]:
        """How many studies of each severity nobody holds, shown as cards or not."""
        return self._counts

    def rank(self, row: Row) -> Severity:
        """Severity of a card."""
        return self._rank(row)

    def taken_by(self, row: Row) -> str | None:
        """Who has just taken a card."""
        gone = self._taken.get(row.study.id)
        return gone[0].claim.reader if gone is not None and gone[0].claim is not None else None

    def due_share(self, row: Row) -> float:
        """Which part of the promised time is left, 0 to 1."""
        whole = (row.study.due - row.study.arrived).total_seconds()
        left = (row.study.due - self._reading.clock()).total_seconds()
        return min(max(left / whole, 0.0), 1.0) if whole > 0 else 0.0

    def take(self, place: int) -> None:
        """Take the card at a place, 0 first; the draft in hand is saved.

        A card that came to its place while the key was on its way was not meant: the one that
        stood there before is taken, as long as nobody else has it.
        """
        row = self._meant(place)
        if row is not None and self.taken_by(row) is None:
            self._take(row.study.id)

    def hush(self) -> None:
        """Only what is critical appears and rings from now on; or everything again."""
        self.quiet = not self.quiet
        self.told.emit()
        self._follow()

    # -- following the list

    def _meant(self, place: int) -> Row | None:
        now, free = self._reading.clock(), {row.study.id for row in self.cards}
        just = self._moved is not None and (now - self._moved).total_seconds() < REACTION_SECONDS
        shown = self._before if just else self.cards
        if place >= len(shown):
            shown = self.cards
        row = shown[place] if place < len(shown) else None
        return row if row is None or row.study.id in free else None

    def _offered(self) -> list[tuple[Row, Severity]]:
        """Urgent and critical studies that this reader could take, each with its severity."""
        here = {job.study for job in (self._reading.in_hand,) if job is not None}
        if self._reading.opening is not None:
            here.add(self._reading.opening.study.id)
        return [each for each in self._urgent() if each[0].study.id not in here]

    def _urgent(self) -> tuple[tuple[Row, Severity], ...]:
        """What is free and urgent on the list, gone over once a second while that is the same."""
        rows, now = self._waiting.all_rows(), self._reading.clock().replace(microsecond=0)
        if self._gone_over[0] is not rows or self._gone_over[1] != now:
            free = (row for row in rows if row.claim is None and self._waiting.free(row))
            ranked = ((row, self._rank(row)) for row in free)
            urgent = tuple((row, rank) for row, rank in ranked if rank >= Severity.URGENT)
            self._gone_over = rows, now, urgent
        return self._gone_over[2]

    def _rank(self, row: Row) -> Severity:
        return severity(row, self._reading.clock())

    def _follow(self) -> None:
        urgent = self._offered()
        self._counts = {
            rank: sum(each is rank for _, each in urgent)
            for rank in (Severity.CRITICAL, Severity.URGENT)
        }
        least = Severity.CRITICAL if self.quiet else Severity.URGENT
        ranks = {row.study.id: rank for row, rank in urgent if rank >= least}
        offered = [row for row, rank in urgent if rank >= least]
        self._note_taken()
        shown = [*offered[:MOST]]
        for place, old in enumerate(self.cards):
            if old.study.id in self._taken and len(shown) < MOST:  # what waits has the room first
                shown.insert(place, self._taken[old.study.id][0])
        cards = tuple(shown)
        self.more = len(offered) - sum(row.study.id not in self._taken for row in cards)
        if [row.study.id for row in cards] != [row.study.id for row in self.cards]:
            self._before, self._moved = self.cards, self._reading.clock()
        self.cards = cards
        self._look()
        self._ring_new(ranks)
        self.changed.emit()

    def _note_taken(self) -> None:
        """A card that a colleague holds now keeps its place for a moment, with his name."""
        now = self._reading.clock()
        self._taken = {n: gone for n, gone in self._taken.items() if now - gone[1] < TAKEN}
        for card in self.cards:
            row = self._waiting.row(card.study.id)
            held = row is not None and row.claim is not None and not self._waiting.mine(row)
            if row is not None and held and card.claim is None:
                self._taken[card.study.id] = (row, now)
                self._reading.scheduler.once(TAKEN.total_seconds(), self._follow)

    def _ring_new(self, ranks: dict[int, Severity]) -> None:
        """What is offered for the first time rings, and what has become graver."""
        new = [rank for n, rank in ranks.items() if rank > self._known.get(n, Severity.NORMAL)]
        self._known = ranks
        if new:
            self.rang.emit(max(new))

    def _remind(self) -> None:
        if any(rank is Severity.CRITICAL for _, rank in self._offered()):
            self.rang.emit(Severity.CRITICAL)

    # -- evidence

    def _look(self) -> None:
        """Fetch the evidence of cards whose screening is there; forget that of others."""
        names = {card.study.id for card in self.cards}
        self.glimpses = {n: found for n, found in self.glimpses.items() if n in names}
        for card in self.cards:
            if card.study.id not in self.glimpses:
                self.glimpses[card.study.id] = None
                work = partial(self._desk.glimpse, card.study.id)
                self._reading.tasks.ordered("glimpse", work, partial(self._seen, card.study.id))

    def _seen(self, study: int, outcome: Outcome[Glimpse | None]) -> None:
        """What cannot be drawn is said by the card; opening the study tells why."""
        if isinstance(outcome, Done) and study in self.glimpses:
            self.glimpses[study] = outcome.value
            self.changed.emit()
