"""Orders of lists that are asked for: dcmtk's and Orthanc's worklist, a FHIR server in pages."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from farlead import services
from farlead.exchange.orders import OrderPoll, ServiceRequests, Worklist
from farlead.exchange.orders.polling import Listed
from farlead.exchange.turns import Turns
from farlead.model.connection import Way
from farlead.model.lives import OrderState
from farlead.model.people import Sex
from farlead.model.study import Kind, Priority
from farlead.peers import OrderService, OrderWorklist
from farlead.services.ordering import order_polls
from farlead.store import Store
from support_orders import (
    RequestServer,
    order_settings,
    request_server,
    service_request,
    worklist_entry,
    worklist_server,
)
from support_orthanc import free_port, orthanc
from support_store import FakeClock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.of(order_settings(tmp_path), clock=FakeClock()) as opened:
        yield opened


def worklist(port: int, **given: Any) -> Worklist:
    known = {"name": "mwl", "unit": "county1", "aet": "WL", "host": "127.0.0.1", "port": port}
    return Worklist(OrderWorklist.model_validate({**known, **given}), Path("/"), FakeClock())


def requests(server: RequestServer, **given: Any) -> ServiceRequests:
    known = {"name": "fhir", "unit": "county1", "url": server.url, **given}
    return ServiceRequests(OrderService.model_validate(known), Path("/"), FakeClock())


def test_a_worklist_is_read_whole(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "lists"
    with worklist_server(folder) as port:
        worklist_entry(folder / "WL", 1)
        worklist_entry(folder / "WL", 2, modality="US")
        worklist_entry(folder / "WL", 3, day="20261115")
        plain = OrderPoll(worklist(port), store).run_once()  # dcmtk's leaves out the charset
        assert plain.trouble is not None
        assert plain.trouble.id == "orders.no_charset"
        poll = OrderPoll(worklist(port, charset="ISO_IR 192"), store)
        assert poll.run_once().trouble is None
        (kept,) = store.orders()
        order = kept.order
        assert (kept.source, order.placer, order.filler) == ("mwl", "P1", "RP1")
        assert (order.patient.name, order.patient.local_number) == ("张伟", "A001")
        assert (order.patient.sex, order.patient.birth_date) == (Sex.MALE, date(1990, 3, 7))
        assert order.request.priority is Priority.EMERGENCY
        assert order.request.clinical_question == "胸痛待查"
        assert (order.request.requesting_doctor, order.request.department) == ("李明", "急诊科")
        assert (order.request.callback_number, order.request.accession) == ("8001", "ACC1")
        assert order.requested == datetime(2026, 11, 22, 10, 0).astimezone()
        assert order.kind is Kind.ECG
        assert poll.run_once().taken == 0
        worklist_entry(folder / "WL", 1, priority="LOW")
        assert poll.run_once().taken == 1
        assert store.orders()[0].order.request.priority is Priority.ROUTINE
        (folder / "WL" / "1.wl").unlink()
        poll.run_once()
        assert store.orders()[0].state is OrderState.WAITING  # gone from the list is not cancelled


def test_orthancs_worklist_is_read_as_well(tmp_path: Path, store: Store) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    worklist_entry(lists, 1)
    plugin = "/usr/share/orthanc/plugins/libModalityWorklists.so"
    further = {
        "Plugins": [plugin],
        "Worklists": {"Enable": True, "Database": str(lists)},
        "DicomAlwaysAllowFindWorklist": True,
    }
    with orthanc(tmp_path / "orthanc", dicom=True, **further) as server:
        poll = OrderPoll(worklist(server.dicom_port, aet="HUB"), store)
        assert poll.run_once().trouble is None
    (kept,) = store.orders()
    assert kept.order.patient.name == "张伟"
    assert kept.order.request.accession == "ACC1"


def test_a_wrong_entry_is_told_and_the_others_are_taken(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "lists"
    with worklist_server(folder) as port:
        worklist_entry(folder / "WL", 1, priority="SOON")
        worklist_entry(folder / "WL", 2)
        polled = OrderPoll(worklist(port, charset="ISO_IR 192"), store).run_once()
    assert (polled.taken, polled.wrong) == (1, 1)
    assert polled.trouble is not None
    assert polled.trouble.id == "orders.wrong"


def test_service_requests_are_followed_page_by_page(store: Store) -> None:
    with request_server() as server:
        server.requests = [service_request(number) for number in range(5)]
        source = requests(server, kinds={"11524-6": "ecg"}, category="http://x|EKG")
        poll = OrderPoll(source, store)
        assert poll.run_once().trouble is None
        orders = {each.order.number: each.order for each in store.orders()}
        assert set(orders) == {f"ACC{number}" for number in range(5)}
        order = orders["ACC3"]
        assert (order.placer, order.kind) == ("P3", Kind.ECG)
        assert (order.patient.name, order.patient.local_number) == ("张伟", "A001")
        assert order.patient.national_id == "1101************15"
        assert order.request.priority is Priority.EMERGENCY
        assert order.request.clinical_question == "胸痛待查"
        assert (order.request.requesting_doctor, order.request.callback_number) == ("王芳", "8001")
        assert order.requested == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
        assert "authored=ge2026-11-19" in server.asked[0]
        assert "category=http%3A%2F%2Fx%7CEKG" in server.asked[0]
        assert len(server.asked) == 3
        assert poll.run_once().taken == 0
        server.requests[3]["status"] = "revoked"
        assert poll.run_once().taken == 1
        poll.close()
    cancelled = [each for each in store.orders() if each.state is OrderState.CANCELLED]
    assert [each.order.number for each in cancelled] == ["ACC3"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"priority": "soon"}, "orders.wrong"),
        ({"identifier": [], "id": None}, "orders.no_number"),
        ({"status": "draft"}, None),
        ({"status": "entered-in-error"}, None),
    ],
)
def test_a_request_that_is_wrong_or_none(store: Store, change: Any, told: str | None) -> None:
    with request_server() as server:
        made = {**service_request(1), **change}
        server.requests = [{name: value for name, value in made.items() if value is not None}]
        polled = OrderPoll(requests(server), store).run_once()
    assert (polled.trouble.id if polled.trouble else None) == told
    assert store.orders() == []


@pytest.mark.parametrize("where", ["http://elsewhere.example/fhir", "{url}.example"])
def test_a_next_page_elsewhere_is_not_followed(store: Store, where: str) -> None:
    with request_server() as server:
        server.requests = [service_request(number) for number in range(5)]
        server.elsewhere = where.format(url=server.url)
        polled = OrderPoll(requests(server), store).run_once()
    assert polled.trouble is not None
    assert polled.trouble.id == "orders.elsewhere"


def _dead_worklist() -> Listed:
    return worklist(free_port())


def _dead_server() -> Listed:
    return requests(RequestServer(port=free_port()))


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("dead", [_dead_worklist, _dead_server])
def test_a_list_that_does_not_answer_is_told(store: Store, dead: Callable[[], Listed]) -> None:
    polled = OrderPoll(dead(), store).run_once()
    assert polled.trouble is not None
    assert polled.trouble.id == "peers.unreachable"


def test_the_ways_in_stand_among_the_connections(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "lists"
    with worklist_server(folder) as port, request_server() as server:
        settings = order_settings(
            tmp_path,
            listener={"port": free_port()},
            worklists=[
                {"name": "mwl", "unit": "county1", "aet": "WL", "host": "127.0.0.1", "port": port}
            ],
            services=[
                {"name": "fhir", "unit": "county1", "url": server.url, "password": "file:nowhere"}
            ],
        )
        answers = {
            each.way: services.try_connection(settings, each)
            for each in services.connections(settings, store)
        }
        assert answers[Way.WORKLIST] is None
        asked = answers[Way.REQUESTS]
        assert asked is not None
        assert asked.id == "peers.secret_file"
        assert answers[Way.ORDERS] is not None  # nobody listens
        for poll in order_polls(settings, store, FakeClock(), Turns(store)):
            poll.run_once()
            poll.close()
    stands = {each.name: each.trouble for each in services.connections(settings, store)}
    assert stands["mwl"] is None
    trouble = stands["fhir"]
    assert trouble is not None
    assert trouble.id == "peers.secret_file"
    assert json.dumps(trouble.as_dict())
