"""Sections 5 and 6: the samples.

Decoded, their differences summed up, spread to the full rate outside protected areas, the
reference beat added again; each step only where the file has it.

References
----------
EN 1064 clauses 5.8 (section 5), 5.9 (section 6), annex C (differences, decimation, reference
beat).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes
from farlead.formats.scp import huffman, layout
from farlead.formats.scp.layout import Beats, Lead, Leads
from farlead.formats.scp.record import Fields, Record, Section, refused
from farlead.messages import message

_NANOVOLTS = 1e6  # in a millivolt
_MICROSECONDS = 1e6  # in a second
_MOST_FACTOR = 4
_MOST_STATES = 1 << 23
#: Bytes behind the last sample of a lead that are taken for filling.
_FILLING = 3
_WITHOUT_FLAG = 10  # version (times ten) that has no flag of decimation


class Signal(NamedTuple):
    """Channels of a recording, its rate, and the device's median beat at that rate."""

    channels: list[Channel]
    fs: float
    medians: list[Channel]


class Coded(NamedTuple):
    """Section 5 or 6, not decoded yet.

    Parameters
    ----------
    quantum : int
        Nanovolts of one step.
    interval : int
        Microseconds between stored samples.
    differences : int
        0, 1 or 2 times.
    decimated : bool
        Fewer samples outside protected areas.
    pieces : tuple of bytes
        One for each lead.
    """

    section: Section
    quantum: int
    interval: int
    differences: int
    decimated: bool
    pieces: tuple[bytes, ...]

    @property
    def rate(self) -> float:
        """Stored samples in a second."""
        return _MICROSECONDS / self.interval


class Beat(NamedTuple):
    """The reference beat: values of each lead, with their quantum in nanovolts."""

    values: list[NDArray[np.int64]]
    quantum: int
    interval: int


def decode(record: Record, leads: Leads, version: int, notes: Notes) -> Signal:
    """Samples of all leads in millivolts, NaN where a lead was not recorded.

    Raises
    ------
    UnreadableFile
        Samples are missing, a step or interval is 0, or what is needed to undo the compression
        is missing or contradicts itself.
    """
    coded = _coded(record.require(6), len(leads.leads))
    tables = huffman.tables(record.sections.get(2))
    decimated = coded.decimated and version != _WITHOUT_FLAG
    if not (decimated or leads.subtracted):
        beat = _spare_beat(record, leads, version, tables, notes)
        channels = _channels(coded, leads, tables, notes)
        return Signal(channels, coded.rate, _medians(leads, beat, coded.interval, notes))
    beats = layout.beats(record.require(4), version)
    beat = _beat(record.require(5), leads, beats.milliseconds, tables, notes)
    factor = _factor(coded, beat, decimated)
    channels = _restored(coded, leads, tables, beats, beat, factor, notes)
    fs = _MICROSECONDS / beat.interval
    return Signal(channels, fs, _medians(leads, beat, beat.interval, notes))


def _channels(
    coded: Coded, leads: Leads, tables: Sequence[huffman.Table], notes: Notes
) -> list[Channel]:
    """Channels of samples that are all there."""
    counts = [lead.size for lead in leads.leads]
    values = _values(coded, counts, tables, leads.leads, notes)
    return [
        _channel(lead, own * coded.quantum / _NANOVOLTS, leads)
        for lead, own in zip(leads.leads, values, strict=True)
    ]


def _restored(
    coded: Coded,
    leads: Leads,
    tables: Sequence[huffman.Table],
    beats: Beats,
    beat: Beat,
    factor: int,
    notes: Notes,
) -> list[Channel]:
    """Channels of samples that were decimated by `factor`, or are without their beats."""
    ranges = {(lead.first, lead.last) for lead in leads.leads}
    areas = beats.areas if factor > 1 else beats.areas[:0]
    lengths = {(first, last): layout.pieces(areas, first, last) for first, last in ranges}
    sizes = {each: int(_stored(of, factor).sum()) for each, of in lengths.items()}
    counts = [sizes[lead.first, lead.last] for lead in leads.leads]
    _check_room(coded, counts, tables, leads.leads)
    plans = {each: _plan(of, factor) for each, of in lengths.items()}
    if factor > 1:
        notes.add(message("formats.scp.note.decimated", rate=f"{coded.rate:g}"))
    values = _values(coded, counts, tables, leads.leads, notes, exact=factor > 1)
    channels = []
    for lead, stored, own_beat in zip(leads.leads, values, beat.values, strict=True):
        signal = plans[lead.first, lead.last].spread(stored) * coded.quantum
        if leads.subtracted:
            _add_beats(signal, lead, beats, own_beat.astype(np.float64) * beat.quantum)
        channels.append(_channel(lead, signal / _NANOVOLTS, leads))
    return channels


def _check_room(
    coded: Coded, counts: Sequence[int], tables: Sequence[huffman.Table], leads: Sequence[Lead]
) -> None:
    """UnreadableFile before anything is made of samples that no such number of bytes holds."""
    for piece, count, lead in zip(coded.pieces, counts, leads, strict=True):
        if count > (8 * len(piece) if tables else len(piece) // 2):
            shown = lead.name or lead.label
            raise refused("short", coded.section, lead=shown, expected=count, found=0)


def _coded(section: Section, count: int) -> Coded:
    fields = Fields(section)
    quantum, interval, differences, decimated = fields.unpack("HHBB")
    sizes = fields.unpack(f"{count}H")
    if not quantum:
        raise refused("no_quantum", section)
    if not interval:
        raise refused("no_interval", section)
    if differences > 2:
        raise refused("differences", section, found=differences)
    pieces = tuple(fields.take(size) for size in sizes)
    return Coded(section, quantum, interval, differences, decimated == 1, pieces)


def _beat(
    section: Section,
    leads: Leads,
    milliseconds: int,
    tables: Sequence[huffman.Table],
    notes: Notes,
) -> Beat:
    """Section 5; `milliseconds`: length of the beat, 0 when not stated."""
    coded = _coded(section, len(leads.leads))
    count = milliseconds * 1000 // coded.interval
    if not count and not tables:
        count = min(len(piece) for piece in coded.pieces) // 2
    if not count:
        raise refused("no_beat", section)
    values = _values(coded, [count] * len(leads.leads), tables, leads.leads, notes)
    return Beat(values, coded.quantum, coded.interval)


def _spare_beat(
    record: Record, leads: Leads, version: int, tables: Sequence[huffman.Table], notes: Notes
) -> Beat | None:
    """The reference beat of a file whose samples are whole without it."""
    section, locations = record.sections.get(5), record.sections.get(4)
    if section is None:
        return None
    try:
        milliseconds = layout.beats(locations, version).milliseconds if locations else 0
        return _beat(section, leads, milliseconds, tables, notes)
    except UnreadableFile:
        notes.add(message("formats.scp.note.section_left_out", section=5))
        return None


def _factor(coded: Coded, beat: Beat, decimated: bool) -> int:
    """Stored intervals of the beat in one of the rhythm."""
    factor, rest = divmod(coded.interval, beat.interval)
    if rest or not 1 <= factor <= _MOST_FACTOR or (factor > 1 and not decimated):
        raise refused("rates", coded.section, rhythm=coded.interval, beat=beat.interval)
    return factor


def _values(
    coded: Coded,
    counts: Sequence[int],
    tables: Sequence[huffman.Table],
    leads: Sequence[Lead],
    notes: Notes,
    *,
    exact: bool = False,
) -> list[NDArray[np.int64]]:
    """Stored values of each lead, as many as `counts`.

    With `exact`, more than filling behind them is a refusal: then the counts follow from
    protected areas, and one too few moves all that comes behind it.
    """
    sizes = [8 * len(piece) * max(len(tables), 1) for piece in coded.pieces]
    if tables and (max(sizes) > huffman.MOST_STATES or sum(sizes) > _MOST_STATES):
        raise refused("too_long", coded.section, samples=max(counts), leads=len(leads))
    found = []
    for piece, count, lead in zip(coded.pieces, counts, leads, strict=True):
        values, used = _lead_values(coded.section, piece, count, tables, lead)
        if len(piece) - used > _FILLING:
            if exact:
                raise refused("left_over", coded.section, lead=lead.name or lead.label)
            notes.add(message("formats.scp.note.left_over", section=coded.section.number))
        found.append(_summed(values, coded.differences))
    return found


def _lead_values(
    section: Section, piece: bytes, count: int, tables: Sequence[huffman.Table], lead: Lead
) -> tuple[NDArray[np.int64], int]:
    """Values of one lead, and how many bytes they took."""
    if not tables:
        values = np.frombuffer(piece[: len(piece) // 2 * 2], "<i2")[:count].astype(np.int64)
        used, broken = 2 * values.size, False
    elif count > 8 * len(piece):  # a code has one bit at least
        values, used, broken = np.zeros(0, np.int64), 0, False
    else:
        values, bits, broken = huffman.decode(piece, count, tables)
        used = -(-bits // 8)
    if values.size < count:
        name = "code" if broken else "short"
        shown = lead.name or lead.label
        raise refused(name, section, lead=shown, expected=count, found=values.size)
    return values, used


def _summed(values: NDArray[np.int64], differences: int) -> NDArray[np.int64]:
    """Values of which `values` are the first or second differences.

    In 16 bits, as the devices subtract: a difference beyond them comes back right.
    """
    if differences == 0 or values.size == 0:
        return values
    if differences == 1:
        return np.cumsum(values).astype(np.int16).astype(np.int64)
    slopes = np.cumsum(values[1:])
    if slopes.size:
        slopes -= values[0]
    whole = np.concatenate([values[:1], values[0] + np.cumsum(slopes)])
    return whole.astype(np.int16).astype(np.int64)


class Plan(NamedTuple):
    """How stored values of a decimated lead become its samples.

    Sample = value at `before` + (value at `after` − value at `before`) × `share`.
    """

    stored: int
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    share: NDArray[np.float64]

    def spread(self, values: NDArray[np.int64]) -> NDArray[np.float64]:
        """Samples at the full rate."""
        low = values[self.before]
        return low + (values[self.after] - low) * self.share


def _stored(lengths: NDArray[np.int64], factor: int) -> NDArray[np.int64]:
    """Values that are stored of each piece: all of an area, one for `factor` between areas."""
    between = np.arange(lengths.size) % 2 == 0
    return np.where(between, lengths // factor + lengths % factor, lengths)


def _plan(lengths: NDArray[np.int64], factor: int) -> Plan:
    """Plan of a lead.

    Between areas each stored value stands for `factor` samples and is that in their middle;
    before the first and behind the last of them it stays. Samples that are left over before an
    area are stored as they are.

    Parameters
    ----------
    lengths : ndarray
        Of :func:`layout.pieces`.
    factor : int
    """
    between = np.arange(lengths.size) % 2 == 0
    slow = np.where(between, lengths // factor, 0)  # values that stand for several samples
    stored = _stored(lengths, factor)
    begin = np.concatenate([[0], np.cumsum(stored)])
    piece = np.repeat(np.arange(lengths.size), lengths)
    within = np.arange(piece.size) - (np.cumsum(lengths) - lengths)[piece]
    slow, origin = slow[piece], begin[piece]
    place = np.clip((within - factor // 2) / factor, 0, np.maximum(slow - 1, 0))
    low = place.astype(np.int64)
    is_slow = within < slow * factor
    single = origin + slow + within - slow * factor
    return Plan(
        stored=int(begin[-1]),
        before=np.where(is_slow, origin + low, single),
        after=np.where(is_slow, origin + np.minimum(low + 1, np.maximum(slow - 1, 0)), single),
        share=np.where(is_slow, place - low, 0.0),
    )


def _add_beats(
    signal: NDArray[np.float64], lead: Lead, beats: Beats, beat: NDArray[np.float64]
) -> None:
    """Add the reference beat where it was subtracted: beats of type 0, within their zones."""
    _, begin, point, end = beats.zones[beats.zones[:, 0] == 0].T
    shift = point - beats.fiducial + 1  # sample of the rhythm at the beat's first
    begin = np.maximum(np.maximum(begin, lead.first), shift)
    end = np.minimum(np.minimum(end, lead.last), shift + beat.size - 1)
    lengths = np.maximum(end - begin + 1, 0)
    total = int(lengths.sum())
    if total > 2 * signal.size:
        raise UnreadableFile(message("formats.scp.zones"), tag="section 4")
    within = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    sample = np.repeat(begin, lengths) + within
    np.add.at(signal, sample - lead.first, beat[sample - np.repeat(shift, lengths)])


def _channel(lead: Lead, samples: NDArray[np.float64], leads: Leads) -> Channel:
    whole = np.full(leads.span, np.nan, np.float32)
    begin = lead.first - leads.first
    whole[begin : begin + lead.size] = samples
    return Channel(lead.name, lead.label, whole)


def _medians(leads: Leads, beat: Beat | None, interval: int, notes: Notes) -> list[Channel]:
    if beat is None:
        return []
    if beat.interval != interval:
        notes.add(message("formats.scp.note.beat_rate"))
        return []
    return [
        Channel(lead.name, lead.label, values * beat.quantum / _NANOVOLTS)
        for lead, values in zip(leads.leads, beat.values, strict=True)
    ]
