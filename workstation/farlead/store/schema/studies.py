"""Tables of units, people, patients and studies: what arrives, and who holds it."""

from sqlalchemy import (
    BigInteger,
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

from farlead.model.lives import StudyState
from farlead.model.people import Role
from farlead.model.study import Kind, ScreeningState
from farlead.store.columns import UtcTime
from farlead.store.schema.base import metadata, one_of, outside

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
    one_of("role", Role),
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
    Column("study_key", outside(80), nullable=False),
    Column("part", Integer, nullable=False, server_default="0"),
    Column("study_uid", outside(64)),
    Column("linked", ForeignKey("study.id"), index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(20), nullable=False),
    Column("patient_id", ForeignKey("patient.id")),
    Column("patient", Text, nullable=False),
    Column("identity_conflict", Integer, nullable=False, server_default="0"),
    # An archive that keeps one of its objects has lost it, or gives another content.
    Column("objects_refused", Integer, nullable=False, server_default="0"),
    Column("request", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    # Of the request, to find it by.
    Column("accession", outside(80)),
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
    Index(None, "unit_code", "accession"),
    Index(None, "arrived"),
    Index(None, "changed"),
    Index(
        "ix_study_unscreened",
        "screening_tries",
        "id",
        sqlite_where=text("screening_state = 'pending'"),
        postgresql_where=text("screening_state = 'pending'"),
    ),
    one_of("kind", Kind),
    one_of("state", StudyState),
    one_of("screening_state", ScreeningState),
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
    Column("object_key", outside(80), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sop_instance_uid", outside(64)),
    Column("sop_class_uid", outside(64)),
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
