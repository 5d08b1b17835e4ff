"""Tables of reports and what follows them: deliveries, second signatures, notices, retakes."""

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

from farlead.model.lives import DeliveryState, ReportState
from farlead.model.progress import Status
from farlead.model.report import NoticeKind
from farlead.model.review import Outcome
from farlead.store.columns import UtcTime
from farlead.store.schema.base import metadata, one_of, outside

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("author_id", ForeignKey("account.id"), nullable=False),
    Column("draft", Text, nullable=False),
    Column("fencing", Integer, nullable=False),
    Column("saved", UtcTime, nullable=False),
    Column("pdf_sha256", String(64)),
    Column("pdf_size", Integer),
    Column("content", Text),
    Column("signer_id", ForeignKey("account.id")),
    Column("signed", UtcTime),
    Column("supersedes", ForeignKey("report.id")),
    Column("reason", Text),
    UniqueConstraint("study_id", "version"),
    Index(
        "ix_report_one_final",
        "study_id",
        unique=True,
        sqlite_where=text("state = 'final'"),
        postgresql_where=text("state = 'final'"),
    ),
    Index(
        "ix_report_one_open",
        "study_id",
        unique=True,
        sqlite_where=text("state IN ('draft', 'first_signed')"),
        postgresql_where=text("state IN ('draft', 'first_signed')"),
    ),
    Index(None, "signed"),
    Index(None, "signer_id", "signed"),
    one_of("state", ReportState),
    CheckConstraint(
        "(state = 'draft') = (pdf_sha256 IS NULL) AND (state = 'draft') = (signed IS NULL)"
        " AND (state = 'draft') = (signer_id IS NULL) AND (state = 'draft') = (content IS NULL)",
        name="signed_whole",
    ),
    CheckConstraint("supersedes IS NULL OR reason IS NOT NULL", name="amended_because"),
)

# Signed files that came too late; kept with their reason, never delivered.
void_report = Table(
    "void_report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("pdf_sha256", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made", UtcTime, nullable=False),
)

# A report version or a notice on its way to one destination; `asked` is what its receiver took
# and was asked to vouch for (storage commitment), until it answers or `next_try` is there.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("report.id")),
    Column("notice_id", ForeignKey("notice.id")),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("destination", outside(64), nullable=False),
    Column("identifier", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created", UtcTime, nullable=False),
    Column("changed", UtcTime, nullable=False),
    Column("next_try", UtcTime),
    Column("confirmed", UtcTime, index=True),
    Column("error", Text),
    Column("asked", Text),
    UniqueConstraint("report_id", "destination"),
    UniqueConstraint("notice_id", "destination"),
    Index(
        "ix_delivery_open",
        "state",
        "next_try",
        sqlite_where=text("state <> 'confirmed'"),
        postgresql_where=text("state <> 'confirmed'"),
    ),
    one_of("state", DeliveryState),
    CheckConstraint("(state = 'confirmed') = (confirmed IS NOT NULL)", name="confirmed_when"),
    CheckConstraint("(report_id IS NULL) <> (notice_id IS NULL)", name="of_one_thing"),
)

# What happened to a delivery, in order; `told` is the failure, or how it is known to be there.
delivery_event = Table(
    "delivery_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("told", Text),
    one_of("state", DeliveryState),
)

# One round of the second signature: asked at the first signature, ended in one of three ways.
# `draft` is the second reader's working copy, `result` the file with both signatures.
review = Table(
    "review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False, index=True),
    Column("study_id", ForeignKey("study.id"), nullable=False),
    Column("asked", UtcTime, nullable=False, index=True),
    Column("escalates", UtcTime),
    Column("pdf_sha256", String(64), nullable=False),
    Column("draft", Text),
    Column("fencing", Integer, nullable=False, server_default="0"),
    Column("saved", UtcTime),
    Column("outcome", String(16)),
    Column("reviewer_id", ForeignKey("account.id")),
    Column("ended", UtcTime),
    Column("result_sha256", String(64)),
    Column("result_size", Integer),
    Column("remarks", Text, nullable=False, server_default="[]"),
    Index(
        "ix_review_one_open",
        "study_id",
        unique=True,
        sqlite_where=text("outcome IS NULL"),
        postgresql_where=text("outcome IS NULL"),
    ),
    one_of("outcome", Outcome),
    CheckConstraint(
        "(outcome IS NULL) = (ended IS NULL) AND (outcome IS NULL) = (reviewer_id IS NULL)",
        name="ended_whole",
    ),
    CheckConstraint(
        "outcome IS NULL OR outcome <> 'countersigned' OR result_sha256 IS NOT NULL",
        name="countersigned_file",
    ),
    CheckConstraint(
        "outcome IS NULL OR outcome <> 'sent_back' OR remarks <> '[]'", name="sent_back_because"
    ),
)

# Why a final report is no longer in force.
report_withdrawal = Table(
    "report_withdrawal",
    metadata,
    Column("report_id", ForeignKey("report.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("TRIM(reason) <> ''", name="because"),
)

# What a unit is told beside its final reports. `content` is the structured report of a preliminary
# one, or the findings of a critical value; `spread` says since when it has its deliveries, one for
# each way of the unit that can carry it.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("report_id", ForeignKey("report.id")),
    Column("retake_id", ForeignKey("retake.id")),
    Column("case_id", ForeignKey("critical_case.id")),
    Column("account_id", ForeignKey("account.id")),
    Column("asked", UtcTime, nullable=False),
    Column("file_sha256", String(64)),
    Column("content", Text),
    Column("spread", UtcTime),
    Index(
        "ix_notice_unspread",
        "id",
        sqlite_where=text("spread IS NULL"),
        postgresql_where=text("spread IS NULL"),
    ),
    one_of("kind", NoticeKind),
    CheckConstraint("kind <> 'preliminary' OR file_sha256 IS NOT NULL", name="preliminary_file"),
    CheckConstraint(
        "(kind IN ('preliminary', 'withdrawn')) = (report_id IS NOT NULL)"
        " AND (kind IN ('retake', 'retake_over')) = (retake_id IS NOT NULL)"
        " AND (kind IN ('critical', 'critical_over')) = (case_id IS NOT NULL)",
        name="of_what",
    ),
)

# What a reader has seen and checked, to be signed with others by one PIN; `hash` is of all that
# the signature will stand for, `fencing` that of the study, so that an old entry counts no more.
checked = Table(
    "checked",
    metadata,
    Column("study_id", ForeignKey("study.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("fencing", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
)

# What a reader wrote while the database was away about a study that another took meanwhile:
# offered to its holder, and kept. `written` is by the clock of the reader's station.
offered = Table(
    "offered",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("station", Text, nullable=False),
    Column("draft", Text, nullable=False),
    Column("ready", Integer, nullable=False),
    Column("written", UtcTime, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# What units are asked to record again; `ended` and `outcome` say that it is over.
retake = Table(
    "retake",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("identifier", String(64), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("asked", UtcTime, nullable=False),
    Column("ended", UtcTime),
    Column("outcome", String(16)),
    CheckConstraint("outcome IN ('answered', 'recalled', 'withdrawn')", name="outcome"),
    CheckConstraint("(ended IS NULL) = (outcome IS NULL)", name="ended_how"),
)

# A shift that was handed over with what was left; once taken on it changes no more.
handover = Table(
    "handover",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("giver_id", ForeignKey("account.id"), nullable=False),
    Column("station", Text, nullable=False),
    Column("given", UtcTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("taker_id", ForeignKey("account.id")),
    Column("taken", UtcTime),
    CheckConstraint("(taken IS NULL) = (taker_id IS NULL)", name="taken_whole"),
    CheckConstraint("taker_id IS NULL OR taker_id <> giver_id", name="to_another"),
)

# How far each study is, for each place where its unit is told: only the newest, until it is told.
progress = Table(
    "progress",
    metadata,
    Column("study_id", ForeignKey("study.id"), primary_key=True),
    Column("destination", outside(64), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("critical", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("told", UtcTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_try", UtcTime),
    Column("error", Text),
    Index(
        "ix_progress_untold",
        "since",
        sqlite_where=text("told IS NULL"),
        postgresql_where=text("told IS NULL"),
    ),
    Index(None, "destination", "since"),
    one_of("status", Status),
)
