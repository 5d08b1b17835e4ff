"""Tables of critical values: cases, what was found, and every call."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from farlead.model.critical import Way
from farlead.model.lives import CaseState
from farlead.store.columns import UtcTime
from farlead.store.schema.base import metadata, one_of

# Cases of critical values. What happened in one is in rows of its own that never change; how it
# ended stands in the case, and triggers refuse an end without its facts.
critical_case = Table(
    "critical_case",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("opened", UtcTime, nullable=False),
    Column("opened_by", ForeignKey("account.id"), nullable=False),
    Column("closed", UtcTime),
    Column("closed_by", ForeignKey("account.id")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("taken_over_by", Text, nullable=False, server_default=""),
    Index(
        "ix_critical_case_one_open",
        "study_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    one_of("state", CaseState),
    CheckConstraint(
        "(state = 'open') = (closed IS NULL) AND (state = 'open') = (closed_by IS NULL)",
        name="closed_whole",
    ),
    CheckConstraint("state <> 'not_critical' OR TRIM(reason) <> ''", name="why_not_critical"),
    CheckConstraint("state <> 'unreachable' OR TRIM(taken_over_by) <> ''", name="taken_over"),
)

critical_finding = Table(
    "critical_finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("critical_case.id"), nullable=False, index=True),
    Column("code", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("finding", Text, nullable=False),
    Column("added", UtcTime, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
)

critical_call = Table(
    "critical_call",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("critical_case.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("station", Text, nullable=False),
    Column("way", String(16), nullable=False),
    Column("number", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("reached", Integer, nullable=False),
    Column("read_back", Integer, nullable=False),
    Column("advice", Text, nullable=False),
    one_of("way", Way),
    CheckConstraint("read_back = 0 OR reached <> 0", name="repeated_by_somebody"),
)
