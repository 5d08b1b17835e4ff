"""Messages that were taken: each counts once, and its number is forgotten in time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from farlead.errors import OrderRefused
from farlead.messages import message
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.matching import MATCHER

_MESSAGE = schema.order_message.c


@dataclass(frozen=True, slots=True)
class Receipt:
    """By what a message is known again: who sent it, its number, and the hash of its bytes."""

    peer: str
    control_id: str
    sha256: str


class ReceiptPart(Base):
    """Numbers of messages."""

    def _is_new(self, connection: Connection, receipt: Receipt) -> bool:
        """Remember a message; a number that stood for something else is refused."""
        known = connection.execute(
            select(_MESSAGE.sha256).where(
                _MESSAGE.peer == receipt.peer, _MESSAGE.control_id == receipt.control_id
            )
        ).scalar()
        if known is None:
            connection.execute(
                insert(schema.order_message).values(
                    peer=receipt.peer,
                    control_id=receipt.control_id,
                    sha256=receipt.sha256,
                    at=self.now(),
                )
            )
            return True
        if known != receipt.sha256:
            raise OrderRefused(message("orders.number_used", id=receipt.control_id))
        return False

    def prune_messages(self, before: datetime) -> int:
        """Forget the numbers of messages that were taken before; how many. The trail says so."""
        with self._write(listed=False) as connection:
            gone = connection.execute(
                delete(schema.order_message).where(_MESSAGE.at < before)
            ).rowcount
            if gone:
                self._record(
                    MATCHER,
                    "orders.pruned",
                    "orders",
                    many=gone,
                    before=before.isoformat(),
                )
            return int(gone)
