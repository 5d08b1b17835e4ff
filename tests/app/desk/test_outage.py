"""The database is away: reading goes on, nothing is lost or signed, and then it is back."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from farlead.desk import StationDesk
from farlead.errors import ClaimLost, ClaimRefused, StoreUnreachable
from farlead.model.critical import CallMade, Way
from farlead.model.lives import StudyState
from farlead.model.report import Claim, Draft, Statement
from support_house import PIN, READER, SECOND
from support_killed import WRITTEN
from support_outage import Hub, Line, open_hub, rejecting
from support_postgres import running_server

_NUMBERS = count(1)
_SUPPORT = Path(__file__).parents[2] / "support"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_server() as server, open_hub(server, tmp_path_factory.mktemp("hub")) as made:
        yield made


@pytest.fixture
def study(hub: Hub) -> int:
    return hub.study(f"s{next(_NUMBERS)}.dcm")


@pytest.fixture
def line(hub: Hub) -> Iterator[Line]:
    made = Line(hub.server.port)
    yield made
    made.close()


@pytest.fixture
def desk(hub: Hub, line: Line) -> Iterator[StationDesk]:
    """Behind the line."""
    with hub.station(READER.login, line.port) as made:
        yield made
        line.restore()
        _back(made)


@pytest.fixture
def other(hub: Hub) -> Iterator[StationDesk]:
    """On a line of its own that holds."""
    with hub.station(SECOND.login) as made:
        yield made


def _away(desk: StationDesk) -> None:
    """As the window asks, until it knows."""
    for _ in range(50):
        try:
            desk.changed()
        except StoreUnreachable:
            return
    raise AssertionError("the station did not notice")


def _back(desk: StationDesk) -> None:
    for _ in range(200):
        try:
            desk.changed()
        except StoreUnreachable:
            continue
        return
    raise AssertionError("the station did not find its way back")


def _draft(words: str) -> Draft:
    return Draft((Statement("RH101", "窦性心律", "Sinus rhythm"),), conclusion=words)


def _reading(desk: StationDesk, study: int) -> tuple[Claim, Draft]:
    claim = desk.claim(study)
    return claim, rejecting(desk.open(study), "好")


def test_a_line_that_swallows_everything_is_noticed_and_the_draft_is_handed_over(
    hub: Hub, line: Line, desk: StationDesk, study: int
) -> None:
    claim, _ = _reading(desk, study)
    line.swallow()
    _away(desk)
    desk.save_draft(claim, _draft("断网"))
    assert desk.kept().drafts == 1
    assert desk.open(study).draft == _draft("断网")
    line.restore()
    _back(desk)
    found = desk.take_up(claim)
    assert (found.lost, len(found.saved)) == (None, 1)
    assert found.held is not None
    assert not desk.kept()
    written = hub.house.services.store.draft(study)
    assert written is not None
    assert written.draft == _draft("断网")
    desk.save_draft(claim, _draft("之后"))  # under the hold that was checked again


def test_reports_ready_to_sign_are_signed_with_one_pin_when_the_server_is_back(
    hub: Hub, desk: StationDesk, study: int
) -> None:
    claim, draft = _reading(desk, study)
    hub.server.stop()
    try:
        _away(desk)
        desk.put_ready(claim, draft)
        assert desk.kept().ready == 1
        with pytest.raises(StoreUnreachable):
            desk.sign(claim, draft)
    finally:
        hub.server.start()
    _back(desk)
    found = desk.take_up(claim)
    assert len(found.ready) == 1
    listed = desk.batch()
    assert [(item.study, item.blocked) for item in listed.items] == [(study, None)]
    (outcome,) = desk.sign_batch(listed, PIN)
    assert outcome.report is not None
    assert hub.house.services.store.study(study).state is StudyState.REPORTED
    assert not desk.kept()
    assert desk.batch().items == ()


def test_what_was_taken_meanwhile_is_offered_to_its_holder_and_kept(
    hub: Hub, line: Line, desk: StationDesk, other: StationDesk, study: int
) -> None:
    claim, draft = _reading(desk, study)
    line.cut()
    _away(desk)
    desk.put_ready(claim, draft)
    taken = other.take_over(study, "waiting")
    line.restore()
    _back(desk)
    found = desk.take_up(claim)
    assert len(found.offered) == 1
    assert found.lost is not None
    assert desk.batch().items == ()
    (offered,) = other.open(study).offered
    assert (offered.reader, offered.draft, offered.ready) == (READER.name, draft, True)
    with pytest.raises(ClaimLost):
        desk.save_draft(claim, draft)
    other.release(taken)


def test_a_colleague_who_wrote_and_gave_it_back_is_not_written_over(
    hub: Hub, line: Line, desk: StationDesk, other: StationDesk, study: int
) -> None:
    claim, _ = _reading(desk, study)
    line.cut()
    _away(desk)
    desk.save_draft(claim, _draft("我的"))
    taken = other.take_over(study, "waiting")
    other.save_draft(taken, _draft("同事的"))
    other.release(taken)
    line.restore()
    _back(desk)
    assert len(desk.take_up().offered) == 1
    written = hub.house.services.store.draft(study)
    assert written is not None
    assert written.draft == _draft("同事的")
    assert [each.draft for each in hub.house.services.store.offered(study)] == [_draft("我的")]


def test_a_study_that_is_at_hand_is_read_without_a_hold_and_claimed_when_it_is_back(
    hub: Hub, line: Line, desk: StationDesk, study: int
) -> None:
    desk.worklist()
    desk.open(study)  # seen before, in nobody's hand
    line.cut()
    _away(desk)
    taken = desk.take_next()
    assert taken is not None
    desk.release(taken)
    claim = desk.claim(study)
    assert claim.fencing == 0
    desk.save_draft(claim, _draft("无占用"))
    desk.release(claim)
    with pytest.raises(ClaimRefused):
        desk.claim(10**9)
    line.restore()
    _back(desk)
    assert len(desk.take_up().saved) == 1
    written = hub.house.services.store.draft(study)
    assert written is not None
    assert written.draft == _draft("无占用")
    row = hub.house.services.store.row(study)
    assert row.claim is None  # and it is free again
    trail = hub.house.services.store.trail(f"study:{study}")
    assert [each.action for each in trail].count("study.opened") >= 1


def test_a_signature_that_came_through_as_the_line_broke_is_not_given_twice(
    hub: Hub, line: Line, desk: StationDesk, study: int
) -> None:
    claim, draft = _reading(desk, study)
    desk.open_key(PIN)
    opened_before = desk.kept()
    assert not opened_before
    line.cut()
    _away(desk)
    desk.put_ready(claim, draft)  # what the window does when it does not know
    line.restore()
    _back(desk)
    desk.sign(claim, draft)  # it had come through
    found = desk.take_up()
    assert len(found.signed) == 1
    assert not desk.kept()
    assert len(hub.house.services.store.reports(study)) == 1


def test_a_critical_value_is_called_without_the_database_and_entered_later(
    hub: Hub, line: Line, desk: StationDesk, study: int
) -> None:
    claim, _ = _reading(desk, study)
    desk.cases()
    line.cut()
    _away(desk)
    case = desk.open_case(claim, "急性心肌梗死")
    assert [each.id for each in desk.cases()] == [case.id]
    assert isinstance(desk.contacts(case), tuple)
    called = desk.record_call(
        case.id, CallMade(Way.TELEPHONE, "0571-1", "王医生", reached=True, read_back=True)
    )
    assert called.receipt is not None
    line.restore()
    _back(desk)
    assert desk.take_up(claim).calls == 1
    (stored,) = hub.house.services.store.cases(study)
    assert stored.receipt is not None
    assert stored.receipt.at == called.receipt.at
    assert not desk.kept()


def test_a_draft_outlives_a_station_that_is_killed_while_it_is_away(
    hub: Hub, line: Line, study: int
) -> None:
    with hub.station(READER.login, line.port):
        home = hub.folder / f"station-{READER.login}"
    command = [sys.executable, "-m", "support_killed", str(home), READER.login, str(study)]
    with subprocess.Popen(
        command, cwd=_SUPPORT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "reading\n"
        line.cut()
        child.communicate("\n", timeout=60)
    assert child.returncode == -9
    line.restore()
    with hub.station(READER.login, line.port) as desk:
        assert desk.kept().drafts == 1
        assert len(desk.take_up().saved) == 1
    written = hub.house.services.store.draft(study)
    assert written is not None
    assert written.draft == WRITTEN
