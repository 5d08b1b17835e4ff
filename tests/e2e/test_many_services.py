"""Several service processes on one store: nothing twice, nothing lost, also when they are killed.

``FARLEAD_SEED`` chooses the moments; the seed is printed when something fails.
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from farlead.model.lives import DeliveryState
from support_places import POSTGRES, SQLITE
from support_postgres import running_server
from support_serving import Serving, serving

SEED = int(os.environ.get("FARLEAD_SEED", "20261122"))
#: Studies with nobody killed, and while processes are killed (``FARLEAD_STUDIES`` for more); kills.
CALM, WILD = 9, int(os.environ.get("FARLEAD_STUDIES", "12"))
KILLS = min(WILD // 4, 20)
#: So many may be under way, so that processes are killed amid work and not amid starting.
BACKLOG = 30
PROCESSES = {SQLITE: 2, POSTGRES: 3}


@pytest.fixture(scope="module", params=[SQLITE, POSTGRES])
def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    with ExitStack() as stack:
        database = None
        if request.param == POSTGRES:
            server = stack.enter_context(running_server())
            database = server.address(server.fresh())
        made = stack.enter_context(serving(tmp_path_factory.mktemp("many"), database))
        made.start(PROCESSES[request.param])
        yield made


def _unit(number: int) -> str:
    return ("jia", "yi", "bing")[number % 3]


def _doctor(hub: Serving) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "farlead.cli", "doctor", "--json", "--home"]
    done = subprocess.run(
        [*command, str(hub.settings.folder)], capture_output=True, check=True, text=True
    )
    found: list[dict[str, object]] = json.loads(done.stdout)
    return [each for each in found if each["check"] == "work"]


def _processes(hub: Serving) -> Callable[[], bool]:
    """Whether every process has said that it serves."""
    return lambda: sum(each.is_process for each in hub.store.leases()) >= len(hub.processes)


def test_they_share_the_work_and_do_nothing_twice(hub: Serving) -> None:
    hub.until(_processes(hub))
    for number in range(CALM):
        hub.send(_unit(number))
    hub.until(hub.through)
    hub.check()
    once = Counter({each.id: 1 for each in hub.store.studies()})
    assert hub.acts("study.screened") == once
    confirmed = hub.tries()[DeliveryState.CONFIRMED]
    assert hub.tries() == {DeliveryState.SENT: confirmed, DeliveryState.CONFIRMED: confirmed}
    assert len(hub.systems.system.messages) == len(hub.systems.system.reports())
    told = _doctor(hub)
    assert {each["process"] for each in told} >= {each.pid for each in hub.processes}
    work = {str(each["work"]): each for each in told}
    assert work["archive hub"]["alive"] is True
    assert {"claims", "serve", "status"} <= set(work)


@pytest.mark.slow
@pytest.mark.timeout(300 + WILD)
def test_what_a_killed_one_had_in_hand_is_taken_over(hub: Serving) -> None:
    chance = random.Random(SEED)
    for number in range(WILD):
        hub.send(_unit(number))
        hub.until(lambda: hub.sent.total() - hub.sign_all() < BACKLOG)
        if number % (WILD // KILLS) == 1:
            threading.Event().wait(chance.uniform(0, 0.5))
            hub.kill(chance)
            hub.start()
    hub.until(hub.through, 120 + WILD)
    hub.check()
    once = Counter({each.id: 1 for each in hub.store.studies()})
    assert hub.acts("study.screened") == once, f"seed {SEED}"


def test_one_that_is_asked_to_end_finishes_and_gives_everything_back(hub: Serving) -> None:
    hub.until(_processes(hub))
    for number in range(3):
        hub.send(_unit(number))
    hub.until(hub.through)
    assert set(hub.stop()) == {0}
    hub.until(lambda: not [each for each in hub.store.leases() if each.until > hub.store.now()])
    hub.check()
