"""From calipers to lines, handles and lettering on the sheet, in device pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from farlead_ui.ecg.caliper import Caliper, Hold, Kind
from farlead_ui.ecg.fields import Field, fields, height_of, recorded
from farlead_ui.ecg.page import Sheet
from farlead_ui.ecg.tape import Tape, ladder

_TOP, _LABEL_STEP = 14, 26  # of handles and labels, device-independent pixels
_LADDER, _OVER_RR = 46, 36
_REACH = 0.06  # of the lines of a voltage beyond its legs, seconds
_MARCHES = 400  # more repeats than this are a haze, not a scale

Segment = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Handle:
    """Square on a leg; filled where the keyboard moves it."""

    x: float
    y: float
    filled: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """Lettering; `x`, `y`: its middle left in a frame, its middle without one.

    `before` is where its right edge goes when there is no room behind `x`.
    """

    x: float
    y: float
    text: str
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that calipers, the ladder or the fiducial marks put on the sheet."""

    lines: list[Segment] = field(default_factory=list)
    dashes: list[Segment] = field(default_factory=list)
    slopes: list[Segment] = field(default_factory=list)  # antialiased
    handles: list[Handle] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    words: list[Tag] = field(default_factory=list)  # without a frame, centred


#: A caliper, what it says, and which part of it the keyboard moves (None: nothing of it).
Told = tuple[Caliper, str, Hold | None]


def drawn(sheet: Sheet, calipers: Sequence[Told], ratio: float) -> Drawn:
    """All calipers.

    Parameters
    ----------
    ratio : float
        Device pixels per device-independent pixel.
    """
    made = Drawn()
    for row, told in enumerate(calipers):
        if told[0].kind is Kind.TIME:
            _time(made, sheet, told, (_TOP + row * _LABEL_STEP) * ratio, ratio)
        else:
            _voltage(made, sheet, told, ratio)
    return made


def _time(made: Drawn, sheet: Sheet, told: Told, top: float, ratio: float) -> None:
    caliper, text, hold = told
    tagged: Tag | None = None
    for place in fields(sheet, caliper.lead, top):
        xs = [place.x(leg.sample) for leg in caliper.legs]
        for which, x in enumerate(xs):
            if place.across(x):
                made.lines.append((x, place.upper, x, place.lower))
                made.handles.append(Handle(x, place.upper, hold in (which, Hold.BOTH)))
        if caliper.march:
            start = place.upper + 8 * ratio
            made.dashes.extend((x, start, x, place.lower) for x in marches(place, caliper))
        if any(map(place.across, xs)):
            left, right = (min(max(x, place.left), place.right) for x in sorted(xs))
            made.lines.append((left, place.upper, right, place.upper))
            gap = 12 * ratio
            tagged = tagged or Tag(right + gap, place.upper, text, left - gap)
    made.tags.append(tagged or Tag(sheet.trace_left + 12 * ratio, top, text))
    _tangent(made, sheet, caliper)


def marches(place: Field, caliper: Caliper) -> list[float]:
    """Where the interval repeats to both sides, device pixels."""
    first, last = sorted(place.x(leg.sample) for leg in caliper.legs)
    step = last - first
    if step <= 0 or (place.right - place.left) / step > _MARCHES:
        return []
    before = int(max(0.0, first - place.left) / step + 1e-9)
    after = int(max(0.0, place.right - last) / step + 1e-9)
    places = [first - n * step for n in range(before, 0, -1)]
    places += [last + n * step for n in range(1, after + 1)]
    return [x for x in places if place.across(x)]


def _tangent(made: Drawn, sheet: Sheet, caliper: Caliper) -> None:
    """The line that gives the end of T, a little longer than it must be, and the baseline."""
    found = caliper.tangent
    if found is None:
        return
    run = found.end - found.sample
    for cell in recorded(sheet, caliper.lead):
        ends = (found.sample - run, found.end + 0.4 * run)
        left, right = (sheet.at(cell, at) for at in ends)
        if not cell.left <= left <= right <= cell.right:
            continue
        levels = (height_of(cell, found.mv + found.slope * (at - found.sample)) for at in ends)
        upper, lower = levels
        made.slopes.append((left, upper, right, lower))
        base, start = height_of(cell, found.end_mv), sheet.at(cell, caliper.legs[0].sample)
        made.dashes.append((max(start, cell.left), base, right, base))


def _voltage(made: Drawn, sheet: Sheet, told: Told, ratio: float) -> None:
    caliper, text, hold = told
    for cell in recorded(sheet, caliper.lead):
        xs = [sheet.at(cell, leg.sample) for leg in caliper.legs]
        if not all(cell.left <= x <= cell.right for x in xs):
            continue
        reach = _REACH * sheet.px_per_second
        left, right = max(cell.left, min(xs) - reach), min(cell.right, max(xs) + reach)
        levels = [height_of(cell, leg.mv) for leg in caliper.legs]
        for which, (x, y) in enumerate(zip(xs, levels, strict=True)):
            made.lines.append((left, y, right, y))
            made.handles.append(Handle(x, y, hold in (which, Hold.BOTH)))
        made.lines.append((right, levels[0], right, levels[1]))
        made.tags.append(Tag(right + 8 * ratio, levels[1], text, left - 8 * ratio))


def rungs(sheet: Sheet, tape: Tape, ratio: float) -> Drawn:
    """The RR ladder along the foot: a tick at each R wave, ms and rate between."""
    made = Drawn()
    for place in fields(sheet):
        y = sheet.rr - _OVER_RR * ratio if sheet.rr is not None else place.lower - _LADDER * ratio
        _rungs(made, place, tape, y, ratio)
    return made


def _rungs(made: Drawn, place: Field, tape: Tape, y: float, ratio: float) -> None:
    half = 9 * ratio
    for rung in ladder(tape, place.sample(place.left), place.sample(place.right)):
        left, right = place.x(rung.start), place.x(rung.stop)
        inside = [x for x in (left, right) if place.across(x)]
        made.lines.extend((x, y - half, x, y + half) for x in inside)
        left, right = max(left, place.left), min(right, place.right)
        made.lines.append((left, y, right, y))
        if len(inside) == 2:
            middle = (left + right) / 2
            made.words.append(Tag(middle, y - 9 * ratio, f"{rung.ms:.0f}"))
            made.words.append(Tag(middle, y + 10 * ratio, f"{rung.rate:.0f}/min"))
