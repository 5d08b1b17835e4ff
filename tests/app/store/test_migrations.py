"""Migrations: from nothing and from every earlier version to the schema of this program."""

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from farlead.model.search import SearchQuery
from farlead.store import Store
from farlead.store.migrate import upgrade
from farlead.store.schema import HEAD, metadata
from support_places import REFUSALS, Place
from support_store import reader, report_one


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "farlead.store:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


VERSIONS = [script.revision for script in reversed(list(_scripts().walk_revisions()))]


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    assert _scripts().get_heads() == [HEAD]


def test_the_migrations_make_what_the_schema_declares(store: Store) -> None:
    with store._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_an_earlier_version_is_brought_up_and_guarded(
    nowhere: Callable[[str], Place], kind: str, version: str
) -> None:
    place = nowhere(kind)
    database = place.database()
    with database.writing() as connection:
        upgrade(connection, version)  # without triggers, as after a careless batch migration
        if version == HEAD:
            database.bind_schema(connection)
    database.close()
    with place.open() as store:
        report_one(store, "a", reader(store))
        assert store.check() == []
    with place.raw() as raw, pytest.raises(REFUSALS, match="report_signed_fixed"):
        raw.execute("UPDATE report SET draft = '{}'")


def test_a_migration_that_fails_leaves_nothing_behind(
    nowhere: Callable[[str], Place], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = nowhere(kind)
    database = place.database()

    def broken(_database: object, _connection: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(database), "bind_schema", broken)
        with pytest.raises(OSError, match="full"):
            place.open()
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    with place.open() as store:
        assert store.check() == []


def test_what_was_there_before_the_search_is_found_by_it(
    nowhere: Callable[[str], Place], kind: str
) -> None:
    place = nowhere(kind)
    database = place.database()
    with database.writing() as connection:
        upgrade(connection, "0006")
        for sql in _BEFORE_SEARCH:
            connection.exec_driver_sql(sql)
    database.close()
    with place.open() as store:
        for asked, codes in (
            (SearchQuery(patient="小明 L7"), ()),
            (SearchQuery(patient="acc9"), ()),
            (SearchQuery(finding="x"), ("2B",)),
            (SearchQuery(finding="x"), ("1A",)),
        ):
            assert [row.study.number for row in store.search(asked, codes).rows] == ["n1"]
        assert store.search(SearchQuery(finding="x"), ("3C",)).rows == ()


_BEFORE_SEARCH = (
    "INSERT INTO unit VALUES ('u1', 'U')",
    "INSERT INTO account (id, login, name, role) VALUES (1, 'li', 'Li', 'reader')",
    "INSERT INTO study (id, number, unit_code, study_key, kind, state, patient, request, priority,"
    " arrived, due, screening_state, screening_id) VALUES (1, 'n1', 'u1', 'k', 'ecg', 'reported',"
    """ '{"name": "王小明", "local_number": "L-7"}', '{"accession": "ACC/9"}', 0, '2026-11-22',"""
    " '2026-11-22', 'done', 1)",
    "INSERT INTO screening (id, study_id, made, result) VALUES (1, 1, '2026-11-22', '"
    '{"version": "1", "severity": 3, "known": true, "quality": "fit", "measurements": [],'
    ' "flags": [{"code": "rate.slow", "severity": 3, "text": {"id": "worklist.reason.urgent"},'
    ' "rule": "rate/1", "statement": "2B"}], "r_peaks": []}'
    "')",
    "INSERT INTO report (id, study_id, version, state, author_id, draft, fencing, saved,"
    " pdf_sha256, pdf_size, content, signer_id, signed) VALUES (1, 1, 1, 'final', 1, '"
    '{"statements": [{"code": "1A", "zh": "窦性", "en": "Sinus"}, {"code": "", "zh": "x",'
    ' "en": "x"}]}'
    "', 1, '2026-11-22', 'x', 1, '{}', 1, '2026-11-22')",
    "INSERT INTO report (id, study_id, version, state, author_id, draft, fencing, saved)"
    """ VALUES (2, 1, 2, 'draft', 1, '{"statements": [{"code": "3C", "zh": "", "en": ""}]}', 1,"""
    " '2026-11-22')",
)
