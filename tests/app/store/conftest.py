"""A fresh store on either database; the empty one is migrated once and copied."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from farlead.store import Store
from support_places import KINDS, POSTGRES, Place, Raw, new_place
from support_postgres import Server, running_server
from support_store import FakeClock


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests."""
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def nowhere(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Place]:
    """Makes places of a kind with nothing in them; the server is started when it is needed."""

    def make(kind: str) -> Place:
        server = request.getfixturevalue("server") if kind == POSTGRES else None
        return new_place(kind, tmp_path_factory.mktemp(kind), server)

    return make


@pytest.fixture(scope="session")
def empty(nowhere: Callable[[str], Place]) -> Callable[[str], Place]:
    """Places of a kind with an empty, closed store; to be copied."""

    @cache
    def make(kind: str) -> Place:
        place = nowhere(kind)
        place.open(FakeClock()).close()
        return place

    return make


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def place(kind: str, empty: Callable[[str], Place], tmp_path: Path) -> Iterator[Place]:
    """An empty store of this test's own."""
    with empty(kind).copied(tmp_path) as made:
        yield made


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(place: Place, clock: FakeClock) -> Iterator[Store]:
    with place.open(clock) as opened:
        yield opened


@pytest.fixture
def undone(kind: str, filled: Callable[[str], Place]) -> Iterator[Raw]:
    """Somebody with a SQL client at a module's `filled`; what was not refused is taken back."""
    with filled(kind).raw() as client:
        client.execute("BEGIN")
        yield client
        client.execute("ROLLBACK")
