"""WFDB records from known integers, packed sample by sample as signal(5) describes.

>>> files = record("r", [Signal("II", [1, 2, 3])], code=212)   # {"r.hea": …, "r.dat": …}
>>> content = read(zipped(files))

Nothing here comes from the reader's own tables, so that a mistake there shows.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Format -> (smallest value that is a sample, largest, value of a sample not recorded).
RANGES = {
    8: (-1000, 1000, None),
    16: (-32767, 32767, -32768),
    24: (-8388607, 8388607, -8388608),
    32: (-2147483647, 2147483647, -2147483648),
    61: (-32767, 32767, -32768),
    80: (-127, 127, -128),
    160: (-32767, 32767, -32768),
    212: (-2047, 2047, -2048),
    310: (-511, 511, -512),
    311: (-511, 511, -512),
}


@dataclass
class Signal:
    """One signal: `values` are its integers, `per_frame` of them in each frame."""

    label: str
    values: Sequence[int]
    per_frame: int = 1
    gain: str = "200(0)/mV"
    skew: int = 0
    checksum: int | None = None
    initial: int | None = None


def packed(code: int, samples: Sequence[int]) -> bytes:
    """Samples of one file in storage format `code`, in the order in which they stand there.

    Format 8 takes the differences themselves.
    """
    match code:
        case 8:
            return b"".join(v.to_bytes(1, "little", signed=True) for v in samples)
        case 16:
            return b"".join(v.to_bytes(2, "little", signed=True) for v in samples)
        case 24:
            return b"".join(v.to_bytes(3, "little", signed=True) for v in samples)
        case 32:
            return b"".join(v.to_bytes(4, "little", signed=True) for v in samples)
        case 61:
            return b"".join(v.to_bytes(2, "big", signed=True) for v in samples)
        case 80:
            return bytes(v + 128 for v in samples)
        case 160:
            return b"".join((v + 32768).to_bytes(2, "little") for v in samples)
        case 212:
            return _pairs(samples)
        case 310 | 311:
            return _triples(code, samples)
    raise ValueError(code)


def _pairs(samples: Sequence[int]) -> bytes:
    """12 bits each: low byte, both high nibbles, low byte; a last one alone takes two bytes."""
    out = bytearray()
    for i in range(0, len(samples), 2):
        first = samples[i] & 0xFFF
        second = samples[i + 1] & 0xFFF if i + 1 < len(samples) else 0
        out += bytes([first & 0xFF, first >> 8 | second >> 8 << 4, second & 0xFF])
    return bytes(out[:-1] if len(samples) % 2 else out)


def _triples(code: int, samples: Sequence[int]) -> bytes:
    """10 bits each, three in four bytes; the last bytes only as far as they hold a sample."""
    out = bytearray()
    for i in range(0, len(samples), 3):
        a, b, c = ([v & 0x3FF for v in samples[i : i + 3]] + [0, 0])[:3]
        if code == 311:
            out += (a | b << 10 | c << 20).to_bytes(4, "little")
        else:
            out += (a << 1 | (c & 0x1F) << 11).to_bytes(2, "little")
            out += (b << 1 | (c >> 5) << 11).to_bytes(2, "little")
    rest = len(samples) % 3
    used = {310: (4, 2, 4), 311: (4, 2, 3)}[code][rest]
    return bytes(out[: len(out) - 4 + used]) if out else b""


def data_file(code: int, signals: Sequence[Signal]) -> bytes:
    """Signal file of signals of equal numbers of frames."""
    if code == 8:
        signals = [
            Signal(s.label, _differences(s.values, _initial(s)), s.per_frame) for s in signals
        ]
    frames = len(signals[0].values) // signals[0].per_frame
    return packed(
        code,
        [
            v
            for frame in range(frames)
            for s in signals
            for v in s.values[frame * s.per_frame : (frame + 1) * s.per_frame]
        ],
    )


def _initial(signal: Signal) -> int:
    if signal.initial is not None:
        return signal.initial
    return signal.values[0] if signal.values else 0


def _differences(values: Sequence[int], initial: int) -> list[int]:
    return [after - before for before, after in zip([initial, *values], values, strict=False)]


def signal_line(signal: Signal, file: str, code: int, offset: int = 0) -> str:
    """Signal specification line with all fields."""
    total = sum(signal.values) & 0xFFFF
    checksum = total - 65536 if total > 32767 else total
    stored = str(code)
    stored += f"x{signal.per_frame}" if signal.per_frame != 1 else ""
    stored += f":{signal.skew}" if signal.skew else ""
    stored += f"+{offset}" if offset else ""
    checksum = checksum if signal.checksum is None else signal.checksum
    return f"{file} {stored} {signal.gain} 12 0 {_initial(signal)} {checksum} 0 {signal.label}"


def record(
    name: str,
    signals: Sequence[Signal],
    *,
    code: int = 16,
    fs: str = "250",
    offset: int = 0,
    when: str = "",
    comments: Sequence[str] = (),
) -> dict[str, bytes]:
    """Files of an ordinary record: header first."""
    frames = len(signals[0].values) // signals[0].per_frame
    lines = [f"{name} {len(signals)} {fs} {frames} {when}".rstrip()]
    lines += [signal_line(s, f"{name}.dat", code, offset) for s in signals]
    lines += [f"#{comment}" for comment in comments]
    data = b"\xaa" * offset + data_file(code, signals)
    return {f"{name}.hea": "\n".join(lines).encode() + b"\n", f"{name}.dat": data}


def segmented(
    name: str,
    segments: Sequence[tuple[str, int]],
    signals: int,
    *,
    fs: str = "250",
    when: str = "",
) -> dict[str, bytes]:
    """Header of a record of several segments: names (``~`` is a gap) and lengths."""
    total = sum(length for _, length in segments)
    lines = [f"{name}/{len(segments)} {signals} {fs} {total} {when}".rstrip()]
    lines += [f"{segment} {length}" for segment, length in segments]
    return {f"{name}.hea": "\n".join(lines).encode() + b"\n"}


def layout(name: str, labels: Sequence[str], *, fs: str = "250") -> dict[str, bytes]:
    """Header that lists the signals of a record whose segments have different ones."""
    lines = [f"{name} {len(labels)} {fs} 0"]
    lines += [f"~ 0 200/mV 12 0 0 0 0 {label}" for label in labels]
    return {f"{name}.hea": "\n".join(lines).encode() + b"\n"}


def zipped(
    files: Mapping[str, bytes], folder: str = "", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """All files in one ZIP."""
    packed_files = io.BytesIO()
    with zipfile.ZipFile(packed_files, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(f"{folder}{name}", data)
    return packed_files.getvalue()


def written(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write all files into a folder; the path of the first one, the header."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / next(iter(files))
