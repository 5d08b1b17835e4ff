"""Times of what stations do with a store, for the benchmarks of both databases."""

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from farlead.model.people import Account
from farlead.model.search import SearchQuery
from farlead.store import Store
from support_past import Past
from support_store import arrival


def both(name: str, times: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    return {
        f"{name}_p50_ms": float(np.percentile(times, 50)) if times else float("nan"),
        f"{name}_p99_ms": float(np.percentile(times, 99)) if times else float("nan"),
    }


def told(part: str, figures: Mapping[str, float]) -> None:
    """Print what a part has found at once, so that a run which breaks off later loses nothing."""
    lines = [f"-- {part}", *(f"{key:<24}  {value:g}" for key, value in figures.items())]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of one act."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def in_turns(
    one: Callable[[], object], other: Callable[[], object], number: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of two acts, one after the other so that both meet the same machine."""
    pairs = [(timed(one), timed(other)) for _ in range(number)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def flushes(folder: Path, number: int) -> list[float]:
    """What the disk needs to flush 4 KiB."""
    file = os.open(folder / "flush", os.O_CREAT | os.O_WRONLY)
    times = []
    for _ in range(number):
        os.write(file, bytes(4096))
        times.append(timed(lambda: os.fsync(file)))
    os.close(file)
    return times


def past_figures(store: Store, other: Store, past: Past, account: Account) -> dict[str, float]:
    """List, one row, history and search in a store with a long past."""

    def first() -> None:
        other._known = None
        other.worklist()

    firsts = [timed(first) for _ in range(12)]
    again = [timed(other.worklist) for _ in range(30)]
    free = [row.study.id for row in other.worklist().rows if row.claim is None][:80]
    rows = []
    for study in free:
        store.claim(study, account, "seat")
        rows.append(timed(other.worklist))
    some = past.some(200)
    history = [timed(lambda s=study: store.earlier(s)) for study in some]  # type: ignore[misc]
    named = [timed(lambda s=study: _found(store, past.patient(s))) for study in some]  # type: ignore[misc]
    numbered = [timed(lambda s=study: _found(store, f"p{s - 1_000_000}")) for study in some]  # type: ignore[misc]
    return {
        "list_ms": float(np.median(firsts)),
        "list_best_ms": min(firsts),
        "list_unchanged_ms": float(np.median(again)),
        "row_ms": float(np.median(rows)),
        "row_p99_ms": float(np.percentile(rows, 99)),
        "history_p50_ms": float(np.percentile(history, 50)),
        "history_ms": float(np.percentile(history, 99)),
        **both("search_name", named),
        **both("search_number", numbered),
    }


def _found(store: Store, typed: str) -> None:
    if not store.search(SearchQuery(patient=typed)).rows:
        raise RuntimeError(f"{typed} is not found")


def seen_elsewhere(store: Store, other: Store, number: int = 100) -> dict[str, float]:
    """From a commit to the other station's list, which waits for word and reads the row."""
    written: list[float] = []
    seen: list[float] = []
    other.worklist()
    for name in (f"seen{each}" for each in range(number)):
        counter, before = other.change_counter(), len(other.worklist().rows)

        def add(name: str = name) -> None:
            store.add_object(arrival(name))
            written.append(time.perf_counter())

        writer = threading.Timer(0.02, add)
        writer.start()
        while len(other.worklist().rows) == before:
            counter = other.wait_for_change(counter, 2.0)
        seen.append(time.perf_counter())
        writer.join()
    waits = [max(s - w, 0.0) * 1000 for s, w in zip(seen, written, strict=True)]
    return both("visible", waits)
