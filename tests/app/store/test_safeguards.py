"""What the database itself refuses, and that a missing safeguard stops the program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from farlead.errors import SchemaMismatch, StoreError
from farlead.model.archived import Archived
from farlead.model.outage import KeptDraft
from farlead.model.study import Severity
from farlead.store import Store, case_guards, order_guards, review_guards
from farlead.store.guards import KEPT, guards
from support_places import POSTGRES, REFUSALS, SQLITE, Place, Raw
from support_store import FakeClock, arrival, draft, reader, report_one, screening


@pytest.fixture(scope="module")
def filled(nowhere: Callable[[str], Place]) -> Callable[[str], Place]:
    """A closed store with one reported, one claimed and one waiting study, of each kind."""

    @cache
    def make(kind: str) -> Place:
        place = nowhere(kind)
        with place.open(FakeClock()) as store:
            li = reader(store)
            report_one(store, "a", li)
            (due,) = store.due_deliveries(1)
            store.begin_delivery(due.id)
            store.put_blob("0" * 64, iter([b"bytes"]))
            store.note_archived(Archived("1" * 64, "hub", "1.2", "1.2.3", "1.2.3.4", 5))
            claimed = store.add_object(arrival("b")).study_id
            claim = store.claim(claimed, li, "seat")
            store.save_draft(claim, draft())
            written = KeptDraft(claimed, "b", claim, draft(), draft(), store.now())
            store.offer(written, li, "seat")
            waiting = store.add_object(arrival("c")).study_id
            store.save_screening(waiting, screening(Severity.REMARK))
            store.mark_audit()
        return place

    return make


@pytest.fixture
def place(kind: str, filled: Callable[[str], Place], tmp_path: Path) -> Iterator[Place]:
    with filled(kind).copied(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(
    filled: Callable[[str], Place], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Place]:
    """One copy of each kind, for tests that leave it as it was."""

    @cache
    def make(kind: str) -> Place:
        return filled(kind).copy(tmp_path_factory.mktemp("shared"))

    return make


@pytest.fixture
def raw(place: Place) -> Iterator[Raw]:
    """The same store under the hands of somebody with a SQL client."""
    with place.raw() as client:
        yield client


@contextmanager
def _without_trigger(place: Place, name: str) -> Iterator[None]:
    """It is dropped, and made again as it was."""
    with place.raw() as raw:
        if place.kind == SQLITE:
            where, said = "", "SELECT sql FROM sqlite_master WHERE name = "
        else:
            where = f" ON {_table_of(name)}"
            said = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = "
        (made,) = raw.execute(f"{said} '{name}'").fetchone()
        raw.execute(f"DROP TRIGGER {name}{where}")
        yield
        raw.execute(made)


def _table_of(name: str) -> str:
    return next(guard.table for guard in guards() if guard.name == name)


FORBIDDEN = {
    "report_signed_fixed": [
        "UPDATE report SET draft = '{}' WHERE state = 'final'",
        "UPDATE report SET pdf_sha256 = 'x' WHERE state = 'final'",
        "UPDATE report SET author_id = 99, reason = 'x' WHERE state = 'final'",
    ],
    "report_step": [
        "UPDATE report SET state = 'draft', pdf_sha256 = NULL, signed = NULL, signer_id = NULL,"
        " content = NULL WHERE state = 'final'",
        "UPDATE report SET state = 'final', pdf_sha256 = 'x', signed = saved, signer_id = 1,"
        " content = '' WHERE state = 'draft'",
    ],
    "report_born": [
        "INSERT INTO report (study_id, version, state, author_id, draft, fencing, saved)"
        " VALUES (3, 1, 'final', 1, '{}', 0, '2026-11-22')"
    ],
    "report_kept": ["DELETE FROM report"],
    "report_not_replaced": [
        "INSERT OR REPLACE INTO report (id, study_id, version, state, author_id, draft, fencing,"
        " saved) VALUES (1, 1, 1, 'draft', 1, '{}', 1, '2026-11-22')"
    ],
    "report_of_its_study": ["UPDATE report SET study_id = 3 WHERE state = 'draft'"],
    "report_outdated_hand": ["UPDATE report SET draft = '{}', fencing = 0 WHERE state = 'draft'"],
    "report_not_ahead_update": ["UPDATE report SET fencing = 99 WHERE state = 'draft'"],
    "report_not_ahead_insert": [
        "INSERT INTO report (study_id, version, state, author_id, draft, fencing, saved)"
        " VALUES (3, 1, 'draft', 1, '{}', 1, '2026-11-22')"
    ],
    "report_superseded_by": ["UPDATE report SET state = 'superseded' WHERE state = 'final'"],
    "study_reported_by_report": ["UPDATE study SET state = 'reported' WHERE state = 'claimed'"],
    "study_ends_because": [
        "UPDATE study SET state = 'withdrawn' WHERE state = 'waiting'",
        "UPDATE study SET state = 'retake_requested', reason = ' ' WHERE state = 'claimed'",
    ],
    "skip_fixed": ["UPDATE skip SET reason = 'x'"],
    "retake_ended_once": [
        "UPDATE retake SET reason = 'x'",
        "UPDATE retake SET ended = NULL, outcome = NULL",
    ],
    "account_login_fixed": ["UPDATE account SET login = 'x'"],
    "study_step": [
        "UPDATE study SET state = 'waiting' WHERE state = 'reported'",
        "UPDATE study SET state = 'checked', reserved_by = 1 WHERE state = 'waiting'",
        "UPDATE study SET state = 'quarantined', quarantine = '{}' WHERE state = 'waiting'",
    ],
    "study_kept": ["DELETE FROM study WHERE id = 3"],
    "study_fencing_grows": [
        "UPDATE study SET fencing = fencing - 1 WHERE state = 'claimed'",
        "UPDATE study SET fencing = fencing + 2 WHERE state = 'claimed'",
    ],
    "study_claimed_by_somebody": ["UPDATE study SET state = 'claimed' WHERE state = 'waiting'"],
    "study_identity_fixed": [
        "UPDATE study SET arrived = '2020-01-01' WHERE id = 3",
        "UPDATE study SET number = 'x' WHERE id = 3",
    ],
    "study_priority_grows": ["UPDATE study SET priority = -1"],
    "claim_ends_with_state": ["DELETE FROM claim"],
    "claim_fencing_update": ["UPDATE claim SET fencing = fencing + 1"],
    "claim_fencing_insert": [
        "INSERT INTO claim VALUES (3, 1, 'seat', 7, '2026-11-22', '2026-11-23')"
    ],
    "delivery_step": [
        "UPDATE delivery SET state = 'confirmed', confirmed = '2026-11-22' WHERE state = 'due'",
        "UPDATE delivery SET state = 'neither'",
    ],
    "delivery_kept": ["DELETE FROM delivery"],
    "delivery_identifier_fixed": ["UPDATE delivery SET identifier = 'other'"],
    "delivery_of_final": [
        "INSERT INTO delivery (report_id, study_id, destination, identifier, state, created,"
        " changed) SELECT id, study_id, 'u2', 'i', 'due', saved, saved FROM report"
        " WHERE state = 'draft'"
    ],
    "delivery_event_fixed": ["UPDATE delivery_event SET state = 'confirmed'"],
    "delivery_event_kept": ["DELETE FROM delivery_event"],
    "blob_fixed": ["UPDATE blob SET created = '2020-01-01'"],
    "blob_kept": ["DELETE FROM blob"],
    "archived_object_fixed": [
        "UPDATE archived_object SET archive = 'other'",
        "UPDATE archived_object SET sop_instance_uid = '1.9'",
    ],
    "archived_object_kept": ["DELETE FROM archived_object"],
    "offered_fixed": ["UPDATE offered SET draft = '{}'"],
    "offered_kept": ["DELETE FROM offered"],
    "blob_piece_fixed": ["UPDATE blob_piece SET data = data"],
    "blob_piece_kept": ["DELETE FROM blob_piece"],
    "retake_kept": ["DELETE FROM retake"],
    "study_object_fixed": ["UPDATE study_object SET sha256 = 'x'"],
    "study_object_kept": ["DELETE FROM study_object"],
    "screening_fixed": ["UPDATE screening SET result = '{}'"],
    "screening_kept": ["DELETE FROM screening"],
    "screening_finding_fixed": ["UPDATE screening_finding SET code = 'x'"],
    "screening_finding_kept": ["DELETE FROM screening_finding"],
    "study_word_fixed": ["UPDATE study_word SET word = 'x'"],
    "study_word_kept": ["DELETE FROM study_word"],
    "report_finding_fixed": ["UPDATE report_finding SET code = 'x'"],
    "report_finding_kept": ["DELETE FROM report_finding"],
    "report_finding_said": [
        "INSERT INTO report_finding SELECT 'x', id FROM report WHERE state = 'final'",
        "INSERT INTO report_finding SELECT 'x', id FROM report WHERE state = 'draft'",
    ],
    "audit_fixed": ["UPDATE audit SET actor = 'nobody'"],
    "audit_kept": ["DELETE FROM audit", "DELETE FROM audit WHERE sequence = 3"],
    "audit_in_sequence": [
        "INSERT INTO audit SELECT chain, sequence + 1000, at, actor, action, subject, detail,"
        " previous, hash FROM audit WHERE sequence = 1",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE sequence = 2",
    ],
    "audit_chain_grows": ["UPDATE audit_chain SET sequence = 1"],
    "audit_chain_kept": ["DELETE FROM audit_chain"],
    "audit_mark_fixed": ["UPDATE audit_mark SET heads = '{}'"],
    "audit_mark_kept": ["DELETE FROM audit_mark"],
}


#: Rows that some of them need and the store above has not.
_ROWS = {
    "retake_": "INSERT INTO retake (study_id, account_id, identifier, reason, hint, asked, ended,"
    " outcome) VALUES (3, 1, '2.25.1', 'r', 'h', '2026-11-22', '2026-11-23', 'recalled')",
    "skip_": "INSERT INTO skip (study_id, account_id, reason, at) VALUES (3, 1, 'r', '2026-11-22')",
}


@pytest.mark.parametrize(
    ("trigger", "sql"), [(name, sql) for name, sqls in FORBIDDEN.items() for sql in sqls]
)
def test_the_database_refuses(undone: Raw, kind: str, trigger: str, sql: str) -> None:
    if "OR REPLACE" in sql and kind == POSTGRES:
        return  # SQLite's own word; elsewhere it is no statement at all
    if trigger == "audit_in_sequence" and kind == POSTGRES:
        return  # tried below: there the database sets sequence and hash itself
    if trigger == "delivery_step" and "'due'" in sql:
        undone.execute("UPDATE delivery SET state = 'due'")
    for beginning, row in _ROWS.items():
        if trigger.startswith(beginning):
            undone.execute(row)
    with pytest.raises(REFUSALS, match=trigger):
        undone.execute(sql)


@pytest.mark.parametrize("kind", [POSTGRES])
@pytest.mark.parametrize(
    "sql", [sql for sql in FORBIDDEN["audit_in_sequence"] if "OR REPLACE" not in sql]
)
def test_what_is_put_into_the_trail_becomes_its_next_entry(
    place: Place, raw: Raw, sql: str
) -> None:
    raw.execute(sql)
    with place.open() as store:
        assert store.verify_audit() == []


CONSTRAINTS = {
    "(?i)unique": [
        "INSERT INTO study_object (study_id, unit_code, object_key, sha256, size, digest,"
        " file_name, received) SELECT study_id, unit_code, object_key, sha256, size, digest,"
        " file_name, received FROM study_object",
        "INSERT INTO claim SELECT * FROM claim",
        "INSERT INTO delivery (report_id, study_id, destination, identifier, state, created,"
        " changed) SELECT report_id, study_id, destination, 'new', 'due', created, changed"
        " FROM delivery",
        "INSERT INTO report (study_id, version, state, author_id, draft, fencing, saved)"
        " SELECT study_id, 9, 'draft', 1, '{}', 1, saved FROM report WHERE state = 'draft'",
    ],
    "(?i)check": [
        "UPDATE report SET pdf_sha256 = 'x' WHERE state = 'draft'",
        "UPDATE delivery SET confirmed = '2026-11-22'",
        "UPDATE study SET screening_state = 'perhaps'",
        "UPDATE archived_object SET trouble = 'perhaps'",
    ],
}


@pytest.mark.parametrize(
    ("named", "sql"), [(kind, sql) for kind, sqls in CONSTRAINTS.items() for sql in sqls]
)
def test_constraints_hold(undone: Raw, named: str, sql: str) -> None:
    with pytest.raises(REFUSALS, match=named):
        undone.execute(sql)


def test_every_trigger_is_tried_above() -> None:
    born = {"study_born", "delivery_born", "void_report_kept", "void_report_fixed"}
    there = (case_guards, order_guards, review_guards)  # tried where they are
    tables = {table for each in there for table in (*each.KEPT, *each.FIXED)}
    reviews = {name for name, *_ in review_guards.review_guards()}
    here = {guard.name for guard in guards() if guard.table not in tables} - reviews
    assert here - born - {"report_sent_back_kept"} == set(FORBIDDEN)


def test_the_rest_of_them(raw: Raw) -> None:
    raw.execute(
        "INSERT INTO void_report (study_id, pdf_sha256, reason, made)"
        " VALUES (1, 'x', '{}', '2026-11-22')"
    )
    for sql in (
        "UPDATE void_report SET reason = ''",
        "DELETE FROM void_report",
        "INSERT INTO delivery (report_id, study_id, destination, identifier, state, created,"
        " changed, confirmed) SELECT report_id, study_id, 'b', 'b', 'confirmed', created,"
        " changed, created FROM delivery",
        "INSERT INTO study (number, unit_code, study_key, kind, state, patient, request, priority,"
        " arrived, due, screening_state) SELECT 'n', unit_code, 'k', kind, 'reported', patient,"
        " request, 0, arrived, due, 'pending' FROM study WHERE id = 3",
    ):
        with pytest.raises(REFUSALS, match="farlead: "):
            raw.execute(sql)


@pytest.mark.parametrize("kind", [POSTGRES])
@pytest.mark.parametrize("table", KEPT)
def test_no_table_is_emptied_at_one_stroke(undone: Raw, table: str) -> None:
    with pytest.raises(REFUSALS, match="farlead: "):
        undone.execute(f"TRUNCATE {table} CASCADE")


def test_a_report_is_sent_back_only_with_its_signed_file_kept(raw: Raw) -> None:
    signed = (
        "UPDATE report SET state = 'first_signed', pdf_sha256 = 'x', signed = saved,"
        " signer_id = 1, content = '{}' WHERE state = 'draft'"
    )
    back = (
        "UPDATE report SET state = 'draft', pdf_sha256 = NULL, signed = NULL, signer_id = NULL,"
        " content = NULL WHERE state = 'first_signed'"
    )
    raw.execute(signed)
    raw.execute(
        "INSERT INTO review (report_id, study_id, asked, pdf_sha256)"
        " SELECT id, study_id, saved, 'x' FROM report WHERE state = 'first_signed'"
    )
    raw.execute(
        "UPDATE review SET outcome = 'sent_back', reviewer_id = 1, ended = asked, remarks = '[1]'"
    )
    with pytest.raises(REFUSALS, match="report_sent_back_kept"):
        raw.execute(back)
    raw.execute(
        "INSERT INTO void_report (study_id, pdf_sha256, reason, made)"
        " VALUES (1, 'x', '{}', '2026-11-22')"
    )
    raw.execute(back)


@pytest.mark.parametrize("name", sorted(guard.name for guard in guards()))
def test_a_missing_trigger_stops_the_program_and_is_named(
    kind: str, shared: Callable[[str], Place], name: str
) -> None:
    place = shared(kind)
    with _without_trigger(place, name), pytest.raises(SchemaMismatch) as refused:
        place.open()
    (named,) = str(refused.value.reason.parameters["names"]).split(", ")
    assert named.split(" ON ")[0] == name


TAMPERING = {
    SQLITE: [
        "DROP INDEX ix_report_one_final",
        "CREATE TRIGGER extra AFTER INSERT ON study BEGIN DELETE FROM change; END",
        "PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql ="
        " replace(sql, 'CONSTRAINT ck_report_signed_whole CHECK', 'CHECK')"
        " WHERE name = 'report'",
        "DROP TRIGGER study_step; CREATE TRIGGER study_step BEFORE UPDATE OF state ON study"
        " WHEN 0 BEGIN SELECT RAISE(ABORT, 'farlead: study_step'); END",
    ],
    POSTGRES: [
        "DROP INDEX ix_report_one_final",
        "CREATE TRIGGER extra AFTER INSERT ON study FOR EACH ROW"
        " EXECUTE FUNCTION farlead_study_step()",
        "ALTER TABLE report DROP CONSTRAINT ck_report_signed_whole",
        "ALTER TABLE report DISABLE TRIGGER report_kept",
        "ALTER TABLE study ALTER number DROP NOT NULL",
        "CREATE OR REPLACE FUNCTION farlead_study_step() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "DELETE FROM fact WHERE name = 'schema'",
    ],
}


@pytest.mark.parametrize(
    ("kind", "sql"), [(kind, sql) for kind, sqls in TAMPERING.items() for sql in sqls]
)
def test_other_tampering_with_the_schema_stops_the_program(place: Place, sql: str) -> None:
    with place.raw() as raw:
        _run(raw, sql)
    with pytest.raises(SchemaMismatch):
        place.open()


def _run(raw: Raw, sql: str) -> None:
    if hasattr(raw, "executescript"):
        raw.executescript(sql)
    else:
        raw.execute(sql)


def test_a_store_of_a_newer_program_is_not_touched(place: Place, raw: Raw) -> None:
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="9999"):
        place.open()
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_program_that_stays_open_writes_no_more_once_a_newer_one_has_migrated(
    place: Place, raw: Raw
) -> None:
    with place.open() as store:
        before = store.balance()
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        for write in (
            lambda: store.add_object(arrival("d")),
            lambda: reader(store, "wang"),
            store.mark_audit,
        ):
            with pytest.raises(SchemaMismatch, match="9999"):
                write()
        assert store.balance().states == before.states
        assert len(store.worklist().rows) == 2


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    file = tmp_path / "farlead.db"
    file.write_bytes(b"not a database at all, only text" * 200)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(file)
    assert file.read_bytes().startswith(b"not a database")
