"""Orders apart from their studies, what became of them, and patients that a unit has joined."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def outside(length: int) -> sa.types.TypeEngine[str]:
    """What comes from outside may be longer than it should."""
    return sa.String(length).with_variant(sa.Text(), "postgresql")


def upgrade() -> None:
    """Make the tables, empty; studies are looked up by their accession number."""
    _accession()
    _order()
    _number()
    _event()
    _message()
    _link()


def _accession() -> None:
    op.add_column("study", sa.Column("accession", outside(80), nullable=True))
    postgres = op.get_context().dialect.name == "postgresql"
    stated = "request::json ->> 'accession'" if postgres else "json_extract(request, '$.accession')"
    op.execute(f"UPDATE study SET accession = {stated} WHERE {stated} IS NOT NULL")  # noqa: S608 - text of ours
    op.create_index(
        op.f("ix_study_unit_code_accession"), "study", ["unit_code", "accession"], unique=False
    )


def _order() -> None:
    op.create_table(
        "study_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("source", outside(64), nullable=False),
        sa.Column("placer", outside(80), nullable=True),
        sa.Column("filler", outside(80), nullable=True),
        sa.Column("accession", outside(80), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("due", TIME, nullable=True),
        sa.Column("found", sa.Text(), server_default="[]", nullable=False),
        sa.Column("received", TIME, nullable=False),
        sa.CheckConstraint(
            "state <> 'joined' OR study_id IS NOT NULL",
            name=op.f("ck_study_order_joined_to_study"),
        ),
        sa.CheckConstraint(
            "state IN ('joined', 'cancelled') OR study_id IS NULL",
            name=op.f("ck_study_order_free_of_study"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'joined', 'cancelled', 'closed')",
            name=op.f("ck_study_order_state"),
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_order_study_id")),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_study_order_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_order")),
        sa.UniqueConstraint("study_id", name=op.f("uq_study_order_study_id")),
        sa.UniqueConstraint("unit_code", "placer", name=op.f("uq_study_order_unit_code_placer")),
    )
    for columns in (["unit_code", "accession"], ["state", "received"]):
        name = op.f(f"ix_study_order_{'_'.join(columns)}")
        op.create_index(name, "study_order", columns, unique=False)


def _number() -> None:
    op.create_table(
        "order_number",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["study_order.id"], name=op.f("fk_order_number_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", "kind", "scope", "hash", name=op.f("pk_order_number")),
    )
    op.create_index(
        op.f("ix_order_number_kind_scope_hash"),
        "order_number",
        ["kind", "scope", "hash"],
        unique=False,
    )


def _event() -> None:
    op.create_table(
        "order_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_order_event_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["study_order.id"], name=op.f("fk_order_event_order_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_order_event_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    for column in ("order_id", "study_id"):
        op.create_index(op.f(f"ix_order_event_{column}"), "order_event", [column], unique=False)


def _message() -> None:
    op.create_table(
        "order_message",
        sa.Column("peer", outside(64), nullable=False),
        sa.Column("control_id", outside(200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("peer", "control_id", name=op.f("pk_order_message")),
    )


def _link() -> None:
    op.create_table(
        "patient_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made", TIME, nullable=False),
        sa.Column("ended", TIME, nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kept_id <> other_id", name=op.f("ck_patient_link_two")),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["account.id"], name=op.f("fk_patient_link_ended_by")
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["patient.id"], name=op.f("fk_patient_link_kept_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["patient.id"], name=op.f("fk_patient_link_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_link")),
    )
    for column in ("kept_id", "other_id"):
        op.create_index(op.f(f"ix_patient_link_{column}"), "patient_link", [column], unique=False)
    op.create_index(
        "ix_patient_link_one_open",
        "patient_link",
        ["kept_id", "other_id"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
