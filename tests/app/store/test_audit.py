"""The audit trail: what was altered, removed or reordered behind the triggers is found."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from farlead.errors import StoreError
from farlead.services import ClaimService, copy_trail, mark_trail, verify_trail
from farlead.settings import AuditSettings, Settings
from farlead.store import Store
from farlead.store.sqlite import triggers
from support_places import SQLITE, Place, Raw
from support_store import FakeClock, arrival, reader, report_one

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


# Marks that are signed and copied out


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(folder=tmp_path / "house")


@pytest.fixture
def marked(place: Place, clock: FakeClock, settings: Settings) -> Place:
    """Two marks, copied out, with a report before each."""
    with place.open(clock) as store:
        for name in ("a", "b"):
            report_one(store, name, reader(store))
            mark_trail(settings, store)
            copy_trail(settings, store)
            clock.advance(hours=1)
        assert verify_trail(settings, store) == []
    return place


def _found(place: Place, settings: Settings) -> set[str]:
    with place.open() as store:
        return {told.id for told in verify_trail(settings, store)}


def test_a_trail_that_was_written_anew_as_a_whole_is_found_by_the_copy(
    marked: Place, settings: Settings, tmp_path: Path
) -> None:
    with _unguarded(marked) as raw:
        for table in ("audit_mark", "audit", "audit_chain"):
            raw.execute(f"DELETE FROM {table}")  # noqa: S608 - tables of ours
    with marked.open() as store:
        report_one(store, "c", reader(store))
        mark_trail(Settings(folder=tmp_path / "elsewhere"), store)
        assert store.verify_audit() == []  # what is left fits together
    assert _found(marked, settings) >= {"trail.mark_gone", "store.audit_mark"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_mark SET heads = '{}' WHERE id = 2",
        "UPDATE audit_mark SET signature = NULL WHERE id = 2",
        "UPDATE audit_mark SET signature = 'ed25519:00:00' WHERE id = 2",
        "DELETE FROM audit_mark WHERE id = 1",
    ],
)
def test_a_mark_that_nobody_signed_so_is_found_without_the_copy(
    marked: Place, settings: Settings, sql: str
) -> None:
    settings.audit_copy.unlink()
    with _unguarded(marked) as raw:
        raw.execute(sql)
    assert _found(marked, settings) == {"trail.mark_forged"}


def test_a_mark_holds_only_what_has_grown(marked: Place, clock: FakeClock) -> None:
    with marked.raw() as raw:
        (chain,) = _chains(raw)
    with marked.open(clock) as store:
        for _ in range(2):
            clock.advance(hours=2)
            store.mark_audit()
        last = store.audit_marks()[-1]
    assert chain not in last.heads


def test_a_copy_that_a_crash_cut_short_is_gone_on_with(marked: Place, settings: Settings) -> None:
    copy = settings.audit_copy
    copy.write_bytes(copy.read_bytes()[:-5])
    with marked.open() as store:
        copy_trail(settings, store)
        assert verify_trail(settings, store) == []
    assert len(copy.read_text("utf-8").splitlines()) == 2


def test_a_copy_that_cannot_be_written_is_said_and_holds_no_claim_up(
    store: Store, clock: FakeClock, settings: Settings
) -> None:
    settings.folder.mkdir()
    (settings.folder / "audit").write_text("a file where the folder should be")
    study = store.add_object(arrival("a")).study_id
    service = ClaimService(settings, store, clock)
    store.claim(study, reader(store), "seat")
    clock.advance(hours=1)
    with pytest.raises(StoreError, match="marks are not copied"):
        service.run_once()
    assert store.claim(study, reader(store, "wang"), "seat").study == study  # it was free


def test_marks_are_told_to_a_syslog(store: Store, clock: FakeClock, settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(10)
        to = AuditSettings(syslog=f"127.0.0.1:{heard.getsockname()[1]}")
        report_one(store, "a", reader(store))
        ClaimService(settings.model_copy(update={"audit": to}), store, clock).run_once()
        (mark,) = store.audit_marks()
        assert mark.signature in heard.recv(65536).decode()
