"""Fifty stations on one PostgreSQL: nothing read twice, nothing lost, and how fast it is.

The server and the stations share this machine; fsync is on, and `fsync_p99_ms` is the disk's own.

A morning: `read` studies arrive, 50 stations in processes of their own claim, draft and sign them,
`real` of them with the real signature, the others by a stub through the same transaction; half of
the stations are killed at random and come back. `double_claims`, `double_signatures` and `lost` are
counted afterwards, `unsigned` is what is left.

A hub with a long past (`studies`): `list_ms` is 1,000 waiting rows first shown, `row_ms` the list
after another station changed one row, `history_ms` a patient's earlier studies, `search_*` a page
that is found by name or by number. `visible_*` is from a commit to its sight on another station,
`claim_*` what 50 stations wait for a claim at a quick reader's pace, one study every two seconds.
`times_bare_claim` compares one connection with an UPDATE … SKIP LOCKED written by hand, in turns.

An outage: the database is stopped amid reading for `outage_seconds`; `outage_lost` is what had been
written by then, or was written meanwhile, and cannot be found when it is back and signed for.

``FARLEAD_PARTS`` names the parts to run (``morning,hub,outage``); each prints its figures as it
ends. ``FARLEAD_STATIONS``, ``FARLEAD_READ``, ``FARLEAD_STUDIES`` and ``FARLEAD_OUTAGE`` change the
size. After ``FARLEAD_MINUTES`` (25) nothing more arrives in the morning, and `read` is smaller.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg

from farlead.access.demo_authority import DemoReader, make_demo_keys
from farlead.access.keys import Credential
from farlead.model.people import Role
from farlead.store import Store
from support_away import outage
from support_house import PIN, house_settings
from support_past import Arrivals, Past
from support_postgres import Server, running_server
from support_speed import both, flushes, in_turns, past_figures, seen_elsewhere, told
from support_station import Morning, lines, read_all, read_at_pace, started
from support_store import arrival, reader

STATIONS = int(os.environ.get("FARLEAD_STATIONS", "50"))
READ = int(os.environ.get("FARLEAD_READ", "20000"))
STUDIES = int(os.environ.get("FARLEAD_STUDIES", "1000000"))
OUTAGE = float(os.environ.get("FARLEAD_OUTAGE", "60"))
MINUTES = float(os.environ.get("FARLEAD_MINUTES", "25"))
PARTS = os.environ.get("FARLEAD_PARTS", "morning,hub,outage").split(",")
WAITING, LEASE, REAL = 1000, 30.0, 100
PACE, TIMES = 2.0, 25
SAFE = {
    "fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB", "max_wal_size": "8GB",
}  # fmt: skip


def run() -> dict[str, float]:
    """The morning, the hub with a long past, the outage."""
    parts: dict[str, Callable[[Server, Path], dict[str, float]]] = {
        "morning": _morning, "hub": _hub, "outage": _outage,
    }  # fmt: skip
    with running_server(SAFE) as server, tempfile.TemporaryDirectory() as folder:
        found = {"stations": float(STATIONS), **both("fsync", flushes(server.folder, 200))}
        told("disk", found)
        for name in PARTS:
            began = time.perf_counter()
            figures = parts[name](server, Path(folder) / name)
            figures |= {f"{name}_took_s": time.perf_counter() - began}
            told(name, figures)
            found |= figures
        return found


def _outage(server: Server, folder: Path) -> dict[str, float]:
    return outage(server, folder, OUTAGE)


@contextmanager
def _house(server: Server, folder: Path, real: int) -> Iterator[tuple[Morning, Store, list[str]]]:
    """A store with readers who can sign."""
    address = server.address(server.fresh())
    settings = house_settings(folder).model_copy(update={"database": address})
    people = [DemoReader(f"reader{n}", f"医师{n}") for n in range(STATIONS)]
    files = make_demo_keys(settings, people)
    morning = Morning(address, settings, LEASE, real)
    with morning.open() as store:
        for person in people:
            fingerprint = Credential.from_pkcs12(files[person.login], PIN).fingerprint
            store.add_account(person.login, person.name, Role.READER, certificate=fingerprint)
        yield morning, store, [person.login for person in people]


def _morning(server: Server, folder: Path) -> dict[str, float]:
    with _house(server, folder, REAL) as (morning, store, logins):
        arrivals = Arrivals(store, str(morning.where))
        began = time.perf_counter()
        killed = _work(morning, logins, arrivals)
        took = time.perf_counter() - began
        told = [morning.told(login) for login in logins]
        return {
            "read": float(arrivals.brought),
            "morning_load": os.getloadavg()[0],
            "killed": float(killed),
            "real": float(sum(len(lines(file, "real")) for file in told)),
            "signed_per_second": arrivals.brought / took,
            **both("morning_claim", [ms for file in told for ms in lines(file, "claim")]),
            **_counted(str(morning.where), arrivals.brought),
            "faults": float(len(store.check()) + len(store.verify_audit())),
            "balanced": float(store.balance().whole),
        }


def _work(morning: Morning, logins: list[str], arrivals: Arrivals) -> int:
    """Stations work until all is read; half of them are killed once, and come back."""
    arrivals.bring(min(WAITING, READ) - 1)
    began, wanted = time.monotonic(), READ
    running = {login: started(read_all, morning, login) for login in logins}
    victims, killed = random.sample(logins, STATIONS // 2), 0
    while arrivals.brought < wanted or (victims and arrivals.waiting()):
        time.sleep(1)
        if time.monotonic() - began > MINUTES * 60:
            wanted = arrivals.brought
        if arrivals.brought < wanted and arrivals.waiting() < WAITING // 2:
            arrivals.bring(min(WAITING // 2, wanted - arrivals.brought))
        if victims and any(lines(morning.told(login), "claim") for login in victims[-1:]):
            victim = victims.pop()
            killed += running[victim].is_alive()
            running[victim].kill()
            running[victim].join()
            running[victim] = started(read_all, morning, victim)
    morning.all_in.touch()
    for process in running.values():
        process.join()
    return killed


#: Two claims of one study without the first one's end or expiry between them; two signatures;
#: studies without a final report; signatures that a station was told of and that are not there.
_COUNTED = {
    "double_claims": """
        SELECT count(*) FROM (
          SELECT action, lag(action) OVER (PARTITION BY subject ORDER BY at, chain, sequence)
                 AS before FROM audit
           WHERE action IN ('study.claimed', 'claim.expired', 'study.released', 'report.signed')
        ) AS acts
         WHERE action = 'study.claimed' AND before = 'study.claimed'""",
    "double_signatures": """
        SELECT (SELECT count(*) FROM (SELECT 1 FROM audit WHERE action = 'report.signed'
                 GROUP BY subject HAVING count(*) > 1) AS t)
             + (SELECT count(*) FROM (SELECT 1 FROM report WHERE state <> 'draft'
                 GROUP BY study_id HAVING count(*) > 1) AS u)""",
    "unsigned": """
        SELECT count(*) FROM study WHERE state <> 'reported' OR NOT EXISTS
          (SELECT FROM report WHERE study_id = study.id AND state = 'final')""",
    "arrived": "SELECT count(*) FROM study",
}


def _counted(address: str, brought: int) -> dict[str, float]:
    with psycopg.connect(address) as raw:
        found = {key: _number(raw, sql) for key, sql in _COUNTED.items()}
    found["lost"] = brought - found.pop("arrived") + found["unsigned"]
    return found


def _number(raw: psycopg.Connection[tuple[int]], sql: str) -> float:
    row = raw.execute(sql.encode()).fetchone()
    return float(row[0]) if row else -1.0


def _hub(server: Server, folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    with _house(server, folder, 0) as (morning, store, logins):
        past = Past(store, str(morning.where), STUDIES)
        past.wait(WAITING)
        with morning.open() as other:
            found = {"studies": float(STUDIES), "fill_s": time.perf_counter() - began}
            found |= past_figures(store, other, past, reader(store, "one"))
            found |= seen_elsewhere(store, other)
            found |= {"past_load": os.getloadavg()[0]}
        told("the past", found)
        found |= _bare(store, str(morning.where))
        return found | _at_pace(morning, past, logins)


def _at_pace(morning: Morning, past: Past, logins: list[str]) -> dict[str, float]:
    past.wait(STATIONS * (TIMES + 2))
    running = [started(read_at_pace, morning, login, PACE, TIMES) for login in logins]
    told = [morning.told(login) for login in logins]
    while not all(file.exists() and "ready" in file.read_text("utf-8") for file in told):
        time.sleep(0.2)
    morning.begun.touch()
    for process in running:
        process.join()
    claims = [ms for file in told for ms in lines(file, "claim")]
    load = os.getloadavg()[0]
    return {"paced_claims": float(len(claims)), "load": load, **both("claim", claims)}


def _bare(store: Store, address: str) -> dict[str, float]:
    """Claims of one connection: ours, and the least that a queue on PostgreSQL can do."""
    account = reader(store, "bare")
    studies = iter([store.add_object(arrival(f"bare{n}")).study_id for n in range(420)])
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("CREATE TABLE queue AS SELECT g AS id, 'waiting' AS state,"
                    " NULL::text AS reader FROM generate_series(1, 10000) AS g")  # fmt: skip
        raw.execute("CREATE INDEX ON queue (state, id)")
        ours, bare = in_turns(
            lambda: store.claim(next(studies), account, "seat"), lambda: raw.execute(_BARE), 400
        )
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
