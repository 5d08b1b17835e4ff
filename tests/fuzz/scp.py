"""Mutate SCP-ECG files and read them; half of them with their checksums made right again.

    python tests/fuzz/scp.py --count 20000 [--seed 1] [FILE ...]

Without that half, the checksums would hide all that lies behind them. Seeds are files of every
compression and section, and those given. What each input must give, and what is kept of those
that do not, is as in ``formats.py``.
"""

import argparse
import random
import resource
import struct
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from formats import mutated, outcome

import scp_files
from ecg_files import recording
from scp_files import Coding, beats_of, resealed, scp_bytes

_KEPT = Path("build/fuzz")
_POINTERS = 6 + 16


def seeds() -> list[bytes]:
    """Small files that between them reach every branch of the reader."""
    content = recording(seconds=2)
    beats, reference = beats_of(content)
    whole = {"beats": beats, "reference": reference}
    findings = {
        7: scp_files.measurements_section(spikes=[(500, -1200)]),
        8: scp_files.statements_section([b"Sinus rhythm\0", b"Left axis\0"], status=1),
        10: scp_files.lead_measurements_section({"I": range(31), "V1": range(20)}),
        11: scp_files.statements_section([b"\1SR\0", b"\2Text\0"]),
    }
    return [
        *(scp_bytes(content, coding=coding, more=findings) for coding in Coding),
        *(scp_bytes(content, coding=coding, **whole) for coding in Coding),  # type: ignore[arg-type]
        *(scp_bytes(content, **whole, factor=factor) for factor in (2, 3, 4)),  # type: ignore[arg-type]
        scp_bytes(content, **whole, factor=4, subtract=False, version=11),  # type: ignore[arg-type]
        scp_bytes(content, sums=dict.fromkeys(range(12), 0xFFFF), checksum=0xFFFF),
    ]


def changed(data: bytes, chance: random.Random) -> bytes:
    """A mutant; often one within the beginning of a section, and with checksums that are right."""
    if chance.random() < 0.5:
        return mutated(data, chance)
    copy = bytearray(data)
    pointers = struct.iter_unpack("<HII", data[_POINTERS : _POINTERS + 120])
    begins = [index - 1 for _, size, index in pointers if size]
    for _ in range(chance.randint(1, 3)):
        at = chance.choice(begins) + chance.randrange(2, 60)
        if at < len(copy):
            copy[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return resealed(bytes(copy))


def main() -> int:
    """Run; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sources = [*seeds(), *(file.read_bytes() for file in asked.files)]
    chance = random.Random(asked.seed)  # repeatable, not secret
    counts: Counter[str] = Counter()
    slowest = 0.0
    for number in range(asked.count):
        data = changed(chance.choice(sources), chance)
        if chance.random() < 0.5:
            data = resealed(data)
        begin = time.perf_counter()
        result = outcome(data)
        slowest = max(slowest, time.perf_counter() - begin)
        counts[result] += 1
        if result == "slow" or result.startswith("crash"):
            _KEPT.mkdir(parents=True, exist_ok=True)
            (_KEPT / f"scp-{asked.seed}-{number}.bin").write_bytes(data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{asked.count} inputs, slowest {slowest:.2f} s, peak {peak} MB: {dict(counts)}")  # noqa: T201
    return int(any(kind == "slow" or kind.startswith("crash") for kind in counts))


if __name__ == "__main__":
    sys.exit(main())
