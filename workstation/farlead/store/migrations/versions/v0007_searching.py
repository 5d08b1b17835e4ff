"""Words and findings by which studies are found again, also those that are there already."""

import json
from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from farlead.model.people import Patient
from farlead.store.words import words_of

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WORD = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_AT_ONCE = 5000


def upgrade() -> None:
    """Make the three tables and fill them."""
    words = _table("study_word", "word", _WORD, "study")
    screened = _table("screening_finding", "code", sa.String(64), "screening")
    reported = _table("report_finding", "code", sa.String(64), "report")
    op.create_index(op.f("ix_report_finding_report_id"), "report_finding", ["report_id"])
    _fill(words, "study_id", "SELECT id, patient, number, request FROM study", _words)
    _fill(screened, "screening_id", "SELECT id, result FROM screening", _suggested)
    _fill(
        reported,
        "report_id",
        "SELECT id, draft FROM report WHERE state <> 'draft'",
        _said,
    )


def _table(name: str, key: str, kind: sa.types.TypeEngine[str], of: str) -> sa.Table:
    return op.create_table(
        name,
        sa.Column(key, kind, nullable=False),
        sa.Column(f"{of}_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([f"{of}_id"], [f"{of}.id"], name=op.f(f"fk_{name}_{of}_id")),
        sa.PrimaryKeyConstraint(key, f"{of}_id", name=op.f(f"pk_{name}")),
    )


def _fill(table: sa.Table, of: str, query: str, words: Callable[..., Iterable[str]]) -> None:
    """`words` makes the words of one row, without its id."""
    connection = op.get_bind()
    key = table.columns.keys()[0]
    found = connection.execute(sa.text(query + " ORDER BY id"))
    for rows in found.partitions(_AT_ONCE):
        made = [{of: row[0], key: word} for row in rows for word in words(*row[1:])]
        if made:
            connection.execute(sa.insert(table), made)


def _words(patient: str, number: str, request: str) -> Iterable[str]:
    stated, asked = json.loads(patient), json.loads(request)
    names = ("name", "local_number", "national_id", "health_card")
    known = Patient(**{name: stated.get(name) for name in names})
    return words_of(known, number, asked.get("accession"))


def _suggested(result: str) -> set[str]:
    flags = json.loads(result).get("flags", ())
    return {flag.get("statement") or flag["code"] for flag in flags}


def _said(draft: str) -> Iterator[str]:
    lines = json.loads(draft).get("statements", ())
    yield from {line["code"] for line in lines} - {""}
