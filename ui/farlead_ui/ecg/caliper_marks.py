"""From calipers to lines, handles and lettering on the sheet, in device pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from farlead_ui.ecg.caliper import Caliper, Hold, Kind
from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.tape import Rung, Tape, ladder

_TOP, _LABEL_STEP = 14, 26  # of handles and labels, device-independent pixels
_HANDLE = 4
_LADDER = 46
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
    """Value of a caliper in its frame; `x`, `y`: its middle left."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that one caliper, the ladder or the fiducial marks put on the sheet."""

    lines: list[Segment] = field(default_factory=list)
    dashes: list[Segment] = field(default_factory=list)
    slopes: list[Segment] = field(default_factory=list)  # antialiased
    handles: list[Handle] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    words: list[Tag] = field(default_factory=list)  # without a frame, centred


def sample_at(sheet: Sheet, x: float) -> float:
    """Sample of the recording under a device pixel; the inverse of `Sheet.x`."""
    seconds = (x - 0.5 - sheet.trace_left) / sheet.px_per_second + sheet.seconds[0]
    return seconds * sheet.paper.fs


def millivolts_at(cell: Cell, y: float) -> float:
    """Level of a lead at a device pixel's height."""
    return (cell.baseline + 0.5 - y) / cell.px_per_mv


def height_of(cell: Cell, mv: float) -> float:
    """Device pixel of a level of a lead."""
    return cell.baseline + 0.5 - mv * cell.px_per_mv


def cell_at(sheet: Sheet, x: float, y: float) -> Cell | None:
    """The recorded lead under a device pixel: the nearest row of the column."""
    column = [c for c in sheet.cells if c.left <= x < c.right and c.index is not None]
    return min(column, key=lambda cell: abs(cell.baseline - y), default=None)


def cells_of(sheet: Sheet, lead: int | None) -> list[Cell]:
    """Places of one lead, a rhythm strip among them; None: of all."""
    return [c for c in sheet.cells if c.index is not None and lead in (None, c.index)]


def drawn(
    sheet: Sheet, tape: Tape, calipers: Sequence[tuple[Caliper, str, Hold | None]], ratio: float
) -> Drawn:
    """All calipers.

    Parameters
    ----------
    calipers : sequence of (Caliper, str, Hold or None)
        What each says, and which part of it the keyboard moves; None: nothing of it.
    ratio : float
        Device pixels per device-independent pixel.
    """
    made = Drawn()
    for row, (caliper, text, hold) in enumerate(calipers):
        top = (_TOP + row * _LABEL_STEP) * ratio
        if caliper.kind is Kind.TIME:
            _time(made, sheet, caliper, hold, text, top, ratio)
        else:
            _voltage(made, sheet, tape, caliper, hold, text, ratio)
    return made


def _time(
    made: Drawn,
    sheet: Sheet,
    caliper: Caliper,
    hold: Hold | None,
    text: str,
    top: float,
    ratio: float,
) -> None:
    stretches = list(_stretches(sheet, caliper, top))
    for upper, lower, left, right in stretches:
        xs = [sheet.x(leg.sample) for leg in caliper.legs]
        shown = [left <= x <= right for x in xs]
        for which, x in enumerate(xs):
            if shown[which]:
                made.lines.append((x, upper, x, lower))
                made.handles.append(Handle(x, upper, hold in (which, Hold.BOTH)))
        if any(shown):
            ends = sorted(min(max(x, left), right) for x in xs)
            made.lines.append((ends[0], upper, ends[1], upper))
        if caliper.march:
            made.dashes.extend(
                (x, upper + 8 * ratio, x, lower) for x in marches(sheet, caliper, left, right)
            )
    if stretches:
        upper, _, left, right = stretches[0]
        last = max(sheet.x(leg.sample) for leg in caliper.legs)
        made.tags.append(Tag(min(max(last, left), right) + 12 * ratio, upper, text))
    _tangent(made, sheet, caliper)


def _stretches(
    sheet: Sheet, caliper: Caliper, top: float
) -> Iterator[tuple[float, float, float, float]]:
    """Upper, lower, left and right end of what a caliper may cover: the page, or its lead."""
    if caliper.lead is None:
        yield top, sheet.height - top / 2, sheet.trace_left, sheet.trace_right
        return
    for cell in cells_of(sheet, caliper.lead):
        yield (
            cell.baseline - cell.half * 0.9,
            cell.baseline + cell.half * 0.9,
            cell.left,
            cell.right,
        )


def marches(sheet: Sheet, caliper: Caliper, left: float, right: float) -> list[float]:
    """Where the interval repeats to both sides, device pixels."""
    first, last = sorted(sheet.x(leg.sample) for leg in caliper.legs)
    step = last - first
    if step <= 0 or (right - left) / step > _MARCHES:
        return []
    before = int((first - left) / step + 1e-9)
    after = int((right - last) / step + 1e-9)
    places = [first - n * step for n in range(before, 0, -1)]
    places += [last + n * step for n in range(1, after + 1)]
    return [x for x in places if left <= x <= right]


def _tangent(made: Drawn, sheet: Sheet, caliper: Caliper) -> None:
    """The line that gives the end of T, a little longer than it must be."""
    found = caliper.tangent
    if found is None:
        return
    for cell in cells_of(sheet, caliper.lead):
        run = found.end - found.sample
        points = [
            (sheet.x(at), height_of(cell, found.mv + found.slope * (at - found.sample)))
            for at in (found.sample - run, found.end + 0.25 * run)
        ]
        if cell.left <= points[0][0] and points[1][0] <= cell.right:
            made.slopes.append((*points[0], *points[1]))
            base = height_of(cell, found.end_mv)
            left, right = sheet.x(caliper.legs[0].sample), sheet.x(found.end + 0.5 * run)
            made.lines.append((left, base, min(right, cell.right), base))


def _voltage(
    made: Drawn,
    sheet: Sheet,
    tape: Tape,
    caliper: Caliper,
    hold: Hold | None,
    text: str,
    ratio: float,
) -> None:
    for cell in cells_of(sheet, caliper.lead):
        xs = [sheet.x(leg.sample) for leg in caliper.legs]
        if not all(cell.left <= x <= cell.right for x in xs):
            continue
        reach = tape.span(60.0) / sheet.paper.fs * sheet.px_per_second
        left, right = max(cell.left, min(xs) - reach), min(cell.right, max(xs) + reach)
        for which, (x, leg) in enumerate(zip(xs, caliper.legs, strict=True)):
            y = height_of(cell, leg.mv)
            made.lines.append((left, y, right, y))
            made.handles.append(Handle(x, y, hold in (which, Hold.BOTH)))
        upper = height_of(cell, caliper.legs[1].mv)
        made.lines.append((right, height_of(cell, caliper.legs[0].mv), right, upper))
        made.tags.append(Tag(right + 8 * ratio, upper, text))


def rungs(sheet: Sheet, tape: Tape, ratio: float) -> tuple[Drawn, list[Rung]]:
    """The RR ladder along the foot of the page: a tick at each R wave, ms and rate between."""
    made = Drawn()
    first, last = (at * sheet.paper.fs for at in sheet.seconds)
    found = ladder(tape, first, last)
    y = sheet.height - _LADDER * ratio
    half = 9 * ratio
    for rung in found:
        left, right = sheet.x(rung.start), sheet.x(rung.stop)
        inside = [x for x in (left, right) if sheet.trace_left <= x <= sheet.trace_right]
        made.lines.extend((x, y - half, x, y + half) for x in inside)
        left, right = max(left, sheet.trace_left), min(right, sheet.trace_right)
        made.lines.append((left, y, right, y))
        if len(inside) == 2:
            middle = (left + right) / 2
            made.words.append(Tag(middle, y - 9 * ratio, f"{rung.ms:.0f}"))
            made.words.append(Tag(middle, y + 10 * ratio, f"{rung.rate:.0f}/min"))
    return made, found
