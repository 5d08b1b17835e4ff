"""Signal files: checked for their size first, then decoded block by block into rows.

Checksum and first sample of every signal are compared with the header's, also of signals that
are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.wfdb.codes import CODES, NO_DATA, WHOLE, Code, Integers
from farlead.formats.wfdb.files import Files, shown
from farlead.formats.wfdb.header import Header, Signal
from farlead.messages import message

_BLOCK = 1 << 18  # samples decoded at a time

#: Rows to fill by number of the signal in its header, with the factor from its unit to mV.
Rows = Mapping[int, tuple[NDArray[np.float32], float]]


class Group(NamedTuple):
    """Consecutive signals of one file, whose samples alternate.

    `first` is the number of the first one in its header, `columns` are the places of each one's
    samples in a frame of `width` samples.
    """

    file: str
    code: Code
    first: int
    signals: tuple[Signal, ...]
    columns: tuple[tuple[int, int], ...]
    width: int

    @property
    def offset(self) -> int:
        """Bytes that precede the samples."""
        return self.signals[0].offset


def groups(header: Header) -> tuple[Group, ...]:
    """Signals by their files; UnreadableFile where a file's signals do not agree."""
    runs: list[list[int]] = []
    for number, signal in enumerate(header.signals):
        if signal.code == NO_DATA or signal.file == "~":
            continue
        if runs and header.signals[runs[-1][0]].file == signal.file:
            runs[-1].append(number)
        else:
            runs.append([number])
    found = [_group(header, run) for run in runs]
    if len({group.file for group in found}) < len(found):
        raise UnreadableFile(message("formats.wfdb.mixed", file=shown(found[-1].file)))
    return tuple(found)


def _group(header: Header, run: Sequence[int]) -> Group:
    signals = tuple(header.signals[number] for number in run)
    first = signals[0]
    alike = all((s.code, s.offset) == (first.code, first.offset) for s in signals)
    if not alike or run[-1] - run[0] != len(run) - 1:
        raise UnreadableFile(message("formats.wfdb.mixed", file=shown(first.file)))
    ends = tuple(accumulate(signal.per_frame for signal in signals))
    columns = tuple(zip((0, *ends[:-1]), ends, strict=True))
    return Group(first.file, CODES[first.code], run[0], signals, columns, ends[-1])


def frames_in(group: Group, size: int) -> int:
    """Whole frames that a file of `size` bytes holds."""
    return group.code.samples_in(max(size - group.offset, 0)) // group.width


def check_size(group: Group, frames: int, size: int) -> None:
    """UnreadableFile unless a file of `size` bytes holds so many frames."""
    expected = group.offset + group.code.bytes_for(frames * group.width)
    if size < expected:
        raise UnreadableFile(
            message("formats.wfdb.truncated", file=group.file, expected=expected, found=size),
            offset=size,
            tag=group.file,
        )


def read_group(
    group: Group, frames: int, files: Files, rows: Rows, notes: Notes, *, checksums: bool
) -> None:
    """Decode a group's file into `rows`; UnreadableFile where it is not what the header says.

    Parameters
    ----------
    group : Group
    frames : int
        Checked with :func:`check_size`.
    files, notes : Files, Notes
    rows : mapping
        Where the millivolts of each signal go; signals that are not in it are only checked.
    checksums : bool
        Whether they are compared; the document switches it off for headers without a length.
    """
    first, sums = np.zeros((2, group.width), np.int64)
    begin = 0
    with files.open(group.file) as file:
        file.seek(group.offset)
        for block in _blocks(group, frames, file):
            if begin == 0:
                first = block[0].astype(np.int64)
            sums += block.sum(axis=0, dtype=np.int64)
            _store(group, block, begin, frames, rows)
            begin += len(block)
    if checksums:
        _check_sums(group, sums)
    if begin and not group.code.differences:
        _check_first(group, first, notes, summed=checksums)


def _blocks(group: Group, frames: int, file: BinaryIO) -> Iterator[NDArray[np.integer]]:
    """Integers, shape (frames, samples of a frame), in order."""
    code, width = group.code, group.width
    step = max(_BLOCK // width // WHOLE, 1) * WHOLE
    before: NDArray[np.int64] | None = None
    for begin in range(0, frames, step):
        count = min(step, frames - begin) * width
        size = code.bytes_for(count)
        data = file.read(size)
        if len(data) < size:
            raise UnreadableFile(
                message(
                    "formats.wfdb.truncated",
                    file=group.file,
                    expected=file.tell() + size - len(data),
                    found=file.tell(),
                ),
                tag=group.file,
            )
        block = code.integers(data, count).reshape(-1, width)
        if code.differences:
            before, summed = _summed(group, block, before)
            yield summed
        else:
            yield block


def _summed(
    group: Group, block: Integers, before: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Last sample of each signal and all samples, of first differences."""
    if before is None:
        before = np.array([signal.initial or 0 for signal in group.signals], np.int64)
    values = np.empty(block.shape, np.int64)
    for place, (start, end) in enumerate(group.columns):
        flat = block[:, start:end].reshape(-1).cumsum(dtype=np.int64) + before[place]
        values[:, start:end] = flat.reshape(-1, end - start)
    last = np.array([values[-1, end - 1] for _, end in group.columns], np.int64)
    return last, values


def _check_first(group: Group, frame: NDArray[np.int64], notes: Notes, *, summed: bool) -> None:
    """First samples: a wrong one is noted where the checksum proves the signal, else refused.

    Headers made by hand from others keep the old value, which readers of plain amplitudes never
    look at.
    """
    for signal, (start, _) in zip(group.signals, group.columns, strict=True):
        if signal.initial in (None, frame[start]):
            continue
        if summed and signal.checksum is not None:
            notes.add(message("formats.wfdb.note.initial", name=signal.label))
            continue
        raise UnreadableFile(
            message(
                "formats.wfdb.initial",
                signal=shown(signal.label),
                file=group.file,
                expected=signal.initial or 0,
                found=int(frame[start]),
            ),
            offset=group.offset,
            tag=group.file,
        )


def _check_sums(group: Group, sums: NDArray[np.int64]) -> None:
    found_sums = np.add.reduceat(sums, [start for start, _ in group.columns]).tolist()
    for signal, found in zip(group.signals, found_sums, strict=True):
        if signal.checksum is not None and (found - signal.checksum) & 0xFFFF:
            raise UnreadableFile(
                message(
                    "formats.wfdb.checksum",
                    signal=shown(signal.label),
                    file=group.file,
                    expected=signal.checksum & 0xFFFF,
                    found=found & 0xFFFF,
                ),
                tag=group.file,
            )


def _store(group: Group, block: NDArray[np.integer], begin: int, frames: int, rows: Rows) -> None:
    """Millivolts of one block into the rows, those before a signal's skew left out."""
    for place, (signal, (start, end)) in enumerate(zip(group.signals, group.columns, strict=True)):
        if group.first + place not in rows:
            continue
        row, factor = rows[group.first + place]
        if begin == 0:
            row[max(frames - signal.skew, 0) * signal.per_frame :] = np.nan
        skipped = min(max(signal.skew - begin, 0), len(block))
        if skipped == len(block):
            continue
        values = block[skipped:, start:end].reshape(-1)
        to = (begin + skipped - signal.skew) * signal.per_frame
        part = row[to : to + values.size]
        part[:] = (values - signal.baseline) * factor / signal.gain
        if group.code.invalid is not None:
            part[values == group.code.invalid] = np.nan
