"""What is answered to an HL7 message: taken (AA), wrong (AE), or not for us (AR).

Whatever comes is answered, with the reason in MSA-3 and ERR. "Taken" is said when it is on the
disk; a message whose acknowledgement got lost may be sent again and does nothing.

References
----------
HL7 v2.5.1 chapter 2: 2.9.2 (acknowledgement, original mode), 2.15.5 (ERR), 2.15.8 (MSA), 2.15.9
(MSH); table 0357 (error codes).
"""

import hashlib
import logging
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from farlead.clients.mllp import ENCODINGS
from farlead.errors import FarleadError, OrderRefused
from farlead.exchange.orders.hl7_orders import (
    MERGES,
    ORDERS,
    UPDATES,
    merges,
    orders,
    updates,
)
from farlead.exchange.orders.segments import Segment, Separators, segments
from farlead.messages import Language, Message, message
from farlead.peers import OrderPeer
from farlead.settings import Clock, Settings
from farlead.store import Receipt, Said

_LOG = logging.getLogger(__name__)
_ESCAPES = {
    "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\r": " ", "\n": " ",
}  # fmt: skip
_LONGEST_ID = 199

# Table 0357.
_WRONG, _EVENT, _PROCESSING, _UNKNOWN, _INTERNAL = "102", "200", "202", "204", "207"


class Taking(Protocol):
    """What takes orders (`farlead.store.Store`)."""

    def take_orders(
        self,
        source: str,
        said: list[Said],
        receipt: Receipt | None = None,
    ) -> bool:
        """Take a message; False for a repeat."""


class _Rejected(OrderRefused):
    """The message is not for us: another kind, sender or charset. `code` is of table 0357."""

    def __init__(self, reason: Message, code: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and to whom it went.

    Parameters
    ----------
    data : bytes
        The acknowledgement, without the frame of MLLP.
    code : str
        ``AA``, ``AE`` or ``AR``.
    peer : str or None
        The peer of the settings; None for an unknown sender.
    reason : Message or None
        Why it was not taken.
    """

    data: bytes
    code: str
    peer: str | None = None
    reason: Message | None = None


class Answering:
    """Answers messages one by one; any number of threads.

    Parameters
    ----------
    settings : Settings
        With the peers that orders are taken from.
    store : Taking
    clock : callable
    """

    def __init__(self, settings: Settings, store: Taking, clock: Clock) -> None:
        self._peers = settings.orders.peers
        self._language = settings.language
        self._store = store
        self._clock = clock

    def answer(self, block: bytes) -> Answer:
        """Take a message, or say why not; never raises."""
        peer: OrderPeer | None = None
        try:
            peer = self._sender(block)
            self._take(block, peer)
        except _Rejected as error:
            return self._said("AR", block, peer, error.reason, error.code)
        except OrderRefused as error:
            return self._said("AE", block, peer, error.reason, _WRONG)
        except FarleadError as error:  # the store is busy or away: it may be sent again
            return self._said("AE", block, peer, error.reason, _INTERNAL)
        except Exception:  # noqa: BLE001 - logged whole; the sender is told and keeps its message
            _LOG.exception("an HL7 message could not be taken")
            return self._said("AE", block, peer, message("orders.unexpected"), _INTERNAL)
        return self._said("AA", block, peer, None, "0")

    def _take(self, block: bytes, peer: OrderPeer) -> None:
        text = _decoded(block, peer)
        found = segments(text)
        head = found[0]
        charset = head.text(18)
        if charset and charset != peer.charset:
            raise _Rejected(message("orders.charset", stated=charset, agreed=peer.charset), _WRONG)
        if head.text(11) not in ("P", ""):
            raise _Rejected(message("orders.processing", id=head.text(11)), _PROCESSING)
        said = _said_by(found, peer, self._clock().astimezone().date())
        digest = hashlib.sha256(block).hexdigest()
        self._store.take_orders(peer.name, said, Receipt(peer.name, _identifier(head), digest))

    def _sender(self, block: bytes) -> OrderPeer:
        """The peer of the settings whose MSH-3 and MSH-4 the message carries."""
        line = block.lstrip().split(b"\r")[0]
        heads: list[Segment] = []
        for peer in self._peers:
            head = segments(line.decode(ENCODINGS[peer.charset], "replace"))[0]
            heads.append(head)
            if head.text(3) == peer.application and peer.facility in (None, head.text(4)):
                return peer
        stated = heads[0] if heads else segments(line.decode("utf-8", "replace"))[0]
        raise _Rejected(
            message("orders.sender", application=stated.text(3), facility=stated.text(4)), _UNKNOWN
        )

    def _said(
        self, code: str, block: bytes, peer: OrderPeer | None, reason: Message | None, error: str
    ) -> Answer:
        charset = peer.charset if peer is not None else "UNICODE UTF-8"
        language = self._language if peer is not None else Language.EN
        head = _head(block, ENCODINGS[charset])
        told = _escaped(reason.text(language)) if reason is not None else ""
        identifier = _escaped(head.text(10)[:_LONGEST_ID])
        now = self._clock().astimezone()
        lines = [
            _line(
                "MSH", "^~\\&", "FARLEAD", "", _escaped(head.text(3)), _escaped(head.text(4)),
                f"{now:%Y%m%d%H%M%S%z}", "", _kind(head), uuid.uuid4().hex[:20], "P",
                "2.5.1", "", "", "", "", "", charset,
            ),
            _line("MSA", code, identifier, told[:80]),
        ]  # fmt: skip
        if reason is not None:
            lines.append(_line("ERR", "", "", f"{error}^^HL70357", "E", "", "", "", told))
        data = ("\r".join(lines) + "\r").encode(ENCODINGS[charset], "replace")
        return Answer(data, code, peer.name if peer else None, reason)


def _said_by(found: list[Segment], peer: OrderPeer, today: date) -> list[Said]:
    head = found[0]
    kind = head.text(9), head.text(9, 2)
    if kind in ORDERS:
        return [*orders(found, peer, today)]
    if kind in MERGES and peer.merges:
        return [*merges(found, peer)]
    if kind in UPDATES and peer.updates:
        return [*updates(found, peer, today)]
    raise _Rejected(message("orders.kind", kind="^".join(kind)), _EVENT)


def _identifier(head: Segment) -> str:
    found = head.text(10)
    if not found or len(found) > _LONGEST_ID:
        raise OrderRefused(message("orders.wrong", field="MSH-10", cause="@intake.why.missing"))
    return found


def _decoded(block: bytes, peer: OrderPeer) -> str:
    try:
        return block.decode(ENCODINGS[peer.charset]).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise OrderRefused(
            message("orders.undecodable", charset=peer.charset, offset=error.start)
        ) from error


def _head(block: bytes, encoding: str) -> Segment:
    """MSH of a message, as far as it can be read: an answer is due to anything."""
    try:
        return segments(block.lstrip().split(b"\r")[0].decode(encoding, "replace"))[0]
    except OrderRefused:
        return Segment("MSH", (), Separators())


def _kind(head: Segment) -> str:
    event = _escaped(head.text(9, 2))[:3]
    return f"ACK^{event}^ACK" if event.isalnum() else "ACK"


def _line(*fields: str) -> str:
    return "|".join(fields).rstrip("|")


def _escaped(text: str) -> str:
    return "".join(
        _ESCAPES.get(letter, letter) for letter in text if letter.isprintable() or letter in "\r\n"
    )
