"""The sets of a series on one time axis, and where a time stands on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

import numpy as np

from farlead.errors import UnreadableFile
from farlead.formats.aecg.series import SequenceSet, Series
from farlead.formats.assembly import Channel, Notes
from farlead.formats.calibration import pulse_at_end
from farlead.messages import message

#: Cells (leads × samples) that gaps may add to a recording, as a multiple of those recorded.
_MOST_GAPS = 20
_OVERLAP = 1  # samples that sets which follow one another may share by rounding
#: Where a calibration pulse is looked for (seconds), how coarsely and from what height (mV).
_TAIL, _STEP, _LOWEST_PULSE = 3.0, 0.05, 0.5

#: Name of a lead, and how often it stood in its set before.
_Key: TypeAlias = tuple[str, int]


class _Piece(NamedTuple):
    """Leads of a set that are shown, and the sample at which they begin."""

    leads: Mapping[_Key, Channel]
    place: int
    of: SequenceSet


@dataclass(frozen=True, slots=True)
class Axis:
    """Time axis of a recording.

    Parameters
    ----------
    fs : float
        Hertz.
    n : int
        Samples.
    start : datetime or None
        First sample, where the file states it.
    zero : float or None
        First sample in seconds on the file's relative axis; None: the file has none.
    """

    fs: float
    n: int
    start: datetime | None
    zero: float | None

    def at(self, time: datetime) -> int | None:
        """Sample of an absolute time; None when it lies outside the recording."""
        if self.start is None:
            return None
        return self._inside(seconds_between(self.start, time))

    def at_relative(self, seconds: float) -> int | None:
        """Sample of a time on the relative axis; None when it lies outside the recording."""
        return None if self.zero is None else self._inside(seconds - self.zero)

    def _inside(self, seconds: float) -> int | None:
        if not 0 <= seconds <= self.n / self.fs:
            return None
        position = round(seconds * self.fs)
        return position if position < self.n else None


def seconds_between(first: datetime, second: datetime) -> float:
    """Seconds from one time to another; of two that differ in having a zone, zones are ignored."""
    if (first.tzinfo is None) != (second.tzinfo is None):
        first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
    return (second - first).total_seconds()


def on_one_axis(series: Series, notes: Notes) -> tuple[list[Channel], Axis]:
    """All leads of the longest set's rate, at their places in time, and the axis.

    What stands at another rate is left out and noted.

    Raises
    ------
    UnreadableFile
        Sets without a common time axis, or so far apart that the gaps exceed what was recorded
        many times.
    """
    main = max(series.sets, key=lambda each: each.n / each.fs)
    kept = [each for each in series.sets if each.fs == main.fs]
    for each in series.sets:
        if each.fs != main.fs:
            notes.add(message("formats.note.group_left_out", rate=f"{each.fs:g}"))
    if len(kept) == 1:
        return list(main.channels), Axis(main.fs, main.n, main.head, main.offset)
    begins = _begins(kept, series)
    places = [round((begin - min(begins)) * main.fs) for begin in begins]
    pieces = _shown(kept, places, notes)
    first = min(pieces, key=lambda piece: piece.place)
    n = max(piece.place + piece.of.n for piece in pieces) - first.place
    channels = _placed(pieces, first.place, n, series)
    return channels, Axis(main.fs, n, first.of.head, first.of.offset)


def blank_pulse(channels: Sequence[Channel], fs: float, notes: Notes) -> None:
    """NaN, noted, for a calibration pulse that stands at the end of all leads.

    Converted files have it with the noise of their filters, so steps below 50 µV are not seen.
    """
    if not {"I", "II", "III"} <= {channel.lead for channel in channels}:
        return
    tail = np.stack([channel.samples[-round(_TAIL * fs) :] for channel in channels])
    pulse = pulse_at_end(np.round(tail / _STEP) * _STEP, fs)
    if pulse is None or pulse.height < _LOWEST_PULSE:
        return
    left = tail.shape[1] - pulse.start
    seconds, height = f"{left / fs:g}", f"{pulse.height:.3g}"
    notes.add(message("formats.aecg.note.pulse", seconds=seconds, height=height))
    for channel in channels:
        channel.samples[-left:] = np.nan


def _begins(sets: Sequence[SequenceSet], series: Series) -> list[float]:
    """First sample of each set in seconds on one axis, whichever all of them have."""
    heads = [each.head for each in sets if each.head is not None]
    if len(heads) == len(sets):
        return [seconds_between(heads[0], head) for head in heads]
    offsets = [each.offset for each in sets if each.offset is not None]
    if len(offsets) == len(sets):
        return offsets
    raise UnreadableFile(message("formats.aecg.no_common_axis"), tag=series.node.place)


def _shown(sets: Sequence[SequenceSet], places: Sequence[int], notes: Notes) -> list[_Piece]:
    """Leads of each set that no longer set has at the same time; the others are noted.

    A second signal of the same time is never mixed into the first, not even into its gaps.
    """
    taken: dict[_Key, list[tuple[int, int]]] = {}
    pieces: list[tuple[int, _Piece]] = []
    for index in sorted(range(len(sets)), key=lambda i: -sets[i].n):
        each, begin = sets[index], places[index]
        end = begin + each.n
        leads = dict(zip(_keys(each), each.channels, strict=True))
        twice = [
            key
            for key in leads
            if any(min(end, to) - max(begin, at) > _OVERLAP for at, to in taken.get(key, ()))
        ]
        if twice:
            names, seconds = ", ".join(name for name, _ in twice), f"{each.n / each.fs:g}"
            notes.add(message("formats.note.same_time", leads=names, seconds=seconds))
        kept = {key: channel for key, channel in leads.items() if key not in twice}
        for key in kept:
            taken.setdefault(key, []).append((begin, end))
        if kept:
            pieces.append((index, _Piece(kept, begin, each)))
    return [piece for _, piece in sorted(pieces, key=lambda found: found[0])]


def _placed(pieces: Sequence[_Piece], first: int, n: int, series: Series) -> list[Channel]:
    """One channel a lead, with what all pieces have of it."""
    channels = {key: channel for piece in reversed(pieces) for key, channel in piece.leads.items()}
    wanted = list(dict.fromkeys(key for piece in pieces for key in piece.leads))
    recorded = sum(piece.of.n * len(piece.leads) for piece in pieces)
    if n * len(wanted) > _MOST_GAPS * recorded:
        seconds = round(n / pieces[0].of.fs)
        reason = message("formats.aecg.far_apart", seconds=seconds, sets=len(pieces))
        raise UnreadableFile(reason, tag=series.node.place)
    rows = {key: np.full(n, np.nan, np.float32) for key in wanted}
    for leads, place, of in pieces:
        for key, channel in leads.items():
            row = rows[key][place - first : place - first + of.n]
            np.copyto(row, channel.samples, where=np.isnan(row))
    return [Channel(channels[key].lead, channels[key].label, rows[key]) for key in wanted]


def _keys(each: SequenceSet) -> list[_Key]:
    """Name of each lead and how often it stood in the set before."""
    seen: Counter[str] = Counter()
    keys: list[_Key] = []
    for channel in each.channels:
        name = channel.lead or channel.label
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys
