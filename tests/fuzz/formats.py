# ruff: noqa: T201, E402  # it prints its table; the path is set before the imports
"""Damage good files of every format and read them, for as long as you like.

    python tests/fuzz/formats.py --reader all --count 20000 [--seed 1] [--seconds 600] [--jobs 2]
    python tests/fuzz/formats.py --reader muse [FILE ...]

Every input must give a recording, an image study or UnreadableFile with its text in both
languages, within 2 s of work and with at most 200 MB more than at the start; an exception that
only the last net of a reader caught counts as a fault too. What is at fault is kept under
``build/fuzz/READER-SEED-NUMBER`` and ends the run with exit 1. Seeds are those of ``seeds.py``
and the files that are named; ``mutators.py`` says how they are damaged. Input NUMBER of a SEED is
always the same.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parent)]

from pool import Found, Pool
from seeds import names
from trial import given
from wfdb_files import zipped

_KEPT = Path("build/fuzz")
_SHOWN = 12
_REPORT_SECONDS = 60.0


def _keep(name: str, seed: int, number: int, files: tuple[Path, ...]) -> Path:
    subject = given(name, seed, number, files)
    single = isinstance(subject, bytes)
    path = _KEPT / f"{name}-{seed}-{number}{'.bin' if single else '.zip'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(subject if isinstance(subject, bytes) else zipped(subject))
    return path


def _line(name: str, found: Found, seconds: float) -> str:
    rate = found.count / max(seconds, 1e-9)
    slowest = f"slowest {found.slowest:.2f} s (input {found.slowest_at})"
    return (
        f"{name}: {found.count} inputs in {seconds:.0f} s, {rate:.0f} a second, {slowest}, "
        f"peak {found.megabytes:.0f} MB above the start, {len(found.faults)} faults"
    )


def _run(pool: Pool, name: str, asked: argparse.Namespace) -> Found:
    files = tuple(asked.files)
    total, told = Found(), 0
    begin = shown = time.monotonic()
    for found in pool.run(name, asked.seed, asked.count, files, begin + asked.seconds):
        total.add(found)
        for number, kind in found.faults:
            told += 1
            if told <= asked.most:
                print(f"  {_keep(name, asked.seed, number, files)}: {kind}", flush=True)
        if time.monotonic() - shown > _REPORT_SECONDS:
            shown = time.monotonic()
            print(f"  … {_line(name, total, shown - begin)}", flush=True)
    print(_line(name, total, time.monotonic() - begin))
    for kind, times in total.kinds.most_common(_SHOWN):
        print(f"  {times:8d} {kind}", flush=True)
    return total


def main() -> int:
    """Run; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", choices=("all", *names()), default="all")
    parser.add_argument("files", nargs="*", type=Path, help="further seeds, for one reader")
    parser.add_argument("--count", type=int, default=2000, help="inputs a reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most, a reader")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--most", type=int, default=50, help="faults to keep, a reader")
    asked = parser.parse_args()
    if asked.files and asked.reader == "all":
        parser.error("files are seeds of one reader: name it")
    pool = Pool(asked.jobs)
    faults = 0
    for name in names() if asked.reader == "all" else (asked.reader,):
        faults += len(_run(pool, name, asked).faults)
    pool.close()
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
