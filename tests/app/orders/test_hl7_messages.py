"""What HL7 messages say, and what is answered to anything at all."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import hl7
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farlead.errors import OrderRefused, StoreBusy
from farlead.exchange.orders.answering import Answering
from farlead.messages import message
from farlead.model.order import Control, Order
from farlead.model.people import Patient, Sex
from farlead.model.study import Kind, Priority
from farlead.store import Merge, PersonUpdate, Receipt, Said
from support_orders import ONSET, PID, fields, hl7_merge, hl7_order, order_settings
from support_store import FakeClock


@dataclass
class Taken:
    """A store that keeps what it is told."""

    said: list[Said] = field(default_factory=list)
    receipts: list[Receipt | None] = field(default_factory=list)
    fails: Exception | None = None

    def take_orders(
        self,
        source: str,
        said: list[Said],
        receipt: Receipt | None = None,
    ) -> bool:
        if self.fails is not None:
            raise self.fails
        assert source == "his"
        self.said += said
        self.receipts.append(receipt)
        return True

    @property
    def order(self) -> Order:
        (said,) = self.said
        assert isinstance(said, tuple)
        return said[1]


@pytest.fixture
def taken() -> Taken:
    return Taken()


def answering(taken: Taken, **peer: object) -> Answering:
    his = {"name": "his", "unit": "county1", "application": "HIS", **peer}
    return Answering(order_settings(Path("/nowhere"), peers=[his]), taken, FakeClock())


def said_to(text: str | bytes, taken: Taken, **peer: object) -> dict[str, list[str]]:
    """The answer to a message."""
    data = text if isinstance(text, bytes) else text.encode()
    return fields(answering(taken, **peer).answer(data).data.decode())


@pytest.mark.parametrize("kind", ["ORM^O01^ORM_O01", "ORM^O01", "OMG^O19^OMG_O19"])
def test_an_order_is_read_whole(taken: Taken, kind: str) -> None:
    answer = said_to(hl7_order(kind=kind), taken)
    assert answer["MSA"][1:3] == ["AA", "M1"]
    assert answer["MSH"][8].split("^")[0] == "ACK"
    order = taken.order
    assert (order.unit, order.placer, order.filler) == ("county1", "P1", "FP1")
    assert order.patient == Patient(
        name="张伟",
        local_number="A001",
        national_id="110101199003078515",
        sex=Sex.MALE,
        birth_date=date(1990, 3, 7),
    )
    request = order.request
    assert request.priority is Priority.EMERGENCY
    assert request.clinical_question == "胸痛待查；冠心病史"
    assert (request.requesting_doctor, request.department) == ("王芳", "心内科")
    assert (request.callback_number, request.accession) == ("8001", "ACC1")
    assert request.symptom_onset == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert order.requested == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert order.kind is Kind.ECG


@pytest.mark.parametrize(
    ("stated", "control"),
    [("NW", Control.NEW), ("XO", Control.CHANGE), ("CA", Control.CANCEL), ("OC", Control.CANCEL)],
)
def test_order_control(taken: Taken, stated: str, control: Control) -> None:
    said_to(hl7_order(stated), taken)
    (said,) = taken.said
    assert not isinstance(said, Merge)
    assert said[0] is control


def test_several_orders_of_one_message(taken: Taken) -> None:
    second = hl7_order(placer="P2", accession="ACC2").split("\r")[3:5]
    said_to(hl7_order(more=(ONSET, *second)), taken)
    orders = [said[1] for said in taken.said if not isinstance(said, Merge)]
    assert [order.placer for order in orders] == ["P1", "P2"]
    assert [order.request.symptom_onset is None for order in orders] == [False, True]


def test_the_charset_is_the_peers(taken: Taken) -> None:
    charset = "GB 18030-2000"
    said = hl7_order(charset=charset, pid=PID.replace("张^伟", "镕^䶮"))
    made = answering(taken, charset=charset).answer(said.encode("gb18030"))
    assert made.code == "AA"
    assert taken.order.patient.name == "镕䶮"
    wrong = answering(taken, charset=charset).answer(hl7_order().encode("gb18030"))
    assert wrong.code == "AR"
    bad = answering(taken).answer(said.replace(charset, "").encode("gb18030"))
    assert bad.code == "AE"


def test_a_letter_whose_bytes_hold_a_separator_is_one_letter(taken: Taken) -> None:
    """In GB 18030 the second byte of a letter may be that of ``|`` or ``^``."""
    name = b"\x81\x7c\x81\x5e".decode("gb18030")
    said = hl7_order(charset="GB 18030-2000", pid=PID.replace("张^伟", name))
    made = answering(taken, charset="GB 18030-2000").answer(said.encode("gb18030"))
    assert made.code == "AA"
    assert taken.order.patient.name == name


def test_escapes_are_what_they_mean(taken: Taken) -> None:
    said_to(hl7_order().replace("冠心病史", "A\\T\\B \\F\\ \\H\\C\\N\\\\.br\\D"), taken)
    assert taken.order.request.clinical_question == "胸痛待查；A&B | C D"


def test_the_accession_number_stands_where_the_peer_has_it(taken: Taken) -> None:
    said_to(hl7_order(), taken, accession=["ORC-2"])
    assert taken.order.request.accession == "P1"


def test_a_service_code_says_the_kind(taken: Taken) -> None:
    said_to(hl7_order(), taken, kinds={"93000": "ultrasound"})
    assert taken.order.kind is Kind.ULTRASOUND


def test_merges(taken: Taken) -> None:
    assert said_to(hl7_merge("NEW", "OLD"), taken)["MSA"][1] == "AA"
    assert taken.said == [
        Merge("county1", Patient(local_number="NEW"), Patient(local_number="OLD"))
    ]
    assert said_to(hl7_merge("NEW", ""), taken)["MSA"][1] == "AE"
    assert said_to(hl7_merge("A", "B"), taken, merges=False)["MSA"][1] == "AR"


@pytest.mark.parametrize("kind", ["ADT^A08", "ADT^A31"])
def test_what_changed_of_a_patient_is_taken(taken: Taken, kind: str) -> None:
    said = hl7_order(kind=kind).split("\rORC|")[0] + "\r"
    assert said_to(said, taken)["MSA"][1] == "AA"
    (found,) = taken.said
    assert isinstance(found, PersonUpdate)
    assert (found.unit, found.patient.name) == ("county1", "张伟")
    assert found.patient.local_number
    assert said_to(said, taken, updates=False)["MSA"][1] == "AR"
    nobody = said.replace("^MR", "^XX")
    assert said_to(nobody, taken)["MSA"][1] == "AE"


REFUSED = {
    "another sender": (hl7_order().replace("|HIS|", "|LIS|"), "AR"),
    "another message": (hl7_order(kind="ORU^R01"), "AR"),
    "another event": (hl7_order(kind="ADT^A05"), "AR"),
    "a test": (hl7_order().replace("|P|2.5.1", "|T|2.5.1"), "AR"),
    "another charset": (hl7_order(charset="8859/1"), "AR"),
    "unknown control": (hl7_order("RP"), "AE"),
    "unknown priority": (hl7_order().replace("^^S|", "^^Q|"), "AE"),
    "unknown sex": (hl7_order().replace("|M\r", "|X\r"), "AE"),
    "wrong identity number": (hl7_order().replace("3078515", "3078516"), "AE"),
    "no patient": (hl7_order().replace("\rPID|", "\rZPD|"), "AE"),
    "two patients": (hl7_order(pid=f"{PID}\r{PID}"), "AE"),
    "no order": (hl7_order().replace("\rORC|", "\rZRC|"), "AE"),
    "no request": (hl7_order().replace("\rOBR|", "\rZBR|"), "AE"),
    "no message number": (hl7_order(identifier=""), "AE"),
    "no number": (hl7_order(placer="", accession="").replace("|F|", "||"), "AE"),
    "bad symptom time": (hl7_order(more=(ONSET.replace("093000", "993000"),)), "AE"),
    "a broken line": (hl7_order().replace("心内科", "心内\r科"), "AE"),
    "a name that is a novel": (hl7_order(pid=PID.replace("张", "张" * 100)), "AE"),
    "a message number that is a novel": (hl7_order(identifier="x" * 300), "AE"),
    "nothing": ("", "AR"),
    "a greeting": ("hello", "AE"),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_what_is_wrong_is_refused_with_its_reason(taken: Taken, what: str) -> None:
    text, code = REFUSED[what]
    answer = said_to(text, taken)
    assert answer["MSA"][1] in ((code,) if what != "nothing" else ("AR", "AE"))
    assert answer["ERR"][3].split("^")[0] in {"102", "200", "202", "204"}
    assert answer["ERR"][8]
    assert taken.said == []


def test_a_store_that_is_busy_asks_for_the_message_again(taken: Taken) -> None:
    taken.fails = StoreBusy(message("store.busy", seconds=10))
    answer = said_to(hl7_order(), taken)
    assert (answer["MSA"][1], answer["ERR"][3].split("^")[0]) == ("AE", "207")


def test_what_contradicts_the_store_is_told_in_its_words(taken: Taken) -> None:
    taken.fails = OrderRefused(message("orders.unknown", number="P1"))
    assert "P1" in said_to(hl7_order("CA"), taken)["ERR"][8]


def test_a_fault_of_ours_is_answered_and_logged(
    taken: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    taken.fails = RuntimeError("a bug")
    assert said_to(hl7_order(), taken)["MSA"][1] == "AE"
    assert "could not be taken" in caplog.text
    caplog.clear()


def test_an_answer_is_a_message_that_others_read(taken: Taken) -> None:
    for text in (hl7_order(), hl7_order("RP"), hl7_order(kind="ORU^R01")):
        read = hl7.parse(answering(taken).answer(text.encode()).data.decode())
        assert str(read.segment("MSA")[2]) == "M1"


_SEED = hl7_order().encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message with bytes changed, cut out, doubled or put in."""
    data = bytearray(draw(st.sampled_from([_SEED, hl7_merge("NEW", "OLD").encode()])))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 20))
        new = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b"|", b"^", b"~", b"\\", b"&", b"\r", b'""', b"\rORC|NW", b"\rPID|"]
                ),
            )
        )
        data[start : start + length] = new
    return bytes(data)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.one_of(damaged(), st.binary(max_size=200)))
def test_anything_is_answered_and_nothing_is_a_fault_of_ours(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    taken = Taken()
    answer = answering(taken).answer(data)
    assert answer.code in ("AA", "AE", "AR")
    assert (answer.code == "AA") == bool(taken.said)
    assert caplog.records == []
    said = fields(answer.data.decode())
    assert said["MSA"][1] == answer.code
    assert answer.code == "AA" or said["ERR"][8]
    assert b"\x0b" not in answer.data
    assert b"\x1c" not in answer.data
