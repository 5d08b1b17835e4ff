"""What the database itself refuses about second signatures and withdrawals.

Each entry is name, act, table and the condition over NEW and OLD under which the act is refused.
"""

from collections.abc import Iterator

from farlead.store.schema import notice

#: Rows of these tables are never removed.
KEPT = ("review", "report_withdrawal", "notice")
#: Rows of these tables never change.
FIXED = ("report_withdrawal",)

_REVIEWED = "SELECT 1 FROM review WHERE report_id = OLD.id AND pdf_sha256 = OLD.pdf_sha256"


def review_guards() -> Iterator[tuple[str, str, str, str]]:
    """Every guard of the second signature, beside that rows are kept and fixed."""
    yield from _of_review()
    yield from _of_report()
    yield ("notice_said", "UPDATE", "notice", _notice_changed())
    state = "(SELECT state FROM report WHERE id = NEW.report_id)"
    yield (
        "notice_true",
        "INSERT",
        "notice",
        f"(NEW.kind = 'withdrawn' AND {state} <> 'withdrawn')"
        f" OR (NEW.kind = 'preliminary' AND {state} <> 'first_signed')",
    )


def _notice_changed() -> str:
    """Anything but that it has got its deliveries, once."""
    others = (column.name for column in notice.columns if column.name != "spread")
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in others)
    return f"OLD.spread IS NOT NULL OR {changed}"


def _of_review() -> Iterator[tuple[str, str, str, str]]:
    yield ("review_ended", "UPDATE", "review", "OLD.outcome IS NOT NULL")
    yield (
        "review_of_its_report",
        "UPDATE OF id, report_id, study_id, asked, pdf_sha256",
        "review",
        "NEW.id <> OLD.id OR NEW.report_id <> OLD.report_id OR NEW.study_id <> OLD.study_id"
        " OR NEW.asked <> OLD.asked OR NEW.pdf_sha256 <> OLD.pdf_sha256",
    )
    yield (
        "review_of_signed",
        "INSERT",
        "review",
        "NOT EXISTS (SELECT 1 FROM report WHERE id = NEW.report_id AND state = 'first_signed'"
        " AND study_id = NEW.study_id AND pdf_sha256 = NEW.pdf_sha256)",
    )
    yield (
        "review_by_another",
        "UPDATE OF outcome",
        "review",
        "NEW.outcome IN ('countersigned', 'replaced')"
        " AND NEW.reviewer_id = (SELECT signer_id FROM report WHERE id = NEW.report_id)",
    )
    yield ("review_outdated_hand", "UPDATE OF draft", "review", "NEW.fencing < OLD.fencing")


def _of_report() -> Iterator[tuple[str, str, str, str]]:
    yield (
        "report_countersigned",
        "UPDATE OF state",
        "report",
        "OLD.state = 'first_signed' AND NEW.state = 'final'"
        f" AND EXISTS ({_REVIEWED} AND (outcome IS NULL OR outcome <> 'countersigned'))",
    )
    yield (
        "report_sent_back_because",
        "UPDATE OF state",
        "report",
        "OLD.state = 'first_signed' AND NEW.state = 'draft'"
        f" AND NOT EXISTS ({_REVIEWED} AND outcome = 'sent_back')",
    )
    yield (
        "report_replaced_because",
        "UPDATE OF state",
        "report",
        "OLD.state = 'first_signed' AND NEW.state = 'superseded'"
        f" AND NOT EXISTS ({_REVIEWED} AND outcome = 'replaced')",
    )
    yield (
        "report_withdrawn_because",
        "UPDATE OF state",
        "report",
        "NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn'"
        " AND NOT EXISTS (SELECT 1 FROM report_withdrawal WHERE report_id = NEW.id)",
    )
