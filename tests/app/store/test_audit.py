"""The audit trail: what was altered, removed or reordered behind the triggers is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from farlead.store import Store
from farlead.store.sqlite import triggers
from support_places import SQLITE, Place, Raw
from support_store import FakeClock, reader, report_one

Tamper = Callable[[Raw], object]


def _sql(*statements: str) -> Tamper:
    def run(raw: Raw) -> None:
        for statement in statements:
            raw.execute(statement)

    return run


@pytest.fixture
def written(place: Place, clock: FakeClock) -> Place:
    """Two sessions that wrote, with a mark between them."""
    with place.open(clock) as one:
        report_one(one, "a", reader(one))
        one.mark_audit()
        clock.advance(seconds=1)
        with place.open(clock) as two:
            report_one(two, "b", reader(two, "wang"))
            assert two.verify_audit() == []
    return place


@contextmanager
def _unguarded(place: Place) -> Iterator[Raw]:
    """Somebody who owns the database, and knows how to put its triggers back."""
    with place.raw() as raw:
        if place.kind != SQLITE:
            raw.execute("SET session_replication_role = replica")  # no trigger fires
            yield raw
            return
        for name in triggers():
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for sql in triggers().values():
            raw.execute(sql)


def _chains(raw: Raw) -> list[str]:
    return [row[0] for row in raw.execute("SELECT id FROM audit_chain ORDER BY opened")]


def _remove_chain(raw: Raw, place: int) -> None:
    chain = _chains(raw)[place]
    raw.execute(f"DELETE FROM audit WHERE chain = '{chain}'")  # noqa: S608 - tables of ours
    raw.execute(f"DELETE FROM audit_chain WHERE id = '{chain}'")  # noqa: S608 - tables of ours


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
def test_tampering_is_found(written: Place, how: str) -> None:
    tamper, expected = TAMPERED[how]
    with _unguarded(written) as raw:
        tamper(raw)
    with written.open() as store:
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


def test_the_trail_holds_no_patient_data(written: Place) -> None:
    with written.raw() as raw:
        rows = raw.execute("SELECT actor, subject, detail FROM audit").fetchall()
    assert rows
    assert not any("病人" in "".join(row) for row in rows)


def test_a_lost_study_upsets_the_balance(written: Place) -> None:
    with _unguarded(written) as raw:
        raw.execute("DELETE FROM study WHERE id = 1")
    with written.open() as store:
        assert not store.balance().whole
        assert {told.id for told in store.check()} >= {"store.unbalanced", "store.damaged"}
