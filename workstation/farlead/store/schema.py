"""The tables. What must never go wrong is a constraint or a trigger here, not only Python.

Every change needs a migration in ``migrations/versions`` and a new :data:`HEAD`; so does a
change of the lives in ``farlead.model.lives``, because the triggers are made from them.
"""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from farlead.model.critical import Way
from farlead.model.lives import CaseState, DeliveryState, ReportState, StudyState
from farlead.model.people import Role
from farlead.model.report import NoticeKind
from farlead.model.review import Outcome
from farlead.model.study import Kind, ScreeningState
from farlead.store.columns import UtcTime

#: Newest migration; a store that stands elsewhere is migrated, or refused when it is newer.
HEAD = "0006"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _outside(length: int) -> TypeEngine[str]:
    """What comes from outside may be longer than it should; SQLite never counted."""
    return String(length).with_variant(Text(), "postgresql")


unit = Table(
    "unit",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", Text, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(32), nullable=False),
    Column("password_hash", Text),
    Column("certificate", String(64)),
    Column("disabled", UtcTime),
    # Wrong passwords one after another, and until when no further one is looked at.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcTime),
    # Kinds of study that the person reads, separated by commas; NULL is all.
    Column("kinds", Text),
    _one_of("role", Role),
)

# Layouts, keys, templates, language: what follows a person from station to station.
personal = Table(
    "personal",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved", UtcTime, nullable=False),
)

patient = Table(
    "patient",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("sex", String(1), nullable=False),
    Column("birth_date", String(10)),
    Column("created", UtcTime, nullable=False),
    Index(None, "name", "birth_date", "sex"),
)

# The keyed hashes by which a patient is recognised; `scope` is the unit of a local number.
patient_identifier = Table(
    "patient_identifier",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("scope", String(32), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("patient_id", ForeignKey("patient.id"), nullable=False, index=True),
    Column("masked", Text, nullable=False),
    CheckConstraint("kind IN ('national_id', 'health_card', 'local_number')", name="kind"),
)

# Equal name, sex and birth date: possibly the same, until a person decides.
possible_pair = Table(
    "possible_pair",
    metadata,
    Column("first_id", ForeignKey("patient.id"), primary_key=True),
    Column("second_id", ForeignKey("patient.id"), primary_key=True, index=True),
    Column("found", UtcTime, nullable=False),
    Column("decision", String(16)),
    Column("decided_by", ForeignKey("account.id")),
    Column("decided", UtcTime),
    CheckConstraint("first_id < second_id", name="ordered"),
    CheckConstraint("decision IN ('same', 'different')", name="decision"),
)

study = Table(
    "study",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("unit_code", ForeignKey("unit.code"), nullable=False),
    # Study Instance UID, or content hash; `part` counts the requests that reopen it.
    Column("study_key", _outside(80), nullable=False),
    Column("part", Integer, nullable=False, server_default="0"),
    Column("study_uid", _outside(64)),
    Column("linked", ForeignKey("study.id"), index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(20), nullable=False),
    Column("patient_id", ForeignKey("patient.id")),
    Column("patient", Text, nullable=False),
    Column("identity_conflict", Integer, nullable=False, server_default="0"),
    Column("request", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("acquired", UtcTime),
    Column("arrived", UtcTime, nullable=False),
    Column("due", UtcTime, nullable=False),
    Column("fencing", Integer, nullable=False, server_default="0"),
    Column("reserved_by", ForeignKey("account.id")),
    Column("screening_state", String(16), nullable=False),
    Column("screening_id", Integer),
    Column("screening_failure", Text),
    Column("screening_tries", Integer, nullable=False, server_default="0"),
    Column("quarantine", Text),
    Column("reason", Text),
    Column("hint", Text),
    # When the row last looked other than before; see farlead.store.stamps.
    Column("changed", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("unit_code", "study_key", "part"),
    Index(None, "state", "due"),
    Index(None, "patient_id", "arrived"),
    Index(None, "unit_code", "arrived"),
    Index(None, "arrived"),
    Index(None, "changed"),
    Index(
        "ix_study_unscreened",
        "screening_tries",
        "id",
        sqlite_where=text("screening_state = 'pending'"),
        postgresql_where=text("screening_state = 'pending'"),
    ),
    _one_of("kind", Kind),
    _one_of("state", StudyState),
    _one_of("screening_state", ScreeningState),
    CheckConstraint("state <> 'quarantined' OR quarantine IS NOT NULL", name="quarantine_reason"),
    CheckConstraint("state <> 'checked' OR reserved_by IS NOT NULL", name="checked_reserved"),
)

# `object_key` is the SOP Instance UID, or the content digest where there is none.
study_object = Table(
    "study_object",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("unit_code", ForeignKey("unit.code"), nullable=False),
    Column("object_key", _outside(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sop_instance_uid", _outside(64)),
    Column("sop_class_uid", _outside(64)),
    Column("received", UtcTime, nullable=False),
    UniqueConstraint("unit_code", "object_key"),
)

# Every result that was ever made, so that agreement can be measured; a study names its newest.
screening = Table(
    "screening",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("made", UtcTime, nullable=False),
    Column("sha256", String(64)),
    Column("result", Text, nullable=False),
    # What is large in the result: read for the study that is opened, not for a list.
    Column("detail", Text),
)

# Who passed a study on and why: it is not dealt to the same reader again soon.
skip = Table(
    "skip",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("study.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "account_id", "at"),
)

claim = Table(
    "claim",
    metadata,
    Column("study_id", ForeignKey("study.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("station", Text, nullable=False),
    Column("fencing", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False, index=True),
)

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
    _one_of("state", ReportState),
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

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("study_id", ForeignKey("study.id"), nullable=False, index=True),
    Column("destination", _outside(64), nullable=False),
    Column("identifier", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created", UtcTime, nullable=False),
    Column("changed", UtcTime, nullable=False),
    Column("next_try", UtcTime),
    Column("confirmed", UtcTime, index=True),
    Column("error", Text),
    UniqueConstraint("report_id", "destination"),
    Index(
        "ix_delivery_open",
        "state",
        "next_try",
        sqlite_where=text("state <> 'confirmed'"),
        postgresql_where=text("state <> 'confirmed'"),
    ),
    _one_of("state", DeliveryState),
    CheckConstraint("(state = 'confirmed') = (confirmed IS NOT NULL)", name="confirmed_when"),
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
    _one_of("state", DeliveryState),
)

# Objects of a hub by their SHA-256, in pieces; the embedded store keeps them in a folder.
blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("created", UtcTime, nullable=False),
)
blob_piece = Table(
    "blob_piece",
    metadata,
    Column("sha256", ForeignKey("blob.sha256"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# One round of the second signature: asked at the first signature, ended in one of three ways.
# `draft` is the second reader's working copy, `result` the file with both signatures.
review = Table(
    "review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False, index=True),
    Column("study_id", ForeignKey("study.id"), nullable=False),
    Column("asked", UtcTime, nullable=False),
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
    _one_of("outcome", Outcome),
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

# What a unit is told beside its final reports: a preliminary one, and that one is withdrawn.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("identifier", String(64), nullable=False, unique=True),
    Column("file_sha256", String(64)),
    Column("asked", UtcTime, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_try", UtcTime),
    Column("error", Text),
    Column("told", UtcTime),
    _one_of("kind", NoticeKind),
    CheckConstraint("kind <> 'preliminary' OR file_sha256 IS NOT NULL", name="preliminary_file"),
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

# What units are asked to record again. `attempts` counts from before the first writing, so that
# a request that may be out is taken back; `ended` and `outcome` say that it is over, `cleared`
# that the unit no longer has it or knows.
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
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_try", UtcTime),
    Column("error", Text),
    Column("told", UtcTime),
    Column("ended", UtcTime),
    Column("outcome", String(16)),
    Column("cleared", UtcTime),
    CheckConstraint("outcome IN ('answered', 'recalled', 'withdrawn')", name="outcome"),
    CheckConstraint("(ended IS NULL) = (outcome IS NULL)", name="ended_how"),
)

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
    _one_of("state", CaseState),
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
    _one_of("way", Way),
    CheckConstraint("read_back = 0 OR reached <> 0", name="repeated_by_somebody"),
)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("opened", UtcTime, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", ForeignKey("audit_chain.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "action", "subject"),
)

# The heads of all chains at one moment; `signature` is the service key's, once it signs them.
audit_mark = Table(
    "audit_mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("heads", Text, nullable=False),
    Column("signature", Text),
)

# Where the list's numbers come from, and when the list last changed.
day_number = Table(
    "day_number",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("counter", Integer, nullable=False),
)

# Facts about the store itself, such as which key made the hashes of its patients.
fact = Table(
    "fact",
    metadata,
    Column("name", _outside(32), primary_key=True),
    Column("value", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("name", _outside(64), primary_key=True),
    Column("seen", UtcTime),
    Column("trouble", Text),
)
