"""Suspicions with a clock, marks of the clock that are written once, and whom to call at a unit.

SQLite can neither drop a condition nor let a column be empty: there the tables of the cases are
made anew with their rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

_STATES = "state IN ('suspected', 'open', 'told', 'not_critical', 'unreachable')"
_CLOSED = (
    "(state IN ('suspected', 'open')) = (closed IS NULL) AND (closed IS NULL) = (closed_by IS NULL)"
)
_OPENED = (
    "(opened IS NULL) = (opened_by IS NULL) AND (state <> 'suspected' OR opened IS NULL)"
    " AND (state IN ('suspected', 'not_critical') OR opened IS NOT NULL)"
)
_SEEN = "(seen IS NULL) = (seen_by IS NULL)"
_SUSPECTED_OF = "opened IS NOT NULL OR suspicion <> '[]'"

_KEPT = {
    "critical_case": "id, study_id, state, since, opened, opened_by, closed, closed_by, reason,"
    " taken_over_by",
    "critical_finding": "id, case_id, code, source, finding, added, account_id",
    "critical_call": "id, case_id, at, account_id, station, way, number, person, reached,"
    " read_back, advice",
}


def upgrade() -> None:
    """Widen the cases, add two tables."""
    if op.get_context().dialect.name == "postgresql":
        _altered()
    else:
        _made_anew()
    _escalation()
    _contact()


def _altered() -> None:
    op.drop_index("ix_critical_case_one_open", "critical_case")
    op.add_column(
        "critical_case", sa.Column("suspicion", sa.Text(), server_default="[]", nullable=False)
    )
    op.add_column("critical_case", sa.Column("seen", TIME, nullable=True))
    op.add_column("critical_case", sa.Column("seen_by", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_critical_case_seen_by"), "critical_case", "account", ["seen_by"], ["id"]
    )
    for column in ("opened", "opened_by"):
        op.alter_column("critical_case", column, nullable=True)
    for name in ("state", "closed_whole"):
        op.drop_constraint(op.f(f"ck_critical_case_{name}"), "critical_case")
    for name, condition in (
        ("state", _STATES),
        ("closed_whole", _CLOSED),
        ("opened_whole", _OPENED),
        ("seen_whole", _SEEN),
        ("suspected_of", _SUSPECTED_OF),
    ):
        op.create_check_constraint(op.f(f"ck_critical_case_{name}"), "critical_case", condition)
    _one_running()


def _made_anew() -> None:
    for table, columns in _KEPT.items():
        op.execute(f"CREATE TABLE kept_{table} AS SELECT {columns} FROM {table}")  # noqa: S608 - names of ours
    for table in ("critical_call", "critical_finding", "critical_case"):
        op.drop_table(table)
    _case()
    _finding()
    _call()
    for table, columns in _KEPT.items():
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table}")  # noqa: S608 - names of ours
        op.drop_table(f"kept_{table}")


def _case() -> None:
    op.create_table(
        "critical_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("suspicion", sa.Text(), server_default="[]", nullable=False),
        sa.Column("seen", TIME, nullable=True),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("opened", TIME, nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("closed", TIME, nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("taken_over_by", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_critical_case_state")),
        sa.CheckConstraint(_CLOSED, name=op.f("ck_critical_case_closed_whole")),
        sa.CheckConstraint(_OPENED, name=op.f("ck_critical_case_opened_whole")),
        sa.CheckConstraint(_SEEN, name=op.f("ck_critical_case_seen_whole")),
        sa.CheckConstraint(_SUSPECTED_OF, name=op.f("ck_critical_case_suspected_of")),
        sa.CheckConstraint(
            "state <> 'not_critical' OR TRIM(reason) <> ''",
            name=op.f("ck_critical_case_why_not_critical"),
        ),
        sa.CheckConstraint(
            "state <> 'unreachable' OR TRIM(taken_over_by) <> ''",
            name=op.f("ck_critical_case_taken_over"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_critical_case_{column}"))
            for column, other in (
                ("study_id", "study.id"),
                ("seen_by", "account.id"),
                ("opened_by", "account.id"),
                ("closed_by", "account.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_case")),
    )
    op.create_index(op.f("ix_critical_case_study_id"), "critical_case", ["study_id"])
    _one_running()


def _one_running() -> None:
    op.create_index(
        "ix_critical_case_one_open",
        "critical_case",
        ["study_id"],
        unique=True,
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
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


def _escalation() -> None:
    op.create_table(
        "critical_escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("due <= at", name=op.f("ck_critical_escalation_not_early")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["critical_case.id"], name=op.f("fk_critical_escalation_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_critical_escalation_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_escalation")),
        sa.UniqueConstraint("case_id", "mark", name=op.f("uq_critical_escalation_case_id_mark")),
    )


def _contact() -> None:
    op.create_table(
        "unit_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("added", TIME, nullable=False),
        sa.Column("ended", TIME, nullable=True),
        sa.CheckConstraint("TRIM(number) <> ''", name=op.f("ck_unit_contact_can_be_called")),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_unit_contact_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_contact")),
    )
    op.create_index(op.f("ix_unit_contact_unit_code"), "unit_contact", ["unit_code"])
