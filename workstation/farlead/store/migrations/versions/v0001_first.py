"""The first schema: people, studies, claims, reports, outbox, audit.

The triggers are not here: they are made anew after every migration (farlead.store.sqlite).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# ruff: noqa: E501 - the text of a constraint is one string
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables in the order of their references."""
    _account()
    _audit_chain()
    _audit_mark()
    _change()
    _day_number()
    _fact()
    _patient()
    _source()
    _unit()
    _audit()
    _patient_identifier()
    _possible_pair()
    _study()
    _claim()
    _report()
    _screening()
    _study_object()
    _void_report()
    _delivery()
    _retake()
    op.execute("INSERT INTO change (id, counter) VALUES (1, 0)")


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("certificate", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "role IN ('reader', 'senior_reader', 'technician', 'manager', 'system_administrator', 'security_administrator', 'auditor')",
            name=op.f("ck_account_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )


def _audit_chain() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("opened", TIME, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )


def _audit_mark() -> None:
    op.create_table(
        "audit_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_mark")),
    )


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )


def _day_number() -> None:
    op.create_table(
        "day_number",
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_number")),
    )


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact")),
    )


def _patient() -> None:
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=True),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
    )
    op.create_index(
        op.f("ix_patient_name_birth_date_sex"),
        "patient",
        ["name", "birth_date", "sex"],
        unique=False,
    )


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seen", TIME, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
    )


def _unit() -> None:
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["chain"], ["audit_chain.id"], name=op.f("fk_audit_chain")),
        sa.PrimaryKeyConstraint("chain", "sequence", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_action_subject"), "audit", ["action", "subject"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)


def _patient_identifier() -> None:
    op.create_table(
        "patient_identifier",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('national_id', 'health_card', 'local_number')",
            name=op.f("ck_patient_identifier_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_identifier_patient_id")
        ),
        sa.PrimaryKeyConstraint("kind", "scope", "hash", name=op.f("pk_patient_identifier")),
    )
    op.create_index(
        op.f("ix_patient_identifier_patient_id"), "patient_identifier", ["patient_id"], unique=False
    )


def _possible_pair() -> None:
    op.create_table(
        "possible_pair",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("found", TIME, nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided", TIME, nullable=True),
        sa.CheckConstraint(
            "decision IN ('same', 'different')", name=op.f("ck_possible_pair_decision")
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_possible_pair_ordered")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_possible_pair_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["patient.id"], name=op.f("fk_possible_pair_first_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["patient.id"], name=op.f("fk_possible_pair_second_id")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_possible_pair")),
    )
    op.create_index(
        op.f("ix_possible_pair_second_id"), "possible_pair", ["second_id"], unique=False
    )


def _study() -> None:
    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("study_key", sa.String(length=80), nullable=False),
        sa.Column("part", sa.Integer(), server_default="0", nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=True),
        sa.Column("linked", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("identity_conflict", sa.Integer(), server_default="0", nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("acquired", TIME, nullable=True),
        sa.Column("arrived", TIME, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("fencing", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reserved_by", sa.Integer(), nullable=True),
        sa.Column("screening_state", sa.String(length=16), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=True),
        sa.Column("screening_failure", sa.Text(), nullable=True),
        sa.Column("screening_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quarantine", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ecg', 'ultrasound', 'ct', 'mr', 'radiograph', 'fundus', 'other', 'unknown')",
            name=op.f("ck_study_kind"),
        ),
        sa.CheckConstraint(
            "screening_state IN ('pending', 'done', 'failed', 'not_applicable')",
            name=op.f("ck_study_screening_state"),
        ),
        sa.CheckConstraint(
            "state <> 'checked' OR reserved_by IS NOT NULL", name=op.f("ck_study_checked_reserved")
        ),
        sa.CheckConstraint(
            "state <> 'quarantined' OR quarantine IS NOT NULL",
            name=op.f("ck_study_quarantine_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'checked', 'reported', 'quarantined', 'retake_requested', 'withdrawn')",
            name=op.f("ck_study_state"),
        ),
        sa.ForeignKeyConstraint(["linked"], ["study.id"], name=op.f("fk_study_linked")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_study_patient_id")),
        sa.ForeignKeyConstraint(["reserved_by"], ["account.id"], name=op.f("fk_study_reserved_by")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_study_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
        sa.UniqueConstraint("number", name=op.f("uq_study_number")),
        sa.UniqueConstraint(
            "unit_code", "study_key", "part", name=op.f("uq_study_unit_code_study_key_part")
        ),
    )
    op.create_index(op.f("ix_study_linked"), "study", ["linked"], unique=False)
    op.create_index(
        op.f("ix_study_patient_id_arrived"), "study", ["patient_id", "arrived"], unique=False
    )
    op.create_index(op.f("ix_study_state_due"), "study", ["state", "due"], unique=False)
    op.create_index(
        "ix_study_unscreened",
        "study",
        ["screening_tries", "id"],
        unique=False,
        sqlite_where=sa.text("screening_state = 'pending'"),
        postgresql_where=sa.text("screening_state = 'pending'"),
    )


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_claim_account_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_claim_study_id")),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_account_id"), "claim", ["account_id"], unique=False)
    op.create_index(op.f("ix_claim_until"), "claim", ["until"], unique=False)


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.Column("saved", TIME, nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("signer_id", sa.Integer(), nullable=True),
        sa.Column("signed", TIME, nullable=True),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (pdf_sha256 IS NULL) AND (state = 'draft') = (signed IS NULL) AND (state = 'draft') = (signer_id IS NULL) AND (state = 'draft') = (content IS NULL)",
            name=op.f("ck_report_signed_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'first_signed', 'final', 'superseded', 'withdrawn')",
            name=op.f("ck_report_state"),
        ),
        sa.CheckConstraint(
            "supersedes IS NULL OR reason IS NOT NULL", name=op.f("ck_report_amended_because")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_report_author_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["account.id"], name=op.f("fk_report_signer_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_report_study_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["report.id"], name=op.f("fk_report_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("study_id", "version", name=op.f("uq_report_study_id_version")),
    )
    op.create_index(
        "ix_report_one_final",
        "report",
        ["study_id"],
        unique=True,
        sqlite_where=sa.text("state = 'final'"),
        postgresql_where=sa.text("state = 'final'"),
    )
    op.create_index(
        "ix_report_one_open",
        "report",
        ["study_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'first_signed')"),
        postgresql_where=sa.text("state IN ('draft', 'first_signed')"),
    )
    op.create_index(op.f("ix_report_signed"), "report", ["signed"], unique=False)


def _screening() -> None:
    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("made", TIME, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_screening_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
    )
    op.create_index(op.f("ix_screening_study_id"), "screening", ["study_id"], unique=False)


def _study_object() -> None:
    op.create_table(
        "study_object",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sop_instance_uid", sa.String(length=64), nullable=True),
        sa.Column("sop_class_uid", sa.String(length=64), nullable=True),
        sa.Column("received", TIME, nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_object_study_id")),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_study_object_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_object")),
        sa.UniqueConstraint(
            "unit_code", "object_key", name=op.f("uq_study_object_unit_code_object_key")
        ),
    )
    op.create_index(op.f("ix_study_object_study_id"), "study_object", ["study_id"], unique=False)


def _void_report() -> None:
    op.create_table(
        "void_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made", TIME, nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_void_report_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_void_report")),
    )
    op.create_index(op.f("ix_void_report_study_id"), "void_report", ["study_id"], unique=False)


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(length=64), nullable=False),
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("changed", TIME, nullable=False),
        sa.Column("next_try", TIME, nullable=True),
        sa.Column("confirmed", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed IS NOT NULL)",
            name=op.f("ck_delivery_confirmed_when"),
        ),
        sa.CheckConstraint(
            "state IN ('due', 'sent', 'confirmed', 'parked')", name=op.f("ck_delivery_state")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_delivery_report_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_delivery_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("identifier", name=op.f("uq_delivery_identifier")),
        sa.UniqueConstraint(
            "report_id", "destination", name=op.f("uq_delivery_report_id_destination")
        ),
    )
    op.create_index(op.f("ix_delivery_confirmed"), "delivery", ["confirmed"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["state", "next_try"],
        unique=False,
        sqlite_where=sa.text("state <> 'confirmed'"),
        postgresql_where=sa.text("state <> 'confirmed'"),
    )
    op.create_index(op.f("ix_delivery_study_id"), "delivery", ["study_id"], unique=False)


def _retake() -> None:
    op.create_table(
        "retake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("asked", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("told", TIME, nullable=True),
        sa.Column("ended", TIME, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("cleared", TIME, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('answered', 'recalled', 'withdrawn')", name=op.f("ck_retake_outcome")
        ),
        sa.CheckConstraint("(ended IS NULL) = (outcome IS NULL)", name=op.f("ck_retake_ended_how")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_retake_account_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_retake_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retake")),
        sa.UniqueConstraint("identifier", name=op.f("uq_retake_identifier")),
    )
    op.create_index(op.f("ix_retake_study_id"), "retake", ["study_id"], unique=False)
