"""A fresh store and its clock; the empty one is migrated once and copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from farlead.store import Store
from support_store import FakeClock


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with an empty, closed store."""
    folder = tmp_path_factory.mktemp("empty")
    Store.open(folder / "farlead.db", clock=FakeClock()).close()
    return folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, empty_store: Path, clock: FakeClock) -> Iterator[Store]:
    shutil.copytree(empty_store, tmp_path, dirs_exist_ok=True)
    with Store.open(tmp_path / "farlead.db", clock=clock) as opened:
        yield opened
