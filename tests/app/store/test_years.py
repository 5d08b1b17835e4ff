"""A store that holds years of studies reads for list and wall what is open, and no more."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from farlead.settings import Settings
from farlead.store import Store
from support_store import arrival
from support_year import fill


def test_no_years_of_studies_are_read_for_what_waits(tmp_path: Path) -> None:
    """Also where the planner's statistics are of a time at which nothing waited."""
    with Store.of(Settings(folder=tmp_path)) as store:
        file = tmp_path / "farlead.db"
        fill(store, file, datetime.now(UTC), 3000, days=30, units=5)
        store.add_object(arrival("w", unit="u1"))
    with Store.of(Settings(folder=tmp_path)) as store, sqlite3.connect(file) as raw:
        said: list[tuple[str, Any]] = []
        event.listen(
            store._database.engine, "before_cursor_execute",
            lambda _c, _u, text, values, *_rest: said.append((text, values)),
        )  # fmt: skip
        assert len(store.worklist().rows) == 1
        store.wall()
        plans = [
            line[3]
            for text, values in said
            if text.startswith("SELECT") and "study" in text and not _whole_store(text)
            for line in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    raw.close()
    assert plans
    gone_over = [line for line in plans if line.startswith(("SCAN study", "SCAN delivery"))]
    assert [line for line in gone_over if "ix_delivery_open" not in line] == []  # of open ones only
    assert not [line for line in plans if "study USING INDEX ix_study_unit_code_arrived" in line]


def _whole_store(text: str) -> bool:
    """The balance, which counts every study, and says so."""
    return "GROUP BY study.state" in text
