"""What the database itself refuses about the cases of critical values.

Each entry is name, act, table and the condition over NEW and OLD under which the act is refused.
"""

from collections.abc import Iterator

#: Rows of these tables are never removed.
KEPT = ("critical_case", "critical_finding", "critical_call")
#: Rows of these tables never change.
FIXED = ("critical_finding", "critical_call")

_OF_CASE = "FROM critical_call WHERE case_id = NEW.id"
_RECEIVED = f"SELECT 1 {_OF_CASE} AND reached <> 0 AND read_back <> 0 AND TRIM(person) <> ''"


def case_guards() -> Iterator[tuple[str, str, str, str]]:
    """Every guard of the cases beside their life, and that rows are kept and fixed."""
    yield (
        "critical_case_told_by_call",
        "UPDATE OF state",
        "critical_case",
        f"NEW.state = 'told' AND NOT EXISTS ({_RECEIVED})",
    )
    yield (
        "critical_case_tried",
        "UPDATE OF state",
        "critical_case",
        f"NEW.state = 'unreachable' AND (NOT EXISTS (SELECT 1 {_OF_CASE}) OR EXISTS ({_RECEIVED}))",
    )
    yield (
        "critical_case_ended",
        "UPDATE",
        "critical_case",
        "OLD.state <> 'open'",
    )
    yield (
        "critical_case_clock",
        "UPDATE OF id, study_id, since, opened, opened_by",
        "critical_case",
        "NEW.id <> OLD.id OR NEW.study_id <> OLD.study_id OR NEW.since <> OLD.since"
        " OR NEW.opened <> OLD.opened OR NEW.opened_by <> OLD.opened_by",
    )
    for table in FIXED:
        yield (
            f"{table}_while_open",
            "INSERT",
            table,
            "NOT EXISTS (SELECT 1 FROM critical_case WHERE id = NEW.case_id AND state = 'open')",
        )
