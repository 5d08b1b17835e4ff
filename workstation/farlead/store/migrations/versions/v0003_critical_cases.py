"""Cases of critical values, with what was found and every call."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables, empty."""
    _case()
    _finding()
    _call()


def _case() -> None:
    op.create_table(
        "critical_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("opened", TIME, nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed", TIME, nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("taken_over_by", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'told', 'not_critical', 'unreachable')",
            name=op.f("ck_critical_case_state"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed IS NULL) AND (state = 'open') = (closed_by IS NULL)",
            name=op.f("ck_critical_case_closed_whole"),
        ),
        sa.CheckConstraint(
            "state <> 'not_critical' OR TRIM(reason) <> ''",
            name=op.f("ck_critical_case_why_not_critical"),
        ),
        sa.CheckConstraint(
            "state <> 'unreachable' OR TRIM(taken_over_by) <> ''",
            name=op.f("ck_critical_case_taken_over"),
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_critical_case_study_id")),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["account.id"], name=op.f("fk_critical_case_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], name=op.f("fk_critical_case_closed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_case")),
    )
    op.create_index(op.f("ix_critical_case_study_id"), "critical_case", ["study_id"])
    op.create_index(
        "ix_critical_case_one_open",
        "critical_case",
        ["study_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _finding() -> None:
    op.create_table(
        "critical_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("added", TIME, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["critical_case.id"], name=op.f("fk_critical_finding_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_critical_finding_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_finding")),
    )
    op.create_index(op.f("ix_critical_finding_case_id"), "critical_finding", ["case_id"])


def _call() -> None:
    op.create_table(
        "critical_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("read_back", sa.Integer(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "way IN ('telephone', 'mobile', 'message', 'in_person')",
            name=op.f("ck_critical_call_way"),
        ),
        sa.CheckConstraint(
            "read_back = 0 OR reached <> 0", name=op.f("ck_critical_call_repeated_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["critical_case.id"], name=op.f("fk_critical_call_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_critical_call_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_call")),
    )
    op.create_index(op.f("ix_critical_call_case_id"), "critical_call", ["case_id"])
