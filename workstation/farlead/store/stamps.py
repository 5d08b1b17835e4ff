"""Which rows of the list look other than before: the database marks a study when it changes.

SQLite's mark is the value that the counter of changes will have after the transaction; there is
one writer at a time, so marks only grow. PostgreSQL's is the number of the transaction: a reader
asks for what belongs to transactions that its last look could not have seen whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stamp:
    """An act on a table that changes how the row of its study looks.

    Parameters
    ----------
    table : str
        A table with ``study_id``, or ``study`` itself.
    act : str
        ``INSERT``, ``UPDATE`` or ``UPDATE OF column, ...``.
    """

    table: str
    act: str

    @property
    def name(self) -> str:
        """Name of the trigger."""
        return f"{self.table}_stamped_{self.act.split()[0].lower()}"


# A claim comes and goes with the state and the fencing number of its study.
_STAMPS = (
    Stamp("study", "INSERT"),
    Stamp("study", "UPDATE"),
    Stamp("report", "INSERT"),
    Stamp("report", "UPDATE OF state"),
    Stamp("study_object", "INSERT"),
    Stamp("critical_case", "INSERT"),
    Stamp("critical_case", "UPDATE OF state"),
    Stamp("delivery", "UPDATE OF state"),
    Stamp("order_event", "INSERT"),
    Stamp("review", "INSERT"),
    Stamp("review", "UPDATE OF outcome"),
)


def sqlite_stamps() -> Iterator[tuple[str, str]]:
    """Triggers for SQLite, by name."""
    due = "(SELECT counter + 1 FROM change)"
    for stamp in _STAMPS:
        own = stamp.table == "study"
        study, when = ("id", f" WHEN NEW.changed IS NOT {due}") if own else ("study_id", "")
        yield (
            stamp.name,
            f"CREATE TRIGGER {stamp.name} AFTER {stamp.act} ON {stamp.table}{when}"  # noqa: S608 - names of ours
            f" BEGIN UPDATE study SET changed = {due} WHERE id = NEW.{study}; END",
        )


def postgres_stamps() -> Iterator[str]:
    """Functions and triggers for PostgreSQL."""
    for name, body in (
        ("stamped", "NEW.changed := pg_current_xact_id()::text::bigint; RETURN NEW;"),
        # Once in a transaction is enough.
        (
            "stamps",
            "UPDATE study SET changed = 0 WHERE id = NEW.study_id"
            " AND changed <> pg_current_xact_id()::text::bigint; RETURN NULL;",
        ),
    ):
        yield (
            f"CREATE OR REPLACE FUNCTION farlead_{name}() RETURNS trigger LANGUAGE plpgsql"
            f" SECURITY DEFINER SET search_path = public, pg_temp"
            f" AS $farlead$ BEGIN {body} END $farlead$"
        )
    for stamp in _STAMPS:
        when, function = ("BEFORE", "stamped") if stamp.table == "study" else ("AFTER", "stamps")
        yield (
            f"CREATE TRIGGER {stamp.name} {when} {stamp.act} ON {stamp.table}"
            f" FOR EACH ROW EXECUTE FUNCTION farlead_{function}()"
        )
