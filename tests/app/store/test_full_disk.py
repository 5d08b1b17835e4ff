"""A full disk is told as a full disk: nobody restores a backup for it."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from farlead.errors import StoreError
from farlead.messages import Language
from farlead.store import Store, sqlite
from support_store import arrival


def _fill(store: Store) -> tuple[int, StoreError]:
    """How many arrivals were taken, and why the next one was not."""
    for taken in range(500):
        try:
            store.add_object(arrival(str(taken)))
        except StoreError as error:
            return taken, error
    raise AssertionError("the disk did not fill")


def test_a_write_on_a_full_disk_says_so_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "farlead.db"
    Store.open(file).close()
    connected = sqlite._connected

    def small(connection: sqlite3.Connection, entry: object) -> None:
        connected(connection, entry)  # type: ignore[arg-type]
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    monkeypatch.setattr(sqlite, "_connected", small)
    with Store.open(file) as store:
        taken, caught = _fill(store)
        assert caught.reason.id == "store.disk_full"
        assert "不要恢复备份" in caught.text(Language.ZH)
        assert len(store.worklist().rows) == taken
        assert store.balance().whole


def test_an_io_error_without_room_is_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    usage = shutil.disk_usage(".")
    assert not sqlite.disk_full(error, Path())
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=0))
    assert sqlite.disk_full(error, Path())
