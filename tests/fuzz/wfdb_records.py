# ruff: noqa: T201  # it prints its table
"""Mutate WFDB records, which are several files, and ZIP files of them.

    python tests/fuzz/wfdb_records.py --count 20000 [--seed 1] [HEADER ...]

Headers named are real ones, taken with the files of their folder (below 300 kB); beside them
stand made records of every format. Three kinds of input: a header changed as text, any file
changed as bytes, a ZIP changed as bytes. Every input must give a recording or a reason within
two seconds; ``damaged`` is a reason that stands for a mistake of ours and counts as a failure.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parent)]

from formats import mutated  # noqa: E402  # the path is set above

from farlead.errors import UnreadableFile  # noqa: E402
from farlead.formats import archive, wfdb  # noqa: E402
from farlead.formats.source import Source  # noqa: E402
from farlead.messages import Language  # noqa: E402
from farlead.model.recording import Recording  # noqa: E402
from wfdb_files import RANGES, Signal, layout, record, segmented, zipped  # noqa: E402

_LIMIT_SECONDS = 2.0
_LARGEST_SEED = 300_000
_WORDS = (
    *("0", "1", "-1", "9999999999", "1e9", "nan", "inf", "16", "212", "508", "x4", ":3", "+24"),
    *("~", "/", "/2", "(", ")", "#", "\n", "\r\n", " ", "\t", "mV", "/uV", "../", "é", "\0", "r"),
)


def made() -> list[dict[str, bytes]]:
    """Records of every format, of segments, of several rates."""
    rows = np.random.default_rng(1).integers(-9, 10, (3, 60)).cumsum(axis=1).tolist()
    two = [Signal("II", rows[0]), Signal("V1", rows[1], gain="100(3)/uV")]
    records = [record("r", two, code=code, comments=["Age: 60"]) for code in RANGES]
    records.append(record("r", [Signal("I", rows[0], per_frame=2), Signal("II", rows[1][:30])]))
    records.append(record("r", [Signal("I", rows[0], skew=3), Signal("II", rows[1])], offset=24))
    fixed = segmented("m", [("r", 60), ("~", 9), ("r", 60)], 2, when="10:00:00 01/02/2020")
    records.append(fixed | record("r", two))
    variable = segmented("m", [("l", 0), ("r", 60), ("s", 60)], 3) | layout("l", ["II", "V1", "V5"])
    records.append(variable | record("r", two) | record("s", [Signal("V5", rows[2])], code=80))
    return records


def real(header: Path) -> dict[str, bytes]:
    """A header with the small files of its folder."""
    beside = [f for f in header.parent.iterdir() if f.is_file() and f != header]
    own = [f for f in beside if f.stem == header.stem] or beside
    small = [f for f in own if f.stat().st_size < _LARGEST_SEED]
    return {f.name: f.read_bytes() for f in (header, *small)}


def changed_text(data: bytes, chance: random.Random) -> bytes:
    """Words of a header replaced, inserted, removed, doubled."""
    text = data.decode("latin-1")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        length = chance.choice((0, 0, 1, 1, 2, 8))
        piece = chance.choice((*_WORDS, text[at : at + 30]))
        text = text[:at] + piece + text[at + length :]
    return text.encode("latin-1")


def changed(files: dict[str, bytes], chance: random.Random) -> Source:
    """A record with one or two files changed, or a ZIP of it."""
    kind = chance.random()
    if kind < 0.2:
        return Source(mutated(zipped(files, method=chance.choice((0, 8))), chance))
    files = dict(files)
    for _ in range(chance.randint(1, 2)):
        headers = [name for name in files if name.endswith(".hea")]
        name = chance.choice(headers if kind < 0.8 else list(files))
        change = changed_text if name.endswith(".hea") else mutated
        files[name] = change(files[name], chance)

    def companion(name: str) -> BinaryIO | None:
        return BytesIO(files[name]) if name in files else None

    return Source(next(iter(files.values())), companion)


def outcome(files: dict[str, bytes], chance: random.Random) -> str:
    """Kind of result."""
    source = changed(files, chance)
    begin = time.process_time()
    try:
        if archive.recognises(source.data):
            source = archive.unpacked(source.data)
        content = wfdb.read_source(source)
        result = "Recording"
        if not isinstance(content, Recording) or np.isinf(content.samples).any():
            return "crash: no recording"
    except UnreadableFile as error:
        result = error.reason.id
        error.text(Language.ZH)
        if result == "formats.wfdb.damaged":
            return f"crash: {error}"
    except BaseException as error:  # noqa: BLE001  # that is what is looked for
        return f"crash: {type(error).__name__} {error}"
    seconds = time.process_time() - begin
    return f"slow: {seconds:.1f} s" if seconds > _LIMIT_SECONDS else result


def main() -> int:
    """Run; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("headers", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    seeds = [*made(), *(real(header) for header in asked.headers)]
    counts: Counter[str] = Counter()
    begin = time.perf_counter()
    for number in range(asked.count):
        chance = random.Random(f"{asked.seed}-{number}")  # each repeatable by itself
        result = outcome(chance.choice(seeds), chance)
        counts[result] += 1
        if result.startswith(("slow", "crash")):
            print(f"{asked.seed}-{number}: {result}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = time.perf_counter() - begin
    print(f"{asked.count} inputs, {seconds:.0f} s, peak {peak} MB")
    for kind, times in counts.most_common():
        print(f"{times:8d} {kind}")
    return int(any(kind.startswith(("slow", "crash")) for kind in counts))


if __name__ == "__main__":
    sys.exit(main())
