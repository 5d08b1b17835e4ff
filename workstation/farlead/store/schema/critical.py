"""Tables of critical values: cases, findings, calls, marks of the clock, whom to call."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from farlead.model.critical import Way
from farlead.model.lives import CaseState
from farlead.store.columns import UtcTime
from farlead.store.schema.base import metadata, one_of

# Cases of critical values. `suspicion` is what screening raised, `seen` when a reader first opened
# the study; a case is `opened` when a reader takes it as a critical value. What happened in one is
# in rows of its own that never change; how it ended stands in the case, and triggers refuse an end
# without its facts.
critical_case = Table(
    "critical_case",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("suspicion", Text, nullable=False, server_default="[]"),
    Column("seen", UtcTime),
    Column("seen_by", ForeignKey("account.id")),
    Column("opened", UtcTime),
    Column("opened_by", ForeignKey("account.id")),
    Column("closed", UtcTime),
    Column("closed_by", ForeignKey("account.id")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("taken_over_by", Text, nullable=False, server_default=""),
    Index(
        "ix_critical_case_one_open",
        "study_id",
        unique=True,
        sqlite_where=text("closed IS NULL"),
        postgresql_where=text("closed IS NULL"),
    ),
    one_of("state", CaseState),
    CheckConstraint(
        "(state IN ('suspected', 'open')) = (closed IS NULL)"
        " AND (closed IS NULL) = (closed_by IS NULL)",
        name="closed_whole",
    ),
    CheckConstraint(
        "(opened IS NULL) = (opened_by IS NULL)"
        " AND (state <> 'suspected' OR opened IS NULL)"
        " AND (state IN ('suspected', 'not_critical') OR opened IS NOT NULL)",
        name="opened_whole",
    ),
    CheckConstraint("(seen IS NULL) = (seen_by IS NULL)", name="seen_whole"),
    CheckConstraint("opened IS NOT NULL OR suspicion <> '[]'", name="suspected_of"),
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

# Marks of a case's clock that were reached, each once, by whichever station or service came
# first; `told` is who is told, as the settings were. `account_id`: who was logged in there.
critical_escalation = Table(
    "critical_escalation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("critical_case.id"), nullable=False),
    Column("mark", Integer, nullable=False),
    Column("due", UtcTime, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("told", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    UniqueConstraint("case_id", "mark"),
    CheckConstraint("due <= at", name="not_early"),
)

# Whom to call at a unit, in order; a list that was replaced stays, with the time of its end.
unit_contact = Table(
    "unit_contact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_code", ForeignKey("unit.code"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("hours", Text, nullable=False),
    Column("added", UtcTime, nullable=False),
    Column("ended", UtcTime),
    CheckConstraint("TRIM(number) <> ''", name="can_be_called"),
)

# Times of the chest pain clock that no other row has: when a reader first opened a study, and
# what people entered. The latest entry of a moment counts; none is changed.
study_time = Table(
    "study_time",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("moment", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("entered", UtcTime, nullable=False),
    Index(
        "ix_study_time_opened_once",
        "study_id",
        unique=True,
        sqlite_where=text("moment = 'opened'"),
        postgresql_where=text("moment = 'opened'"),
    ),
    CheckConstraint("moment IN ('symptom', 'contact', 'ecg', 'opened')", name="moment"),
    CheckConstraint("at <= entered", name="has_been"),
)
