"""The connection to PostgreSQL breaks before and after every statement of claim, draft and sign.

The reader's program does then what a person does: the same again. At the end each study has one
final report and one delivery, what was told to be saved is there, and the balance holds.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from cutting_proxy import CuttingProxy, cutting_proxy
from farlead.errors import ClaimError, ClaimLost, StoreUnreachable
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Account
from farlead.model.report import Claim
from farlead.settings import utc_now
from farlead.store import Store, base
from support_places import POSTGRES, Place
from support_store import arrival, draft, reader, signed

T = TypeVar("T")
TRIES = 4


@pytest.fixture
def place(empty: Callable[[str], Place], tmp_path: Path) -> Place:
    return empty(POSTGRES).copy(tmp_path)


@pytest.fixture
def proxy(place: Place) -> Iterator[CuttingProxy]:
    assert place.server is not None
    with cutting_proxy(place.server.port) as made:
        yield made


@pytest.fixture
def station(place: Place, proxy: CuttingProxy) -> Iterator[Store]:
    """The store as a station reaches it: through the proxy."""
    assert place.server is not None
    address = str(place.where).replace(f":{place.server.port}/", f":{proxy.port}/")
    with Store.open(f"{address}?sslmode=disable", keys=place.keys) as made:
        yield made


def _again(act: Callable[[], T]) -> T:
    for _ in range(TRIES):
        try:
            return act()
        except StoreUnreachable:
            continue
    raise AssertionError("unreachable after the connection was cut once")


def _read(station: Store, study: int, account: Account) -> None:
    """Claim, draft and sign as often as needed."""
    for _ in range(TRIES):
        if _again(lambda: station.study(study)).state is StudyState.REPORTED:
            return
        try:
            _report(station, _again(lambda: station.claim(study, account, "seat")), account)
        except ClaimLost:
            continue  # it had been done, and the answer was lost
        except ClaimError as error:
            raise AssertionError(f"a reader is kept from his own study: {error}") from error
    assert station.study(study).state is StudyState.REPORTED


def _report(station: Store, claim: Claim, account: Account) -> None:
    _again(lambda: station.save_draft(claim, draft("窦性心律")))
    _again(lambda: station.finish(claim, signed(station, account), ["u1"]))


@pytest.mark.slow
def test_a_cut_at_any_statement_loses_nothing_and_does_nothing_twice(
    place: Place, proxy: CuttingProxy, station: Store
) -> None:
    with place.open() as store:
        account = reader(store)
        first = store.add_object(arrival("0")).study_id
        station.study(first)
        proxy.arm(None)
        _read(station, first, account)
        statements = proxy.seen
        assert statements > 9
        studies = [first]
        for number in range(1, statements + 1):
            for after in (False, True):
                name = f"{number}{'b' if after else 'a'}"
                studies.append(store.add_object(arrival(name)).study_id)
                proxy.arm(number, after=after)
                _read(station, studies[-1], account)
                assert proxy.seen >= number, "the statement was not reached"
        for study in studies:
            (report,) = store.reports(study)
            assert report.state is ReportState.FINAL
            assert report.draft == draft("窦性心律")
            assert len(store.deliveries(study)) == 1
            acts = [entry.action for entry in store.trail(f"study:{study}")]
            assert acts.count("report.signed") == 1
        assert store.balance().whole
        assert store.check() == []
        assert store.verify_audit() == []


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_stations_clock_that_is_an_hour_wrong_changes_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    with place.open() as other:
        li, wang = reader(other, "li"), reader(other, "wang")
        mine, his = (other.add_object(arrival(name)).study_id for name in "ab")
        held = other.claim(his, wang, "right")
        monkeypatch.setattr(base, "utc_now", lambda: utc_now() + wrong)
        with place.open() as station:
            claim = station.claim(mine, li, "wrong")
            assert abs(claim.until - held.until) < timedelta(minutes=1)
            assert station.expire_claims() == []
            assert other.expire_claims() == []
            lease = station.take_lease("archive hub", "wrong:1:x", timedelta(seconds=30))
            assert lease is not None
            assert other.take_lease("archive hub", "right:2:y", timedelta(seconds=30)) is None
            station.finish(claim, signed(station, li), ["u1"])
        (report,) = other.reports(mine)
        assert report.signed is not None
        assert abs(report.signed - utc_now()) < timedelta(minutes=5)
        other.finish(held, signed(other, wang), ["u1"])
        assert other.balance().whole
