"""What the database itself refuses about the cases of critical values.

Each entry is name, act, table and the condition over NEW and OLD under which the act is refused.
"""

from collections.abc import Iterator

#: Rows of these tables are never removed.
KEPT = (
    "critical_case", "critical_finding", "critical_call", "critical_escalation", "unit_contact",
    "study_time", "handover",
)  # fmt: skip
#: Rows of these tables never change.
FIXED = ("critical_finding", "critical_call", "critical_escalation", "study_time")
# What belongs to a case, and how far the case may be for it.
_OF_CASES = {
    "critical_finding": "state = 'open'",
    "critical_call": "state = 'open'",
    "critical_escalation": "closed IS NULL",
}

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
        "OLD.closed IS NOT NULL",
    )
    yield (
        "critical_case_clock",
        "UPDATE OF id, study_id, since, opened, opened_by, seen, seen_by",
        "critical_case",
        "NEW.id <> OLD.id OR NEW.study_id <> OLD.study_id OR NEW.since <> OLD.since"
        f" OR {_once('opened')} OR {_once('opened_by')} OR {_once('seen')} OR {_once('seen_by')}",
    )
    yield (
        "critical_case_suspicion",
        "UPDATE OF suspicion",
        "critical_case",
        "OLD.state <> 'suspected' AND NEW.suspicion <> OLD.suspicion",
    )
    for table, far in _OF_CASES.items():
        yield (
            f"{table}_while_open",
            "INSERT",
            table,
            f"NOT EXISTS (SELECT 1 FROM critical_case WHERE id = NEW.case_id AND {far})",  # noqa: S608 - names of ours
        )
    yield (
        "critical_escalation_due",
        "INSERT",
        "critical_escalation",
        "NEW.due < (SELECT since FROM critical_case WHERE id = NEW.case_id)",
    )
    yield (
        "handover_taken_once",
        "UPDATE",
        "handover",
        "OLD.taken IS NOT NULL OR NEW.id <> OLD.id OR NEW.giver_id <> OLD.giver_id"
        " OR NEW.given <> OLD.given OR NEW.items <> OLD.items OR NEW.note <> OLD.note"
        " OR NEW.station <> OLD.station",
    )
    yield (
        "unit_contact_ended_once",
        "UPDATE",
        "unit_contact",
        "OLD.ended IS NOT NULL OR NEW.ended IS NULL OR NEW.id <> OLD.id"
        " OR NEW.unit_code <> OLD.unit_code OR NEW.place <> OLD.place OR NEW.name <> OLD.name"
        " OR NEW.role <> OLD.role OR NEW.number <> OLD.number OR NEW.hours <> OLD.hours"
        " OR NEW.added <> OLD.added",
    )


def _once(name: str) -> str:
    """A column that does not change any more once it is filled."""
    return f"(OLD.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name})"
