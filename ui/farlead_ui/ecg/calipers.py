"""Calipers in samples and millivolts, never in pixels; no Qt.

One caliper may have the keyboard: its legs then follow the arrow keys. Legs lie on samples, and
on fiducial points where these are near enough.
"""

from collections.abc import Callable
from dataclasses import replace

from psygnal import Signal

from farlead_ui.ecg.caliper import Caliper, Hold, Kind, Leg
from farlead_ui.ecg.tangent import t_end
from farlead_ui.ecg.tape import Tape

#: Step of a voltage leg by keyboard, mV.
STEP_MV = 0.01
#: Leads in which QT is measured when the reader has chosen none, best first.
_QT_LEADS = ("II", "V5", "MLII", "V2", "I")
_ON_TRACE = 0.001  # mV from the trace up to which a leg lies on it
_WITHOUT_BEATS = 800.0  # width of a new caliper where no beats are known, ms


class CaliperModel:
    """All calipers of the sheet; `changed` after anything that is to be seen."""

    changed = Signal()

    def __init__(self) -> None:
        self.tape: Tape | None = None
        self.calipers: tuple[Caliper, ...] = ()
        self.current = 0
        self.hold = Hold.SECOND
        self.active = False
        self.ladder = False

    def load(self, tape: Tape | None) -> None:
        """Another recording: all calipers go."""
        self.tape, self.calipers, self.current = tape, (), 0
        self.active = False
        self.changed.emit()

    def know(self, tape: Tape) -> None:
        """The same recording with other fiducial points or another filter; the calipers stay.

        Where the trace is seen elsewhere, legs that lay on it, and tangents, go with it.
        """
        before, self.tape = self.tape, tape
        if before is not None and before.setting != tape.setting:
            self.calipers = tuple(_seen_anew(each, before, tape) for each in self.calipers)
        self.changed.emit()

    @property
    def selected(self) -> Caliper | None:
        """The caliper that keys move; None where there is none."""
        return self.calipers[self.current] if self.current < len(self.calipers) else None

    # -- putting and taking away --------------------------------------------------------------

    def put(self, caliper: Caliper, hold: Hold = Hold.SECOND) -> None:
        """Add a caliper; it has the keyboard."""
        if self.tape is not None:
            self.calipers = (*self.calipers, caliper)
            self.current, self.hold, self.active = len(self.calipers) - 1, hold, True
            self.changed.emit()

    def put_time(self, at: int) -> None:
        """From the next R wave to the one after it; again: one beat further."""
        tape, before = self.tape, self.selected
        if tape is None:
            return
        if self.active and before is not None and before.kind is Kind.TIME:
            at = max(leg.sample for leg in before.legs)
        beat = tape.beat_from(at)
        if beat is None or len(tape.r_peaks) < 2:
            start = tape.inside(at)
            stop = tape.inside(start + tape.span(_WITHOUT_BEATS))
        else:
            beat = min(beat, len(tape.r_peaks) - 2)
            start, stop = tape.r_peaks[beat], tape.r_peaks[beat + 1]
        self.put(Caliper(Kind.TIME, (Leg(start), Leg(stop))))

    def put_voltage(self, at: int) -> None:
        """From the level before the next QRS to its greatest excursion, in the lead chosen."""
        tape = self.tape
        if tape is None:
            return
        lead = self._lead(("II",))
        beat = tape.beat_from(at)
        start = tape.inside(at) if beat is None else tape.qrs_onset(beat)
        stop = start if beat is None else tape.extreme(beat, lead)
        legs = (Leg(start, tape.level(lead, start) or 0.0), Leg(stop, tape.level(lead, stop) or 0))
        self.put(Caliper(Kind.VOLTAGE, legs, lead))

    def put_qt(self, at: int) -> bool:
        """QT by tangent of the next beat, in the lead chosen; whether T has a tangent."""
        tape = self.tape
        beat = tape.beat_from(at) if tape is not None else None
        if tape is None or beat is None:
            return False
        lead = self._lead(_QT_LEADS)
        found = t_end(tape, beat, lead)
        if found is None:
            return False
        legs = Leg(tape.qrs_onset(beat)), Leg(tape.inside(found.end))
        self.put(Caliper(Kind.TIME, legs, lead, tangent=found))
        return True

    def remove(self) -> None:
        """Take the selected caliper away; the keyboard goes back with the last one."""
        self.calipers = tuple(c for n, c in enumerate(self.calipers) if n != self.current)
        self.current = max(0, len(self.calipers) - 1)
        self.active = self.active and bool(self.calipers)
        self.changed.emit()

    def clear(self) -> None:
        """Take all away."""
        self.load(self.tape)

    # -- the keyboard -------------------------------------------------------------------------

    def take(self) -> None:
        """Give the selected caliper the keyboard."""
        if self.calipers and not self.active:
            self.active = True
            self.changed.emit()

    def release(self) -> None:
        """Give the keyboard back; the calipers stay."""
        if self.active:
            self.active = False
            self.changed.emit()

    def select(self, number: int, hold: Hold) -> None:
        """Take this part of this caliper."""
        if 0 <= number < len(self.calipers):
            self.current, self.hold, self.active = number, hold, True
            self.changed.emit()

    def select_next(self) -> None:
        """Take the following caliper; after the last one the first."""
        if self.calipers:
            self.select((self.current + 1) % len(self.calipers), self.hold)

    def turn_leg(self) -> None:
        """The other leg, then both together."""
        self.hold = Hold((self.hold + 1) % len(Hold))
        self.changed.emit()

    # -- moving -------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Move what is held by samples; a voltage leg goes along the trace."""
        self._move(lambda tape, leg: self._at(tape, tape.inside(leg.sample + by)), by)

    def to_mark(self, direction: int) -> None:
        """Move what is held to the following or preceding fiducial point."""
        caliper, tape = self.selected, self.tape
        if caliper is None or tape is None:
            return
        leg = caliper.legs[1 if self.hold is Hold.SECOND else 0].sample
        self.step(tape.next_mark(leg, direction) - leg)

    def lift(self, by: int) -> None:
        """Move what is held of a voltage caliper by hundredths of a millivolt."""
        caliper = self.selected
        if caliper is not None and caliper.kind is Kind.VOLTAGE:
            self._move(lambda _tape, leg: replace(leg, mv=leg.mv + by * STEP_MV))

    def drag(self, hold: Hold, leg: Leg) -> None:
        """Put what is held there; both legs keep their distance."""
        caliper, tape = self.selected, self.tape
        if caliper is None or tape is None:
            return
        if hold is not Hold.BOTH:
            self._set(caliper.with_leg(hold, leg))
            return
        by, lift = leg.sample - caliper.legs[0].sample, leg.mv - caliper.legs[0].mv
        by = self._allowed(caliper, tape, by)
        legs = tuple(Leg(each.sample + by, each.mv + lift) for each in caliper.legs)
        self._set(replace(caliper, legs=(legs[0], legs[1]), tangent=None))

    def next_lead(self, by: int) -> None:
        """Time: across all leads, then each of them; voltage: each of them."""
        caliper, tape = self.selected, self.tape
        if caliper is None or tape is None:
            return
        lead = -1 if caliper.lead is None else caliper.lead
        first = 0 if caliper.kind is Kind.VOLTAGE else -1
        count = len(tape.leads) - first
        lead = (lead - first + by) % count + first
        moved = replace(caliper, lead=None if lead < 0 else lead, tangent=None)
        if caliper.kind is Kind.VOLTAGE:
            legs = tuple(Leg(x.sample, tape.level(lead, x.sample) or 0.0) for x in caliper.legs)
            moved = replace(moved, legs=(legs[0], legs[1]))
        self._set(moved)

    def toggle_march(self) -> None:
        """Repeat the interval over the page, or no longer."""
        caliper = self.selected
        if caliper is not None and caliper.kind is Kind.TIME:
            self._set(replace(caliper, march=not caliper.march))

    def toggle_ladder(self) -> None:
        """Show the RR ladder or not."""
        self.ladder = not self.ladder
        self.changed.emit()

    def _move(self, moved: Callable[[Tape, Leg], Leg], by: int = 0) -> None:
        caliper, tape = self.selected, self.tape
        if caliper is None or tape is None:
            return
        if self.hold is not Hold.BOTH:
            self._set(caliper.with_leg(self.hold, moved(tape, caliper.legs[self.hold])))
        elif self._allowed(caliper, tape, by) == by:  # both keep their distance at the ends, too
            first, second = (moved(tape, leg) for leg in caliper.legs)
            self._set(replace(caliper, legs=(first, second), tangent=None))

    def _at(self, tape: Tape, sample: int) -> Leg:
        caliper = self.selected
        if caliper is None or caliper.kind is Kind.TIME or caliper.lead is None:
            return Leg(sample)
        return Leg(sample, tape.level(caliper.lead, sample) or 0.0)

    def _allowed(self, caliper: Caliper, tape: Tape, by: int) -> int:
        """How far both legs may move without one leaving the recording."""
        places = [leg.sample for leg in caliper.legs]
        return min(max(by, -min(places)), tape.length - 1 - max(places))

    def _lead(self, preferred: tuple[str, ...]) -> int:
        """The selected caliper's lead, else the first of these, else the first there is."""
        caliper, leads = self.selected, self.tape.leads if self.tape else ()
        if self.active and caliper is not None and caliper.lead is not None:
            return caliper.lead
        return next((leads.index(lead) for lead in preferred if lead in leads), 0)

    def _set(self, caliper: Caliper) -> None:
        if caliper != self.selected:
            before, after = self.calipers[: self.current], self.calipers[self.current + 1 :]
            self.calipers = (*before, caliper, *after)
            self.changed.emit()


def _seen_anew(caliper: Caliper, before: Tape, tape: Tape) -> Caliper:
    """The same caliper after the trace has moved under it."""
    if caliper.lead is None:
        return caliper
    if caliper.kind is Kind.VOLTAGE:
        first, second = (_lifted(leg, caliper.lead, before, tape) for leg in caliper.legs)
        return replace(caliper, legs=(first, second))
    beat = tape.beat_from(caliper.legs[0].sample) if caliper.tangent is not None else None
    if beat is None:
        return caliper
    found = t_end(tape, beat, caliper.lead)
    if found is None:
        return replace(caliper, tangent=None)
    return replace(caliper, legs=(caliper.legs[0], Leg(tape.inside(found.end))), tangent=found)


def _lifted(leg: Leg, lead: int, before: Tape, tape: Tape) -> Leg:
    """On the trace again, if it lay there."""
    was, now = before.level(lead, leg.sample), tape.level(lead, leg.sample)
    if was is None or now is None or abs(was - leg.mv) > _ON_TRACE:
        return leg
    return replace(leg, mv=now)
