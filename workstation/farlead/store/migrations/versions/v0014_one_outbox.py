"""One outbox: notices and retake requests are deliveries, to every way of the unit.

What was told already is kept as confirmed at the unit's folder; what was not yet told gets its
deliveries from the delivery service. On SQLite the tables are made anew, because a column that
must not be empty cannot be told otherwise.
"""

import uuid
from collections.abc import Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
_Row: TypeAlias = "sa.Row[Any]"
_STATES = "'due', 'sent', 'confirmed', 'parked', 'dropped'"
_KINDS = "'preliminary', 'withdrawn', 'retake', 'retake_over', 'critical', 'critical_over'"
_OF_WHAT = (
    "(kind IN ('preliminary', 'withdrawn')) = (report_id IS NOT NULL)"
    " AND (kind IN ('retake', 'retake_over')) = (retake_id IS NOT NULL)"
    " AND (kind IN ('critical', 'critical_over')) = (case_id IS NOT NULL)"
)
_OVER = ("attempts", "failures", "next_try", "error", "told", "cleared")


def upgrade() -> None:
    """Make the tables anew, with what they held."""
    notices, retakes = _held()
    if op.get_context().dialect.name == "sqlite":
        _anew()
    else:
        _altered()
    for name in _OVER:
        op.drop_column("retake", name)
    _told(notices, retakes)


def _held() -> tuple[Sequence[_Row], Sequence[_Row]]:
    run = op.get_bind().exec_driver_sql
    notices = run(
        "SELECT n.id, n.report_id, n.kind, n.file_sha256, n.asked, n.told, r.study_id, r.author_id,"
        " r.content, s.unit_code, w.account_id"
        " FROM notice n JOIN report r ON r.id = n.report_id JOIN study s ON s.id = r.study_id"
        " LEFT JOIN report_withdrawal w ON w.report_id = r.id ORDER BY n.id"
    ).all()
    retakes = run(
        "SELECT t.id, t.study_id, t.account_id, t.asked, t.attempts, t.told, t.ended, s.unit_code"
        " FROM retake t JOIN study s ON s.id = t.study_id"
        " WHERE t.ended IS NULL OR t.cleared IS NULL ORDER BY t.id"
    ).all()
    return notices, retakes


# SQLite


def _anew() -> None:
    run = op.get_bind().exec_driver_sql
    for (trigger,) in run("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        run(f'DROP TRIGGER "{trigger}"')  # all are made anew after the migration
    op.drop_table("notice")
    _notice("notice")
    _delivery("delivery_new")
    _event("delivery_event_new")
    columns = (
        "id, report_id, study_id, destination, identifier, state, attempts, created, changed,"
        " next_try, confirmed, error"
    )
    run(f"INSERT INTO delivery_new ({columns}) SELECT {columns} FROM delivery")  # noqa: S608 - names of ours
    run(
        "INSERT INTO delivery_event_new SELECT id, delivery_id, at, state, told FROM delivery_event"
    )
    for table in ("delivery_event", "delivery"):
        op.drop_table(table)
    for table in ("delivery", "delivery_event"):
        op.rename_table(f"{table}_new", table)
    _indexes()


def _notice(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("retake_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("asked", TIME, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("spread", TIME, nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_notice_kind")),
        sa.CheckConstraint(
            "kind <> 'preliminary' OR file_sha256 IS NOT NULL",
            name=op.f("ck_notice_preliminary_file"),
        ),
        sa.CheckConstraint(_OF_WHAT, name=op.f("ck_notice_of_what")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_notice_study_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_notice_report_id")),
        sa.ForeignKeyConstraint(["retake_id"], ["retake.id"], name=op.f("fk_notice_retake_id")),
        sa.ForeignKeyConstraint(["case_id"], ["critical_case.id"], name=op.f("fk_notice_case_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )


def _delivery(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
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
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_delivery_state")),
        sa.CheckConstraint(
            "(report_id IS NULL) <> (notice_id IS NULL)", name=op.f("ck_delivery_of_one_thing")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_delivery_report_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_delivery_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("identifier", name=op.f("uq_delivery_identifier")),
        sa.UniqueConstraint(
            "report_id", "destination", name=op.f("uq_delivery_report_id_destination")
        ),
        sa.UniqueConstraint(
            "notice_id", "destination", name=op.f("uq_delivery_notice_id_destination")
        ),
    )


def _event(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_delivery_event_state")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery_new.id"], name=op.f("fk_delivery_event_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_event")),
    )


def _indexes() -> None:
    op.create_index(op.f("ix_delivery_confirmed"), "delivery", ["confirmed"])
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["state", "next_try"],
        sqlite_where=sa.text("state <> 'confirmed'"),
    )
    op.create_index(op.f("ix_delivery_study_id"), "delivery", ["study_id"])
    op.create_index(op.f("ix_delivery_event_delivery_id"), "delivery_event", ["delivery_id"])
    _notice_indexes()


def _notice_indexes() -> None:
    op.create_index(op.f("ix_notice_study_id"), "notice", ["study_id"])
    op.create_index(
        "ix_notice_unspread",
        "notice",
        ["id"],
        sqlite_where=sa.text("spread IS NULL"),
        postgresql_where=sa.text("spread IS NULL"),
    )


# PostgreSQL


def _altered() -> None:
    op.drop_table("notice")
    _notice("notice")
    _notice_indexes()
    op.alter_column("delivery", "report_id", nullable=True)
    op.add_column("delivery", sa.Column("notice_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_delivery_notice_id"), "delivery", "notice", ["notice_id"], ["id"]
    )
    op.create_unique_constraint(
        op.f("uq_delivery_notice_id_destination"), "delivery", ["notice_id", "destination"]
    )
    op.create_check_constraint(
        op.f("ck_delivery_of_one_thing"), "delivery", "(report_id IS NULL) <> (notice_id IS NULL)"
    )
    for table in ("delivery", "delivery_event"):
        name = op.f(f"ck_{table}_state")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"state IN ({_STATES})")


# What was there


def _told(notices: Sequence[_Row], retakes: Sequence[_Row]) -> None:
    for row in notices:
        by = row.account_id if row.kind == "withdrawn" else row.author_id
        content = row.content if row.kind == "preliminary" else None
        made = _kept(
            "report_id", row.report_id, row.study_id, row.kind, row.asked, by,
            file_sha256=row.file_sha256, content=content, spread=row.told,
        )  # fmt: skip
        if row.told is not None:
            _confirmed(made, row, row.told)
    for row in retakes:
        out = row.told or (row.asked if row.attempts else None)
        asked = _kept(
            "retake_id", row.id, row.study_id, "retake", row.asked, row.account_id, spread=out
        )
        if out is not None:
            _confirmed(asked, row, out)
        if row.ended is not None:
            _kept("retake_id", row.id, row.study_id, "retake_over", row.ended, None)


def _kept(
    of: str, about: int, study: int, kind: str, asked: object, by: int | None, **further: object
) -> int:
    values = {
        "study_id": study, "kind": kind, of: about, "asked": asked, "account_id": by, **further,
    }  # fmt: skip
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    sql = f"INSERT INTO notice ({names}) VALUES ({marks}) RETURNING id"  # noqa: S608 - names of ours
    return int(op.get_bind().execute(sa.text(sql), values).scalar_one())


def _confirmed(notice: int, row: _Row, at: object) -> None:
    op.get_bind().execute(
        sa.text(
            "INSERT INTO delivery (notice_id, study_id, destination, identifier, state, attempts,"
            " created, changed, confirmed) VALUES (:notice, :study, :unit, :identifier,"
            " 'confirmed', 1, :at, :at, :at)"
        ),
        {
            "notice": notice,
            "study": row.study_id,
            "unit": row.unit_code,
            "identifier": f"2.25.{uuid.uuid4().int}",
            "at": at,
        },
    )
