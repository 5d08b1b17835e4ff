"""The sets of a series on one time axis, and where a time stands on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from farlead.errors import UnreadableFile
from farlead.formats.aecg.series import SequenceSet, Series
from farlead.formats.assembly import Channel, Notes
from farlead.formats.calibration import pulse_at_end
from farlead.messages import message

#: Cells (leads × samples) that gaps may add to a recording, as a multiple of those recorded.
_MOST_GAPS = 20
#: Where a calibration pulse is looked for (seconds), how coarsely and from what height (mV).
_TAIL, _STEP, _LOWEST_PULSE = 3.0, 0.05, 0.5


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
    first = min(range(len(kept)), key=begins.__getitem__)
    places = [round((begin - begins[first]) * main.fs) for begin in begins]
    n = max(place + each.n for place, each in zip(places, kept, strict=True))
    channels = _placed(kept, places, n, series)
    return channels, Axis(main.fs, n, kept[first].head, kept[first].offset)


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


def _placed(
    sets: Sequence[SequenceSet], places: Sequence[int], n: int, series: Series
) -> list[Channel]:
    """One channel a lead; where two sets have the same lead at one time, the first counts."""
    keys = [_keys(each) for each in sets]
    wanted = list(dict.fromkeys(key for each in keys for key in each))
    recorded = sum(each.n * len(each.channels) for each in sets)
    if n * len(wanted) > _MOST_GAPS * recorded:
        seconds = round(n / sets[0].fs)
        reason = message("formats.aecg.far_apart", seconds=seconds, sets=len(sets))
        raise UnreadableFile(reason, tag=series.node.place)
    rows = {key: np.full(n, np.nan, np.float32) for key in wanted}
    channels: dict[tuple[str, int], Channel] = {}
    for each, names, place in zip(sets, keys, places, strict=True):
        for key, channel in zip(names, each.channels, strict=True):
            row = rows[key][place : place + each.n]
            np.copyto(row, channel.samples, where=np.isnan(row))
            channels.setdefault(key, Channel(channel.lead, channel.label, rows[key]))
    return [channels[key] for key in wanted]


def _keys(each: SequenceSet) -> list[tuple[str, int]]:
    """Name of each lead and how often it stood in the set before."""
    seen: Counter[str] = Counter()
    keys: list[tuple[str, int]] = []
    for channel in each.channels:
        name = channel.lead or channel.label
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys
