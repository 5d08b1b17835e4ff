"""Tables of orders, of what became of them, and of patients that a unit's system has joined."""

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

from farlead.model.lives import OrderState
from farlead.store.columns import UtcTime
from farlead.store.schema.base import metadata, one_of, outside

# `content` is the order as its system states it, numbers masked; `due` what it promises its study;
# `found` the studies that it may be about, as they were when they were last looked for.
study_order = Table(
    "study_order",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_code", ForeignKey("unit.code"), nullable=False),
    Column("source", outside(64), nullable=False),
    Column("placer", outside(80)),
    Column("filler", outside(80)),
    Column("accession", outside(80)),
    Column("content", Text, nullable=False),
    Column("state", String(16), nullable=False),
    # A cancelled order stays with its study until another one takes its place.
    Column("study_id", ForeignKey("study.id"), unique=True),
    Column("due", UtcTime),
    Column("found", Text, nullable=False, server_default="[]"),
    Column("received", UtcTime, nullable=False),
    UniqueConstraint("unit_code", "placer"),
    Index(None, "unit_code", "accession"),
    Index(None, "state", "received"),
    one_of("state", OrderState),
    CheckConstraint("state <> 'joined' OR study_id IS NOT NULL", name="joined_to_study"),
    CheckConstraint("state IN ('joined', 'cancelled') OR study_id IS NULL", name="free_of_study"),
)

# Keyed hashes of the patient's numbers as the order states them now (`current`), or stated once.
order_number = Table(
    "order_number",
    metadata,
    Column("order_id", ForeignKey("study_order.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("scope", String(32), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("masked", Text, nullable=False),
    Column("current", Integer, nullable=False),
    Index(None, "kind", "scope", "hash"),
)

# What happened to an order, and who did it; NULL is the program.
order_event = Table(
    "order_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("order_id", ForeignKey("study_order.id"), nullable=False, index=True),
    Column("study_id", ForeignKey("study.id"), index=True),
    Column("act", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("at", UtcTime, nullable=False),
)

# Messages that were taken, by who sent them and their MSH-10: a repeat does nothing.
order_message = Table(
    "order_message",
    metadata,
    Column("peer", outside(64), primary_key=True),
    Column("control_id", outside(200), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Two records of one patient, by the word of a unit's system (HL7 A40); ended by a person.
patient_link = Table(
    "patient_link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kept_id", ForeignKey("patient.id"), nullable=False, index=True),
    Column("other_id", ForeignKey("patient.id"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("made", UtcTime, nullable=False),
    Column("ended", UtcTime),
    Column("ended_by", ForeignKey("account.id")),
    Column("reason", Text, nullable=False, server_default=""),
    CheckConstraint("kept_id <> other_id", name="two"),
    Index(
        "ix_patient_link_one_open",
        "kept_id",
        "other_id",
        unique=True,
        sqlite_where=text("ended IS NULL"),
        postgresql_where=text("ended IS NULL"),
    ),
)
