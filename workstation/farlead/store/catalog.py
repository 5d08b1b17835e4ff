"""What is really in a PostgreSQL schema, each part by name with its whole definition."""

import secrets
from collections.abc import Mapping

from sqlalchemy import Connection, MetaData, text

_PARTS = text(
    """
    SELECT c.relname || '.' || a.attname AS name,
           format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
           || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS sql
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relnamespace = to_regnamespace(:schema) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT conname, pg_get_constraintdef(oid) || CASE WHEN convalidated THEN '' ELSE ' !' END
      FROM pg_constraint
     WHERE connamespace = to_regnamespace(:schema) AND conrelid <> 0 AND contype <> 't'
    UNION ALL
    SELECT i.relname, replace(pg_get_indexdef(i.oid), ' ON ' || :schema || '.', ' ON ')
           || CASE WHEN x.indisvalid THEN '' ELSE ' !' END
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
     WHERE i.relnamespace = to_regnamespace(:schema)
    UNION ALL
    SELECT t.tgname || ' ON ' || c.relname,
           replace(pg_get_triggerdef(t.oid), ' ON ' || :schema || '.', ' ON ') || ' '
           || t.tgenabled::text
      FROM pg_trigger t
      JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = to_regnamespace(:schema) AND NOT t.tgisinternal
    UNION ALL
    SELECT 'function ' || proname, prosrc || coalesce(array_to_string(proconfig, ' '), '')
           || prosecdef::text
      FROM pg_proc
     WHERE pronamespace = to_regnamespace(:schema)
    """
)


def described(connection: Connection, schema: str) -> dict[str, str]:
    """Columns, constraints, indexes, triggers and functions of a schema, by name.

    A trigger that is switched off, and a constraint or index that is not valid, reads
    differently from one that works.
    """
    rows = connection.execute(_PARTS, {"schema": schema})
    found = {str(name): str(sql) for name, sql in rows}
    return {n: sql for n, sql in found.items() if not n.startswith("alembic_version")}


def declared(connection: Connection, metadata: MetaData) -> Mapping[str, str]:
    """The same of tables that are made from their declaration, in a schema that is not kept."""
    scratch = f"farlead_{secrets.token_hex(4)}"
    trial = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"CREATE SCHEMA {scratch}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {scratch}")
        metadata.create_all(connection, checkfirst=False)
        return described(connection, scratch)
    finally:
        trial.rollback()


def triggers(connection: Connection) -> list[tuple[str, str]]:
    """Name and table of every trigger of the public schema that is not the server's own."""
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal"
    )
    return [(str(trigger), str(table)) for trigger, table in rows]
