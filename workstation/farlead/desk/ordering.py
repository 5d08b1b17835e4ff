"""Orders that found no study, or not for certain: a person puts them right."""

from farlead.access.accounts import Right, Session, require
from farlead.model.lives import OrderState
from farlead.model.order import KeptOrder, OpenOrder, PatientLink
from farlead.store import Store


class OrderDesk:
    """The part of a desk that deals with orders; every act has a reason and can be undone.

    Parameters
    ----------
    store : Store
    session : Session
    """

    def __init__(self, store: Store, session: Session) -> None:
        self._store, self._session = store, session

    def open_orders(self) -> list[OpenOrder]:
        """Orders that a person must look at, the oldest first, each with both its sides."""
        require(self._session, Right.SEE_LIST)
        return self._store.open_orders()

    def settled_orders(self, limit: int = 100) -> list[KeptOrder]:
        """Orders that are joined or closed, the newest first: what can be undone."""
        require(self._session, Right.OPEN_STUDY)
        return self._store.orders((OrderState.JOINED, OrderState.CLOSED), limit)

    def join_order(self, order_id: int, study_id: int, reason: str) -> KeptOrder:
        """An order asks for this study, a reported one is opened anew; the order as it is now.

        NotFound, OrderRefused, IllegalTransition.
        """
        require(self._session, Right.RECONCILE)
        self._store.join_order(order_id, study_id, self._session.account, reason)
        return self._store.order(order_id)

    def part_order(self, order_id: int, reason: str) -> None:
        """An order does not ask for its study. NotFound, OrderRefused."""
        require(self._session, Right.RECONCILE)
        self._store.part_order(order_id, self._session.account, reason)

    def close_order(self, order_id: int, reason: str) -> None:
        """An order has no study and will have none. NotFound, OrderRefused."""
        require(self._session, Right.RECONCILE)
        self._store.close_order(order_id, self._session.account, reason)

    def reopen_order(self, order_id: int, reason: str) -> None:
        """A closed order waits for its study again. NotFound, OrderRefused."""
        require(self._session, Right.RECONCILE)
        self._store.reopen_order(order_id, self._session.account, reason)

    def patient_links(self) -> list[PatientLink]:
        """Patients that units' systems have joined, the newest first."""
        require(self._session, Right.OPEN_STUDY)
        return self._store.patient_links()

    def part_patients(self, link_id: int, reason: str) -> None:
        """Two patients that were joined are two people. NotFound, OrderRefused."""
        require(self._session, Right.RECONCILE)
        self._store.part_patients(link_id, self._session.account, reason)
