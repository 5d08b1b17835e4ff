"""The embedded store under one reader: milliseconds for what a desk does all day.

A store on the disk of the temporary folder with 500 waiting and 500 reported studies of 100
patients. `fsync_*` is the disk's own flush of 4 KiB in the same run: every write below contains
at least one. `list_ms` is the whole list of 500 rows with all its figures, best of twenty.
"""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from farlead.model.people import Account, Patient
from farlead.model.study import Severity
from farlead.settings import utc_now
from farlead.store import Store
from support_store import arrival, draft, reader, screening, signed

WAITING, REPORTED, PATIENTS = 500, 500, 100


def run() -> dict[str, float]:
    """Fill a store and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        flushes = _flushes(Path(folder))
        with Store.open(Path(folder) / "farlead.db") as store:
            added = [_timed(lambda n=n: _add(store, n)) for n in range(WAITING + REPORTED)]
            written = _read_all(store, reader(store))
            rows = store.worklist().rows
            listed = [_timed(store.worklist) for _ in range(20)]
            looked = [_timed(store.change_counter) for _ in range(200)]
            earlier = [_timed(lambda s=row.study.id: store.earlier(s)) for row in rows[:200]]
            checked = _timed(store.verify_audit)
            entries = _entries(Path(folder) / "farlead.db")
    return {
        "fsync_p50_ms": float(np.percentile(flushes, 50)),
        "fsync_p99_ms": float(np.percentile(flushes, 99)),
        **_both("add", added),
        **{
            key: value
            for name, times in written.items()
            for key, value in _both(name, times).items()
        },
        "list_ms": min(listed),
        "list_p50_ms": float(np.median(listed)),
        "changed_p50_ms": float(np.median(looked)),
        **_both("history", earlier),
        "audit_us_per_entry": checked * 1000 / entries,
    }


def _both(name: str, times: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": float(np.percentile(times, 50)),
        f"{name}_p99_ms": float(np.percentile(times, 99)),
    }


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _add(store: Store, number: int) -> None:
    patient = Patient(name=f"病人{number}", local_number=f"L{number % PATIENTS}")
    store.add_object(replace(arrival(str(number), patient=patient), acquired=utc_now()))


def _read_all(store: Store, account: Account) -> dict[str, list[float]]:
    """Screen everything, read the first half."""
    times: dict[str, list[float]] = {"claim": [], "draft": [], "finish": []}
    for row in store.worklist().rows:
        store.save_screening(row.study.id, screening(Severity(1 + row.study.id % 4)))
    for row in store.worklist().rows[:REPORTED]:
        study = row.study.id
        times["claim"].append(_timed(lambda s=study: store.claim(s, account, "seat")))
        claim = store.claim(study, account, "seat")
        times["draft"].extend(_timed(lambda c=claim: store.save_draft(c, draft())) for _ in "ab")
        report = signed(store, account)
        times["finish"].append(_timed(lambda c=claim, r=report: store.finish(c, r, ["u1"])))
    return times


def _flushes(folder: Path) -> list[float]:
    file = os.open(folder / "flush", os.O_CREAT | os.O_WRONLY)
    times = []
    for _ in range(200):
        os.write(file, bytes(4096))
        times.append(_timed(lambda: os.fsync(file)))
    os.close(file)
    return times


def _entries(file: Path) -> int:
    with Store.open(file) as store, store._read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM audit").scalar()
    return int(found or 1)
