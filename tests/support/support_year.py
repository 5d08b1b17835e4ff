"""A year of a consortium in a SQLite store: made by SQL, with what the day's figures are made of.

The guards of the store are taken off while the past is written and put back as they were.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from farlead.model.people import Unit
from farlead.store import Store
from support_store import reader, report_one

#: Share of a day's studies that arrives in each hour.
_HOURS = (
    1,
    1,
    0.5,
    0.5,
    0.7,
    1.2,
    2.5,
    6,
    12,
    14,
    12,
    8,
    4,
    5,
    8,
    10,
    8,
    6,
    4,
    3,
    2.5,
    2,
    1.6,
    1.2,
)


@contextmanager
def unguarded(file: Path) -> Iterator[sqlite3.Connection]:
    """The file without its triggers, which are there again afterwards."""
    raw = sqlite3.connect(file, isolation_level=None)
    try:
        found = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("BEGIN IMMEDIATE")
        for name, _ in found:
            raw.execute(f'DROP TRIGGER "{name}"')
        yield raw
        for _, sql in found:
            raw.execute(sql)
        raw.execute("COMMIT")
    finally:
        raw.close()


def fill(
    store: Store, file: Path, end: datetime, studies: int, *, days: int = 365, units: int = 200
) -> None:
    """Reported studies over the days before `end`, in the day's usual shape."""
    for number in range(units):
        store.add_unit(Unit(f"u{number + 1}", f"示例 {number + 1:03d} 卫生院"))
    people = [reader(store, f"reader{number}") for number in range(24)]
    report_one(store, "model", people[0])
    generator = random.Random(7)
    with unguarded(file) as raw:
        model = raw.execute("SELECT * FROM study").fetchone()
        names = [column[1] for column in raw.execute("PRAGMA table_info(study)")]
        written = raw.execute("SELECT * FROM report").fetchone()
        report = [column[1] for column in raw.execute("PRAGMA table_info(report)")]
        _write(raw, "study", names, _studies(model, names, generator, end, studies, days, units))
        _write(raw, "report", report, _reports(raw, written, report, generator, people))
        _deliveries(raw)
        _trail(raw)
        _retakes(raw, people[0].id)
        _cases(raw, people[0].id)
        raw.execute("ANALYZE")


def _studies(
    model: tuple[object, ...], names: list[str], generator: random.Random, end: datetime,
    studies: int, days: int, units: int,
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    row = dict(zip(names, model, strict=True))
    for number in range(studies):
        back = days - number * days / studies
        day = (end - timedelta(days=back)).astimezone().replace(hour=0, minute=0, second=0)
        (hour,) = generator.choices(range(24), _HOURS)
        at = day + timedelta(seconds=hour * 3600 + generator.random() * 3600)
        at = min(at, end - timedelta(seconds=generator.random() * 900 + 60)).astimezone(UTC)
        row |= {
            "id": 1_000_000 + number, "number": f"y{number}", "study_key": f"y{number}",
            "unit_code": f"u{int(generator.betavariate(1.2, 3) * units) + 1}",
            "arrived": _time(at), "due": _time(at + timedelta(minutes=30)),
            "priority": int(generator.random() < 0.2), "state": "reported",
        }  # fmt: skip
        yield tuple(row.values())


def _reports(
    raw: sqlite3.Connection, model: tuple[object, ...], names: list[str],
    generator: random.Random, people: list,
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    row = dict(zip(names, model, strict=True))
    drafts = [
        str(row["draft"]).replace('"decisions":{}', f'"decisions":{{"{rule}":"{said}"}}')
        for rule in ("af", "lbbb", "st_elevation", "long_qt")
        for said in ("accepted", "accepted", "rejected")
    ]
    found = raw.execute("SELECT id, arrived, priority FROM study WHERE id >= 1000000").fetchall()
    for study, arrived, priority in found:
        took = generator.lognormvariate(5.6 if priority else 6.7, 0.6)
        signed = datetime.fromisoformat(arrived) + timedelta(seconds=took)
        row |= {
            "id": study, "study_id": study, "signed": _time(signed), "saved": _time(signed),
            "signer_id": people[study % len(people)].id, "draft": drafts[study % len(drafts)],
        }  # fmt: skip
        yield tuple(row.values())


def _write(
    raw: sqlite3.Connection, table: str, names: list[str], rows: Iterator[tuple[object, ...]]
) -> None:
    places = ", ".join("?" * len(names))
    raw.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - names of ours


def _deliveries(raw: sqlite3.Connection) -> None:
    raw.execute(
        "INSERT INTO delivery (id, report_id, study_id, destination, identifier, state, attempts,"
        " created, changed, confirmed) SELECT r.id, r.id, r.study_id, s.unit_code, 'y' || r.id,"
        " 'confirmed', 1, r.signed, r.signed, r.signed FROM report r"
        " JOIN study s ON s.id = r.study_id WHERE r.id >= 1000000"
    )


def _trail(raw: sqlite3.Connection) -> None:
    """Arrivals in a chain of the trail, so that the balance is whole; its hashes are empty."""
    raw.execute(
        "INSERT INTO audit_chain SELECT 'year', min(arrived), max(id), '' FROM study"
        " WHERE id >= 1000000"
    )
    raw.execute(
        "INSERT INTO audit (chain, sequence, at, actor, action, subject, detail, previous, hash)"
        " SELECT 'year', id, arrived, 'service:intake', 'study.arrived', 'study:' || id, '{}', '',"
        " '' FROM study WHERE id >= 1000000"
    )


def _retakes(raw: sqlite3.Connection, account: int) -> None:
    raw.execute(
        "INSERT INTO retake (study_id, account_id, identifier, reason, hint, asked)"
        " SELECT id, ?, 'y' || id, 'noise', '', arrived FROM study WHERE id >= 1000000"
        " AND id % 40 = 0",
        (account,),
    )


def _cases(raw: sqlite3.Connection, account: int) -> None:
    raw.execute(
        "INSERT INTO critical_case (study_id, state, since, seen, seen_by, opened, opened_by,"
        " closed, closed_by)"
        " SELECT id, 'told', arrived, datetime(arrived, '+60 seconds'), ?,"
        " datetime(arrived, '+90 seconds'), ?,"
        " datetime(arrived, '+240 seconds'), ? FROM study WHERE id >= 1000000 AND id % 100 = 0",
        (account, account, account),
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
