"""The audit trail: what was altered, removed or reordered behind the triggers is found."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from farlead.store import Store
from support_store import FakeClock, reader, report_one

Tamper = Callable[[sqlite3.Connection], object]


def _sql(*statements: str) -> Tamper:
    def run(raw: sqlite3.Connection) -> None:
        for statement in statements:
            raw.execute(statement)

    return run


@pytest.fixture
def file(tmp_path: Path, clock: FakeClock) -> Path:
    """Two sessions that wrote, with a mark between them."""
    file = tmp_path / "farlead.db"
    with Store.open(file, clock=clock) as one:
        report_one(one, "a", reader(one))
        one.mark_audit()
        clock.advance(seconds=1)
        with Store.open(file, clock=clock) as two:
            report_one(two, "b", reader(two, "wang"))
            assert two.verify_audit() == []
    return file


def _chains(raw: sqlite3.Connection) -> list[str]:
    return [row[0] for row in raw.execute("SELECT id FROM audit_chain ORDER BY opened")]


def _remove_chain(raw: sqlite3.Connection, place: int) -> None:
    chain = _chains(raw)[place]
    raw.execute("DELETE FROM audit WHERE chain = ?", (chain,))
    raw.execute("DELETE FROM audit_chain WHERE id = ?", (chain,))


TAMPERED: dict[str, tuple[Tamper, set[str]]] = {
    "actor": (_sql("UPDATE audit SET actor = 'x' WHERE sequence = 3"), {"audit_altered"}),
    "time": (
        _sql("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE sequence = 2"),
        {"audit_altered"},
    ),
    "detail": (
        _sql("UPDATE audit SET detail = 'no json' WHERE sequence = 2"),
        {"audit_altered"},
    ),
    "removed": (_sql("DELETE FROM audit WHERE sequence = 3"), {"audit_gap"}),
    "cut": (_sql("DELETE FROM audit WHERE sequence >= 4"), {"audit_cut"}),
    "cut with its head": (
        _sql(
            "DELETE FROM audit WHERE sequence >= 4",
            "UPDATE audit_chain SET sequence = 3, hash = (SELECT hash FROM audit"
            " WHERE chain = audit_chain.id AND sequence = 3)",
        ),
        {"audit_mark", "audit_tie"},
    ),
    "reordered": (
        _sql(
            "UPDATE audit SET sequence = -1 WHERE sequence = 2",
            "UPDATE audit SET sequence = 2 WHERE sequence = 3",
            "UPDATE audit SET sequence = 3 WHERE sequence = -1",
        ),
        {"audit_altered", "audit_order"},
    ),
    "head": (_sql("UPDATE audit_chain SET hash = 'x'"), {"audit_cut"}),
    "all entries": (_sql("DELETE FROM audit"), {"audit_headless", "audit_mark"}),
    "first chain": (lambda raw: _remove_chain(raw, 0), {"audit_mark", "audit_tie"}),
}


@pytest.mark.parametrize("how", sorted(TAMPERED))
def test_tampering_is_found(file: Path, how: str) -> None:
    tamper, expected = TAMPERED[how]
    raw = sqlite3.connect(file, isolation_level=None)
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    tamper(raw)
    for _, sql in triggers:  # somebody who knows what he does puts them back
        raw.execute(sql)
    raw.close()
    with Store.open(file) as store:
        found = store.verify_audit()
    assert expected <= {told.id.removeprefix("store.") for told in found}
    for told in found:
        assert told.text("zh")
        assert told.text("en")


def test_what_was_refused_leaves_no_entry(store: Store) -> None:
    li = reader(store)
    study = report_one(store, "a", li)
    before = store.trail(f"study:{study}")
    with pytest.raises(Exception, match="cannot be claimed"):
        store.claim(study, li, "seat")
    assert store.trail(f"study:{study}") == before
    assert [entry.action for entry in before] == [
        "study.arrived",
        "object.stored",
        "study.claimed",
        "draft.begun",
        "report.signed",
    ]


def test_the_trail_holds_no_patient_data(file: Path) -> None:
    raw = sqlite3.connect(file)
    rows = raw.execute("SELECT actor, subject, detail FROM audit").fetchall()
    raw.close()
    assert rows
    assert not any("病人" in "".join(row) for row in rows)


def test_a_lost_study_upsets_the_balance(file: Path) -> None:
    raw = sqlite3.connect(file, isolation_level=None)
    names = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in names:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("DELETE FROM study WHERE id = 1")
    for _, sql in names:
        raw.execute(sql)
    raw.close()
    with Store.open(file) as store:
        assert not store.balance().whole
        assert {told.id for told in store.check()} >= {"store.unbalanced", "store.damaged"}
