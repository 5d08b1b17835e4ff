"""Migrations: from nothing and from every earlier version to the schema of this program."""

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

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
