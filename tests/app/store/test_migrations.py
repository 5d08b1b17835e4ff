"""Migrations: from nothing and from every earlier version to the schema of this program."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from farlead.store import Store, sqlite
from farlead.store.migrate import upgrade
from farlead.store.schema import HEAD, metadata
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
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_an_earlier_version_is_brought_up_and_guarded(
    tmp_path: Path, version: str
) -> None:
    file = tmp_path / "farlead.db"
    engine = sqlite.engine(file)
    with (
        engine.connect().execution_options(**{sqlite.WRITES: True}) as connection,
        connection.begin(),
    ):
        upgrade(connection, version)  # without triggers, as after a careless batch migration
        if version == HEAD:
            sqlite.create_triggers(connection)
    engine.dispose()
    with Store.open(file) as store:
        report_one(store, "a", reader(store))
        assert store.check() == []
    raw = sqlite3.connect(file)
    with pytest.raises(sqlite3.IntegrityError, match="report_signed_fixed"):
        raw.execute("UPDATE report SET draft = '{}'")
    raw.close()


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "farlead.db"

    def broken(_connection: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "create_triggers", broken)
        with pytest.raises(OSError, match="full"):
            Store.open(file)
    raw = sqlite3.connect(file)
    assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    raw.close()
    with Store.open(file) as store:
        assert store.check() == []
