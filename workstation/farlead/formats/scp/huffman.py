"""Huffman codes of sections 5 and 6, decoded for all bits of a lead at once.

Which code begins at each bit, and at which bit the next one begins, is looked up for all bits;
the bits at which a code really begins follow from the first. ``tests`` have a plain decoder,
bit by bit, that it is compared with.

References
----------
EN 1064 clause 5.5 (section 2), annex C (default table, worked example).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.formats.scp.record import Fields, Section, refused

_DEFAULT, _NONE = 19999, 0
_MOST_TABLES, _MOST_CODES = 16, 4096
_LONGEST = 32
_LOOKED_UP = 12
_DOUBLINGS = 6
#: Most states (bits × tables) of one lead.
MOST_STATES = 1 << 20


class Code(NamedTuple):
    """One line of a table, as it is stored.

    Parameters
    ----------
    prefix, total : int
        Bits of the code, and with the bits that follow it.
    mode : int
        1: a value; 0: change to table `value` (the first is 1).
    value : int
    base : int
        The code, its first bit the lowest.
    """

    prefix: int
    total: int
    mode: int
    value: int
    base: int


#: The standard's own table: 0, ±1 … ±8, then values of 8 and of 16 bits.
DEFAULT = (
    Code(1, 1, 1, 0, 0),
    *(
        Code(n + 2, n + 2, 1, sign * n, (1 << n) - 1 | (sign < 0) << n + 1)
        for n in range(1, 9)
        for sign in (1, -1)
    ),
    Code(10, 18, 1, 0, 0b0111111111),
    Code(10, 26, 1, 0, 0b1111111111),
)


class Table:
    """A table ready to look up.

    Parameters
    ----------
    codes : sequence of Code
        No one the beginning of another.

    Raises
    ------
    ValueError
        A code that cannot be, or that another one begins with.
    """

    def __init__(self, codes: Sequence[Code]) -> None:
        if not codes or not all(map(_possible, codes)):
            raise ValueError
        aligned = sorted((_aligned(code), code) for code in codes)
        self.starts = np.array([start for start, _ in aligned], np.int64)
        self.prefix = np.array([code.prefix for _, code in aligned], np.int64)
        self.total = np.array([code.total for _, code in aligned], np.int64)
        self.switch = np.array([code.mode == 0 for _, code in aligned])
        self.value = np.array([code.value for _, code in aligned], np.int64)
        self._ends = self.starts + (1 << (_LONGEST - self.prefix))
        if (self._ends[:-1] > self.starts[1:]).any():
            raise ValueError
        self._width = min(int(self.prefix.max()), _LOOKED_UP)
        beginnings = np.arange(1 << self._width, dtype=np.int64) << (_LONGEST - self._width)
        self._short = self._search(beginnings)
        self._short[self.prefix[self._short] > self._width] = -1

    def find(self, windows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Index of the code that each 32 bits begin with; -1 without one."""
        found: NDArray[np.int64] = self._short[windows >> (_LONGEST - self._width)]
        if int(self.prefix.max()) > self._width:
            open_ = np.flatnonzero(found < 0)
            found[open_] = self._search(windows[open_])
        return found

    def _search(self, windows: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.searchsorted(self.starts, windows, side="right") - 1
        found[(found < 0) | (windows >= self._ends[found])] = -1
        return found


def _possible(code: Code) -> bool:
    """Whether a code can be, and its meaning is certain.

    What a base value and further bits mean together is read in two ways; no known device has it.
    """
    further = code.total - code.prefix
    if not 1 <= code.prefix <= _LONGEST or not 0 <= further <= _LONGEST:
        return False
    if code.mode not in (0, 1) or code.base >> code.prefix:
        return False
    return not further or (code.mode == 1 and code.value == 0)


def _aligned(code: Code) -> int:
    """The code as the first of 32 bits, its first bit the highest."""
    turned = int(f"{code.base:0{code.prefix}b}"[::-1], 2)
    return turned << (_LONGEST - code.prefix)


def tables(section: Section | None) -> tuple[Table, ...]:
    """Tables of section 2; none when the samples are not coded."""
    if section is None:
        return ()
    fields = Fields(section)
    count = fields.word()
    if count == _DEFAULT:
        return (Table(DEFAULT),)
    if count > _MOST_TABLES:
        raise refused("huffman_tables", section, found=count, limit=_MOST_TABLES)
    return tuple(_table(fields, section, number) for number in range(1, count + 1))


def _table(fields: Fields, section: Section, number: int) -> Table:
    count = fields.word()
    if count > _MOST_CODES:
        raise refused("huffman_table", section, table=number)
    codes = [Code(*fields.unpack("BBBhI")) for _ in range(count)]
    try:
        return Table(codes)
    except ValueError:
        raise refused("huffman_table", section, table=number) from None


class Decoded(NamedTuple):
    """Values of a lead; fewer than asked for when the data end or name no code.

    `bits` were used; `broken`: the data have a code that no table has.
    """

    values: NDArray[np.int64]
    bits: int
    broken: bool


def decode(data: bytes, count: int, tables: Sequence[Table]) -> Decoded:
    """The first `count` values of a lead.

    Parameters
    ----------
    data : bytes
        At most :data:`MOST_STATES` bits × tables.
    count : int
    tables : sequence of Table
        The first one is in use at the beginning.
    """
    bits = 8 * len(data)
    windows = _windows(data)
    codes = [table.find(windows[:bits]) for table in tables]
    steps = _steps(codes, tables, bits)
    changing = any(bool(table.switch.any()) for table in tables)  # which makes no value
    walk = _walk(steps, bits if changing else count)
    places, broken = _places(walk, bits, len(tables))
    values = np.zeros(places.size, np.int64)
    ends = np.zeros(places.size, np.int64)
    made = np.zeros(places.size, bool)
    for number, (table, of_bit) in enumerate(zip(tables, codes, strict=True)):
        mine = np.flatnonzero(places // (bits + 1) == number)
        at = places[mine] - number * (bits + 1)
        code = of_bit[at]
        values[mine] = table.value[code] + _further(table, code, at, windows)
        ends[mine] = at + table.total[code]
        made[mine] = ~table.switch[code] & (code >= 0) & (ends[mine] <= bits)
    chosen = np.flatnonzero(made)[:count]
    used = int(ends[chosen[-1]]) if chosen.size else 0
    return Decoded(values[chosen], used, broken and chosen.size < count)


def _windows(data: bytes) -> NDArray[np.int64]:
    """The 32 bits that begin at each bit; zeros follow the data."""
    padded = np.frombuffer(data + bytes(12), np.uint8).astype(np.int64)
    wide = np.zeros(len(data) + 8, np.int64)
    for byte in range(5):
        wide = wide << 8 | padded[byte : byte + wide.size]
    shifts = np.arange(8, 0, -1, dtype=np.int64)
    return (wide[:, None] >> shifts & 0xFFFFFFFF).ravel()


def _steps(
    codes: Sequence[NDArray[np.int64]], tables: Sequence[Table], bits: int
) -> NDArray[np.intp]:
    """State after the code that begins at each state.

    A state is bit + table × (bits + 1); the one at the end leads to itself, as does the last
    one, which stands for no code at all.
    """
    stride = bits + 1
    broken = len(tables) * stride
    steps = np.arange(broken + 1)
    for number, (table, of_bit) in enumerate(zip(tables, codes, strict=True)):
        own = steps[number * stride : number * stride + bits]
        target = np.where(table.switch, table.value - 1, number)
        own += (table.total + (target - number) * stride)[of_bit]
        tail = max(bits - int(table.total.max()), 0)
        ends = np.arange(tail, bits) + table.total[of_bit[tail:]]
        own[tail:][ends > bits] = number * stride + bits
        nowhere = (target < 0) | (target >= len(tables))
        if nowhere.any():
            own[nowhere[of_bit]] = broken
        own[of_bit < 0] = broken
    return steps


def _walk(steps: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """The first `count` states from state 0, and at least the one after them.

    In strides of 64 steps, between which the states are filled in by halves.
    """
    jumps = [steps]
    for _ in range(_DOUBLINGS):
        jumps.append(jumps[-1].take(jumps[-1]))
    stride = jumps.pop()
    marks = [0]
    for _ in range(count >> _DOUBLINGS):
        marks.append(int(stride[marks[-1]]))
    path = np.array(marks)
    for jump in reversed(jumps):
        path = np.stack([path, jump.take(path)], axis=1).ravel()
    return path


def _places(walk: NDArray[np.intp], bits: int, tables: int) -> tuple[NDArray[np.int64], bool]:
    """States at which a whole code begins; whether the walk met what is no code."""
    stride = bits + 1
    broken = tables * stride
    final = (walk == broken) | (walk % stride == bits)
    end = int(np.argmax(final)) if final.any() else walk.size - 1
    return walk[:end].astype(np.int64), bool(final.any() and walk[end] == broken)


def _further(
    table: Table, code: NDArray[np.int64], at: NDArray[np.int64], windows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The numbers (two's complement) behind codes that have further bits, else 0."""
    size = table.total[code] - table.prefix[code]
    numbers = np.zeros(code.size, np.int64)
    has = np.flatnonzero(size)
    size = size[has]
    raw = windows[at[has] + table.prefix[code[has]]] >> (_LONGEST - size)
    numbers[has] = raw - (raw >> (size - 1) << size)
    return numbers
