"""Bringing a store to the schema of this program, and refusing one that cannot be trusted."""

from sqlalchemy import Connection, inspect, text

from farlead.errors import SchemaMismatch
from farlead.messages import message
from farlead.store.database import Database
from farlead.store.schema import HEAD


def migrate(database: Database) -> None:
    """Create or upgrade the tables and triggers, then compare them with those declared.

    One transaction: another process that opens the same store waits, and a crash leaves the
    old schema whole.

    Raises
    ------
    SchemaMismatch
        The store is newer than this program, or a table, constraint, index or trigger is
        missing or altered.
    """
    with database.reading() as connection:
        behind = _version_of(connection) != HEAD
    if behind:
        with database.writing() as connection:
            database.serialise(connection, "migration")
            if _version_of(connection) != HEAD:
                upgrade(connection, HEAD)
                database.bind_schema(connection)
    with database.reading() as connection:
        lacks = database.missing(connection)
    if lacks:
        raise SchemaMismatch(message("store.schema_missing", names=", ".join(sorted(lacks))))


def upgrade(connection: Connection, revision: str) -> None:
    """Run the migrations up to `revision` in the connection's transaction."""
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a migration should cost
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "farlead.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    here = _version_of(connection)
    if here is not None and here not in known:
        raise SchemaMismatch(message("store.schema_newer", found=here, known=HEAD))
    command.upgrade(config, revision)


def _version_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
