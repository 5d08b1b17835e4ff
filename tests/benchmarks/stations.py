"""Many stations on one PostgreSQL: nothing read twice, nothing lost, and how fast it is.

The server and the stations share this machine; fsync is on. `double_*` and `lost` are counted
after a morning in which stations are killed at random. `claim_*` are the claims of the stations
in that run, all at full speed. `times_bare_claim` compares one connection with an UPDATE … SKIP
LOCKED written by hand. `visible_*` is from a commit to its sight on another station. `history_*`,
`list_*` and `row_*` are measured among `studies` studies of which 1,000 wait.

``FARLEAD_STATIONS`` and ``FARLEAD_STUDIES`` (in the history) change the size.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg

from farlead.model.lives import StudyState
from farlead.model.study import Severity
from farlead.store import Store
from support_postgres import Server, running_server
from support_store import arrival, reader, screening

STATIONS = int(os.environ.get("FARLEAD_STATIONS", "50"))
STUDIES = int(os.environ.get("FARLEAD_STUDIES", "1000000"))
READ, WAITING, KILLS, LEASE = 40 * STATIONS, 1000, STATIONS // 2, 3.0
SUPPORT = Path(__file__).parents[1] / "support"
SAFE = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "256MB"}


def run() -> dict[str, float]:
    """Let the stations work, then measure the list and the history."""
    with running_server(SAFE) as server, tempfile.TemporaryDirectory() as folder:
        keys = Path(folder)
        found = {"stations": float(STATIONS), **_morning(server, keys)}
        address = server.address(server.fresh())
        with Store.open(address, keys=keys) as store:
            found |= _bare(store, address)
            found |= _seen(store, address, keys)
            found |= _history(store, address)
        return found


def _morning(server: Server, keys: Path) -> dict[str, float]:
    address = server.address(server.fresh())
    with Store.open(address, keys=keys) as store:
        studies = [store.add_object(arrival(str(n))).study_id for n in range(READ)]
        logins = [reader(store, f"reader{n}").login for n in range(STATIONS)]
        began = time.perf_counter()
        claims = _read_by(address, keys, logins)
        took = time.perf_counter() - began
        reports = [len(store.reports(study)) for study in studies]
        finals = [store.study(study).state is StudyState.REPORTED for study in studies]
        with psycopg.connect(address) as raw:
            twice = raw.execute(
                "SELECT count(*) FROM (SELECT 1 FROM audit WHERE action = 'report.signed'"
                " GROUP BY subject HAVING count(*) > 1) AS t"
            ).fetchone()
            overlapping = raw.execute(_OVERLAPPING).fetchone()
        balance = store.balance()
        faults = len(store.check()) + len(store.verify_audit())
    return {
        "read": float(READ),
        "killed": float(KILLS),
        "double_claims": float(overlapping[0] if overlapping else -1),
        "double_signatures": float(twice[0] if twice else -1) + sum(n > 1 for n in reports),
        "lost": float(READ - sum(finals)) + float(not balance.whole) + faults,
        "signed_per_second": READ / took,
        "claim_p50_ms": float(np.percentile(claims, 50)),
        "claim_p99_ms": float(np.percentile(claims, 99)),
    }


#: Two claims of one study without the first one's end or expiry between them.
_OVERLAPPING = """
    SELECT count(*) FROM (
      SELECT action, lag(action) OVER (PARTITION BY subject ORDER BY at, chain, sequence) AS before
        FROM audit WHERE action IN ('study.claimed', 'claim.expired', 'study.released',
                                    'report.signed')) AS acts
     WHERE action = 'study.claimed' AND before = 'study.claimed'
"""


def _read_by(address: str, keys: Path, logins: list[str]) -> list[float]:
    """Claims of all stations in milliseconds; some are killed and come back."""

    def start(login: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "support_station", address, str(keys), login, str(LEASE)]
        return subprocess.Popen(command, cwd=SUPPORT, stdout=subprocess.PIPE, text=True)

    running = {login: start(login) for login in logins}
    told: list[str] = []
    for login in random.sample(logins, KILLS):
        time.sleep(0.5)
        victim = running[login]
        if victim.poll() is None:
            victim.send_signal(signal.SIGKILL)
        told += _lines(victim)
        running[login] = start(login)
    for child in running.values():
        told += _lines(child)
    return [float(line) for line in told]


def _lines(child: subprocess.Popen[str]) -> list[str]:
    out, _ = child.communicate(timeout=1800)
    return [line for line in out.splitlines() if line.replace(".", "", 1).isdigit()]


def _times(act: Callable[[], object], number: int) -> list[float]:
    taken = []
    for _ in range(number):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _bare(store: Store, address: str) -> dict[str, float]:
    """Claims of one connection: ours, and the least that a queue on PostgreSQL can do."""
    account = reader(store)
    studies = iter([store.add_object(arrival(f"bare{n}")).study_id for n in range(300)])
    ours = _times(lambda: store.claim(next(studies), account, "seat"), 300)
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("CREATE TABLE queue AS SELECT g AS id, 'waiting' AS state,"
                    " NULL::text AS reader FROM generate_series(1, 10000) AS g")  # fmt: skip
        raw.execute("CREATE INDEX ON queue (state, id)")
        bare = _times(lambda: raw.execute(_BARE), 300)
        raw.execute("DROP TABLE queue")
    return {
        "bare_claim_ms": float(np.median(bare)),
        "one_claim_ms": float(np.median(ours)),
        "times_bare_claim": float(np.median(bare) / np.median(ours)),
    }


_BARE = """
    UPDATE queue SET state = 'claimed', reader = 'li' WHERE id = (
      SELECT id FROM queue WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""


def _seen(store: Store, address: str, keys: Path) -> dict[str, float]:
    """From a commit to the other station's list, which waits for word and reads the row."""
    written: list[float] = []
    seen: list[float] = []
    with Store.open(address, keys=keys) as other:
        other.worklist()
        for number in range(100):
            counter, before = other.change_counter(), len(other.worklist().rows)

            def add(name: str = f"seen{number}") -> None:
                store.add_object(arrival(name))
                written.append(time.perf_counter())

            writer = threading.Timer(0.02, add)
            writer.start()
            while len(other.worklist().rows) == before:
                counter = other.wait_for_change(counter, 2.0)
            seen.append(time.perf_counter())
            writer.join()
    waits = [max(s - w, 0.0) * 1000 for s, w in zip(seen, written, strict=True)]
    return {
        "visible_p50_ms": float(np.percentile(waits, 50)),
        "visible_p99_ms": float(np.percentile(waits, 99)),
    }


def _history(store: Store, address: str) -> dict[str, float]:
    """A long past: most studies withdrawn, WAITING of them on the list."""
    model = store.add_object(arrival("model")).study_id
    store.save_screening(model, screening(Severity.REMARK))
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        raw.execute(_PATIENTS, {"last": STUDIES // 20})
        raw.execute(_PAST, {"last": STUDIES, "model": model, "patients": STUDIES // 20})
        raw.execute(_PRESENT, {"waiting": WAITING, "model": model})
        raw.execute("ANALYZE")
    ids = random.Random(1).sample(range(1_000_000, 1_000_000 + STUDIES), 200)
    past = [t for study in ids for t in _times(lambda s=study: store.earlier(s), 1)]
    store._known = None
    first = _times(store.worklist, 1)[0]
    again = _times(store.worklist, 30)
    account = reader(store, "one")
    free = [row.study.id for row in store.worklist().rows if row.claim is None]
    rows = []
    for study in free[:60]:
        store.claim(study, account, "seat")
        rows += _times(store.worklist, 1)
    return {
        "studies": float(STUDIES),
        "history_p50_ms": float(np.percentile(past, 50)),
        "history_ms": float(np.percentile(past, 99)),
        "list_ms": first,
        "list_unchanged_ms": float(np.median(again)),
        "row_ms": float(np.median(rows)),
    }


_PATIENTS = """
    INSERT INTO patient (id, name, sex, birth_date, created)
    SELECT 1000000 + g, '病人' || g, 'M', '1960-01-01', now() FROM generate_series(0, %(last)s) AS g
"""
_PAST = """
    INSERT INTO study (id, number, unit_code, study_key, kind, state, patient_id, patient, request,
        priority, arrived, due, screening_state, screening_id)
    SELECT 1000000 + g, 'p' || g, unit_code, 'p' || g, kind, 'reported',
        1000000 + g %% %(patients)s, patient, request, priority,
        arrived - g * interval '1 minute', due - g * interval '1 minute', screening_state,
        screening_id
    FROM study, generate_series(0, %(last)s) AS g WHERE study.id = %(model)s
"""
_PRESENT = """
    INSERT INTO study (id, number, unit_code, study_key, kind, state, patient_id, patient, request,
        priority, arrived, due, screening_state, screening_id)
    SELECT 100000000 + g, 'w' || g, unit_code, 'w' || g, kind, 'waiting', patient_id, patient,
        request, priority, arrived, due, screening_state, screening_id
    FROM study, generate_series(1, %(waiting)s) AS g WHERE study.id = %(model)s
"""
