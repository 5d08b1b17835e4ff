"""Objects in the database: whole or not there; and every delivery's history."""

import hashlib
import os
from datetime import timedelta

import pytest

from farlead.messages import message
from farlead.model.lives import DeliveryState
from farlead.store import Store
from support_store import FakeClock, reader, report_one

FAILED = message("delivery.folder", folder="x", cause="full")
PROOF = message("delivery.proof.folder", folder="x")


def test_an_object_comes_back_in_its_pieces(store: Store) -> None:
    pieces = [os.urandom(1000), b"\x00\xff", os.urandom(5)]
    name = hashlib.sha256(b"".join(pieces)).hexdigest()
    assert store.blob(name) is None
    store.put_blob(name, iter(pieces))
    store.put_blob(name, iter([b"never read"]))  # it is there already
    found = store.blob(name)
    assert found is not None
    assert list(found) == pieces
    assert store.has_blob(name)
    assert list(store.blob_names()) == [name]


def test_an_object_that_breaks_off_is_not_there(store: Store) -> None:
    def broken() -> object:
        yield b"one"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store.put_blob("0" * 64, broken())  # type: ignore[arg-type]  # it never ends well
    assert not store.has_blob("0" * 64)


def test_every_step_of_a_delivery_is_kept_with_what_was_told(
    store: Store, clock: FakeClock
) -> None:
    report_one(store, "a", reader(store))
    (due,) = store.due_deliveries(10)
    assert store.delivery_history(due.id) == []
    store.begin_delivery(due.id)
    store.retry(due.id, FAILED, clock() + timedelta(seconds=10))
    store.begin_delivery(due.id)
    store.confirm(due.id, PROOF)
    history = store.delivery_history(due.id)
    assert [(event.state, event.told) for event in history] == [
        (DeliveryState.SENT, None),
        (DeliveryState.DUE, FAILED),
        (DeliveryState.SENT, None),
        (DeliveryState.CONFIRMED, PROOF),
    ]
