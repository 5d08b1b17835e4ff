"""What many stations need: marks of change, passed-on studies, accounts that can be locked.

On PostgreSQL the columns for what comes from outside lose their length: SQLite never had one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

_UNLIMITED = {
    "study": ("study_key", "study_uid"),
    "study_object": ("object_key", "sop_instance_uid", "sop_class_uid"),
    "delivery": ("destination",),
    "fact": ("name",),
    "source": ("name",),
}


def upgrade() -> None:
    """Add columns, tables and indexes."""
    _account()
    _study()
    _skip()
    op.create_index(
        op.f("ix_report_signer_id_signed"), "report", ["signer_id", "signed"], unique=False
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE farlead_change")
        for table, columns in _UNLIMITED.items():
            for column in columns:
                op.alter_column(table, column, type_=sa.Text())


def _account() -> None:
    op.add_column("account", sa.Column("disabled", TIME, nullable=True))
    op.add_column(
        "account", sa.Column("failures", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("account", sa.Column("locked_until", TIME, nullable=True))
    op.add_column("account", sa.Column("kinds", sa.Text(), nullable=True))
    op.create_table(
        "personal",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_personal_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_personal")),
    )


def _study() -> None:
    op.add_column(
        "study", sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_index(
        op.f("ix_study_unit_code_arrived"), "study", ["unit_code", "arrived"], unique=False
    )
    op.create_index(op.f("ix_study_arrived"), "study", ["arrived"], unique=False)
    op.create_index(op.f("ix_study_changed"), "study", ["changed"], unique=False)


def _skip() -> None:
    op.create_table(
        "skip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_skip_account_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_skip_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skip")),
    )
    op.create_index(op.f("ix_skip_account_id_at"), "skip", ["account_id", "at"], unique=False)
