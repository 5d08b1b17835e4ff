"""What the database itself refuses: one declaration, written for SQLite and for PostgreSQL.

A guard stands before one act on the rows of one table and refuses it where its condition
holds. The steps of the lives come from ``farlead.model.lives``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeVar

from sqlalchemy import Table

from farlead.model.lives import CASE, DELIVERY, ORDER, REPORT, STUDY, Life, ReportState
from farlead.store import case_guards, order_guards, review_guards
from farlead.store.schema import audit, report, retake

S = TypeVar("S", bound=StrEnum)

#: Condition of a guard that refuses always.
ALWAYS = "1 = 1"

#: Rows of these tables are never removed.
KEPT = (
    "study", "study_object", "screening", "report", "void_report", "delivery",
    "retake", "audit", "audit_chain", "audit_mark", "delivery_event", "blob", "blob_piece",
    "archived_object", "offered", "study_word", "screening_finding",
    *case_guards.KEPT, *order_guards.KEPT, *review_guards.KEPT,
)  # fmt: skip

#: Rows of these tables never change.
FIXED = (
    "study_object", "screening", "void_report", "audit", "audit_mark", "delivery_event", "blob",
    "blob_piece", "offered", "study_word", "screening_finding", "report_finding", "skip",
    *case_guards.FIXED, *order_guards.FIXED, *review_guards.FIXED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guard:
    """One refusal.

    Parameters
    ----------
    name : str
        Name of the trigger, told with the refusal.
    act : str
        ``INSERT``, ``UPDATE``, ``UPDATE OF column, ...`` or ``DELETE``.
    table : str
    when : str
        Condition over NEW and OLD in SQL that both databases read.
    """

    name: str
    act: str
    table: str
    when: str


@cache
def guards() -> tuple[Guard, ...]:
    """Every guard, the lives' ones made from ``farlead.model.lives``."""
    return tuple(_all())


def _all() -> Iterable[Guard]:
    yield from _life(STUDY)
    yield from _life(REPORT)
    yield from _life(DELIVERY)
    yield from _life(CASE)
    yield from _life(ORDER)
    for table in KEPT:
        yield Guard(f"{table}_kept", "DELETE", table, ALWAYS)
    for table in FIXED:
        yield Guard(f"{table}_fixed", "UPDATE", table, ALWAYS)
    yield from _report_guards()
    yield from _claim_guards()
    yield from _audit_guards()
    yield from _object_guards()
    yield from (Guard(*declared) for declared in case_guards.case_guards())
    yield from (Guard(*declared) for declared in order_guards.order_guards())
    yield from (Guard(*declared) for declared in review_guards.review_guards())
    yield from _delivery_guards()
    yield Guard(
        "retake_ended_once",
        "UPDATE",
        "retake",
        f"OLD.ended IS NOT NULL OR {_others(retake, 'ended', 'outcome')}",
    )
    # Whose acts a log-in names is never another person.
    yield Guard("account_login_fixed", "UPDATE OF login", "account", "NEW.login <> OLD.login")


def _delivery_guards() -> Iterable[Guard]:
    yield Guard(
        "delivery_identifier_fixed",
        "UPDATE OF identifier, report_id, notice_id, destination",
        "delivery",
        _changed("identifier", "report_id", "notice_id", "destination"),
    )
    yield Guard(
        "delivery_of_final",
        "INSERT",
        "delivery",
        "NEW.report_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM report"
        " WHERE id = NEW.report_id AND state = 'final')",
    )


def _life(life: Life[S]) -> Iterable[Guard]:
    steps = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state IN ({_listed(new)}))"
        for old, new in life.steps.items()
        if new
    )
    yield Guard(
        f"{life.name}_step",
        "UPDATE OF state",
        life.name,
        f"{_changed('state')} AND NOT ({steps})",
    )
    yield Guard(
        f"{life.name}_born", "INSERT", life.name, f"NEW.state NOT IN ({_listed(life.born)})"
    )


def _listed(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


def _changed(*names: str) -> str:
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


def _others(table: Table, *but: str) -> str:
    return _changed(*(column.name for column in table.columns if column.name not in but))


def _report_guards() -> Iterable[Guard]:
    # Sent back by the second reader: the signed file is kept as void before its row is a draft.
    yield Guard(
        "report_signed_fixed",
        "UPDATE",
        "report",
        f"OLD.state <> '{ReportState.DRAFT}' AND NEW.state <> '{ReportState.DRAFT}'"
        f" AND ({_others(report, 'state')})",
    )
    yield Guard(
        "report_sent_back_kept",
        "UPDATE OF state",
        "report",
        "OLD.state = 'first_signed' AND NEW.state = 'draft'"
        " AND NOT EXISTS (SELECT 1 FROM void_report WHERE pdf_sha256 = OLD.pdf_sha256)",
    )
    yield Guard(
        "report_of_its_study",
        "UPDATE OF id, study_id, version, supersedes",
        "report",
        _changed("id", "study_id", "version", "supersedes"),
    )
    # INSERT OR REPLACE by a client that has not set recursive_triggers.
    yield Guard(
        "report_not_replaced",
        "INSERT",
        "report",
        "EXISTS (SELECT 1 FROM report WHERE id = NEW.id"
        " OR (study_id = NEW.study_id AND version = NEW.version))",
    )
    # What a report says is written down when it is signed, and anew after it was sent back.
    of = "EXISTS (SELECT 1 FROM report WHERE id = {}.report_id AND state = '{}')"
    yield Guard(
        "report_finding_said",
        "INSERT",
        "report_finding",
        f"NOT {of.format('NEW', ReportState.FIRST_SIGNED)}",
    )
    yield Guard(
        "report_finding_kept",
        "DELETE",
        "report_finding",
        f"NOT {of.format('OLD', ReportState.DRAFT)}",
    )
    yield Guard("report_outdated_hand", "UPDATE OF draft", "report", "NEW.fencing < OLD.fencing")
    # A number that nobody was given yet would shut out everybody who is given a smaller one.
    ahead = "NEW.fencing > (SELECT fencing FROM study WHERE id = NEW.study_id)"
    for table in ("report", "review"):
        for act in ("INSERT", "UPDATE OF fencing"):
            name = f"{table}_not_ahead_{act.split()[0].lower()}"
            yield Guard(name, act, table, ahead)
    yield Guard(
        "report_superseded_by",
        "UPDATE OF state",
        "report",
        "OLD.state = 'final' AND NEW.state = 'superseded'"
        " AND NOT EXISTS (SELECT 1 FROM report WHERE study_id = NEW.study_id"
        " AND version > NEW.version AND state = 'first_signed')",
    )


def _claim_guards() -> Iterable[Guard]:
    yield Guard(
        "study_fencing_grows",
        "UPDATE OF fencing",
        "study",
        "NEW.fencing NOT IN (OLD.fencing, OLD.fencing + 1)",
    )
    for act in ("INSERT", "UPDATE OF fencing"):
        yield Guard(
            f"claim_fencing_{act.split()[0].lower()}",
            act,
            "claim",
            "NEW.fencing <> (SELECT fencing FROM study WHERE id = NEW.study_id)",
        )
    yield Guard(
        "study_claimed_by_somebody",
        "UPDATE OF state",
        "study",
        "NEW.state = 'claimed' AND NOT EXISTS (SELECT 1 FROM claim WHERE study_id = NEW.id)",
    )
    # Nothing leaves the list without a report, or without a word why.
    yield Guard(
        "study_reported_by_report",
        "UPDATE OF state",
        "study",
        "NEW.state = 'reported' AND OLD.state <> 'reported' AND NOT EXISTS (SELECT 1 FROM report"
        " WHERE study_id = NEW.id AND state IN ('final', 'withdrawn'))",
    )
    yield Guard(
        "study_ends_because",
        "UPDATE OF state",
        "study",
        "NEW.state IN ('retake_requested', 'withdrawn') AND NEW.state <> OLD.state"
        " AND TRIM(COALESCE(NEW.reason, '')) = ''",
    )
    yield Guard(
        "claim_ends_with_state",
        "DELETE",
        "claim",
        "(SELECT state FROM study WHERE id = OLD.study_id) = 'claimed'",
    )
    fixed = ("id", "number", "unit_code", "study_key", "part", "arrived")
    yield Guard("study_identity_fixed", f"UPDATE OF {', '.join(fixed)}", "study", _changed(*fixed))
    yield Guard(
        "study_priority_grows", "UPDATE OF priority", "study", "NEW.priority < OLD.priority"
    )


def _object_guards() -> Iterable[Guard]:
    """Where an object is does not change; what was found there does."""
    fixed = ("sha256", "archive", "study_uid", "series_uid", "sop_instance_uid", "size", "noted")
    yield Guard(
        "archived_object_fixed", f"UPDATE OF {', '.join(fixed)}", "archived_object",
        _changed(*fixed),
    )  # fmt: skip


def _audit_guards() -> Iterable[Guard]:
    last = f"FROM {audit.name} WHERE chain = NEW.chain"
    yield Guard(
        "audit_in_sequence",
        "INSERT",
        "audit",
        f"NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 {last})"
        f" OR (NEW.sequence > 1 AND NEW.previous <>"
        f" (SELECT hash {last} AND sequence = NEW.sequence - 1))",
    )
    yield Guard(
        "audit_chain_grows",
        "UPDATE",
        "audit_chain",
        "NEW.id <> OLD.id OR NEW.sequence <= OLD.sequence",
    )
