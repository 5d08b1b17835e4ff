"""Mutate real files and read them, for as long as you like.

    python tests/fuzz/formats.py --count 20000 [--seed 1] [FILE ...]

Every input must give a recording, an image study or UnreadableFile, within the time limit.
Anything else is kept under ``build/fuzz/`` and ends the run with exit 1. Without files the
seeds are those of pydicom's wheel below 300 kB.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import pydicom.data

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.messages import Language

_LIMIT_SECONDS = 2.0
_LARGEST_SEED = 300_000
_PIECES = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xfe\xff\x00\xe0", b"\xff\xff\xff\x7f", b"SQ", b"UN")
_KEPT = Path("build/fuzz")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, swapped, doubled or cut."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        if not changed:
            break
        # Most attributes stand at the beginning.
        reach = len(changed) if chance.random() < 0.4 else min(len(changed), 2000)
        at = chance.randrange(reach)
        match chance.choices(range(5), (10, 5, 1, 1, 1))[0]:
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                piece = chance.choice(_PIECES)
                changed[at : at + len(piece)] = piece
            case 2:
                del changed[at : at + chance.randint(1, 64)]
            case 3:
                changed[at:at] = changed[at : at + chance.randint(1, 256)]
            case _:
                del changed[chance.randrange(len(changed)) :]
    return bytes(changed)


def outcome(data: bytes) -> str:
    """Kind of result; ``slow`` and ``crash …`` are failures."""
    begin = time.perf_counter()
    try:
        result = type(read(data)).__name__
    except UnreadableFile as error:
        result = "UnreadableFile"
        error.text(Language.ZH)
    except BaseException as error:  # noqa: BLE001  # that is what is looked for
        return f"crash {type(error).__name__}"
    return "slow" if time.perf_counter() - begin > _LIMIT_SECONDS else result


def main() -> int:
    """Run; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(pydicom.data.__file__).parent / "test_files"
    files = asked.files or sorted(
        f for f in folder.rglob("*.dcm") if f.stat().st_size < _LARGEST_SEED
    )
    seeds = [file.read_bytes() for file in files]
    chance = random.Random(asked.seed)  # repeatable, not secret
    counts: Counter[str] = Counter()
    begin = time.perf_counter()
    for number in range(asked.count):
        data = mutated(chance.choice(seeds), chance)
        result = outcome(data)
        counts[result] += 1
        if result == "slow" or result.startswith("crash"):
            _KEPT.mkdir(parents=True, exist_ok=True)
            (_KEPT / f"{asked.seed}-{number}.bin").write_bytes(data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = time.perf_counter() - begin
    print(f"{asked.count} inputs, {seconds:.0f} s, peak {peak} MB: {dict(counts)}")  # noqa: T201
    return int(any(kind == "slow" or kind.startswith("crash") for kind in counts))


if __name__ == "__main__":
    sys.exit(main())
