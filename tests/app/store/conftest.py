"""A fresh store and its clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from farlead.store import Store
from support_store import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    with Store.open(tmp_path / "farlead.db", clock=clock) as opened:
        yield opened
