"""Our HL7 service over a real connection: acknowledged is stored, and no caller disturbs others."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates import Authority
from farlead.errors import SettingsError
from farlead.exchange.orders import OrderListening
from farlead.exchange.orders.answering import Answer, Answering
from farlead.messages import Message
from farlead.model.lives import OrderState
from farlead.settings import Settings
from farlead.store import Store
from support_orders import HospitalClient, hl7_merge, hl7_order, order_settings
from support_store import FakeClock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return order_settings(tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.of(settings, clock=FakeClock()) as opened:
        yield opened


def listening(settings: Settings, store: Store, told: list[Answer] | None = None) -> OrderListening:
    answers: list[Answer] = [] if told is None else told
    return OrderListening(settings, Answering(settings, store, FakeClock()), answers.append)


def test_orders_and_merges_over_one_connection(settings: Settings, store: Store) -> None:
    told: list[Answer] = []
    with listening(settings, store, told) as service, HospitalClient(service.port) as his:
        assert his.send(hl7_order())["MSA"][1:3] == ["AA", "M1"]
        assert his.send(hl7_order("RP", identifier="M2"))["MSA"][1:3] == ["AE", "M2"]
        assert his.send(hl7_order("CA", identifier="M3"))["MSA"][1] == "AA"
        assert his.send(hl7_merge("NEW", "OLD"))["MSA"][1] == "AA"
    (order,) = store.orders()
    assert order.state is OrderState.CANCELLED
    assert len(store.patient_links()) == 1
    assert [answer.code for answer in told] == ["AA", "AE", "AA", "AA"]
    assert isinstance(told[1].reason, Message)


def test_a_message_that_is_sent_again_does_nothing(settings: Settings, store: Store) -> None:
    """The acknowledgement got lost: the sender sends the same message under its number."""
    with listening(settings, store) as service:
        for _ in range(3):
            with HospitalClient(service.port) as his:
                assert his.send(hl7_order())["MSA"][1:3] == ["AA", "M1"]
        with HospitalClient(service.port) as his:
            assert his.send(hl7_order("CA"))["MSA"][1] == "AE"  # the number, another content
    assert [event.act for event in store.order_events(store.orders()[0].id)] == ["received"]


def test_silence_half_a_message_and_rubbish_hold_up_nobody(
    settings: Settings, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(settings, store) as service:
        silent = socket.create_connection(("127.0.0.1", service.port))
        half = socket.create_connection(("127.0.0.1", service.port))
        half.sendall(b"\x0b" + hl7_order().encode()[:100])
        with HospitalClient(service.port) as rude:
            rude.socket.sendall(b"GET / HTTP/1.1\r\n\r\n\x1c\x0d")
            assert rude.socket.recv(1) == b""
        with HospitalClient(service.port) as flood, pytest.raises(ConnectionError):
            flood.send(b"x" * (4 << 20))
        with HospitalClient(service.port) as his:
            assert his.send(hl7_order())["MSA"][1] == "AA"
        silent.close()
        half.close()
    assert len(store.orders()) == 1
    assert "connection was ended" in caplog.text
    caplog.clear()


def test_tls_asks_for_a_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    hub, his = (authority.issue(name, "127.0.0.1") for name in ("hub", "his"))
    tls = {"ca": authority.file, "certificate": hub.certificate, "key": hub.key}
    settings = order_settings(tmp_path, listener={"port": 0, "tls": tls})
    known = ssl.create_default_context(cafile=str(authority.file))
    stranger = ssl.create_default_context(cafile=str(authority.file))
    known.load_cert_chain(his.certificate, his.key)
    with (
        Store.of(settings, clock=FakeClock()) as store,
        listening(settings, store) as service,
    ):
        with HospitalClient(service.port, known) as client:
            assert client.send(hl7_order())["MSA"][1] == "AA"
        with (
            pytest.raises((OSError, ConnectionError)),
            HospitalClient(service.port, stranger) as client,
        ):
            client.send(hl7_order(identifier="M2"))
        with pytest.raises((OSError, ConnectionError)), HospitalClient(service.port) as client:
            client.send(hl7_order(identifier="M3"))
        assert len(store.orders()) == 1


def test_a_port_that_is_taken_is_told(settings: Settings, store: Store, tmp_path: Path) -> None:
    with listening(settings, store) as service:
        taken = order_settings(tmp_path, listener={"port": service.port})
        with pytest.raises(SettingsError):
            listening(taken, store)
