"""A try that failed: made again after a pause, or kept for a person after too many."""

import random
from datetime import timedelta

from farlead.exchange.pauses import pause
from farlead.messages import Message
from farlead.model.lease import Lease
from farlead.model.report import Delivery
from farlead.settings import Clock
from farlead.store import Store

#: After so many failed tries a delivery waits for a person: about fourteen hours.
ATTEMPTS = 20


def postpone(
    store: Store, delivery: Delivery, tries: int, why: Message, clock: Clock, lease: Lease | None
) -> bool:
    """Due again later, or parked after too many `tries`; whether it is parked.

    Where the delivery waits for the word of its receiver, this is that word: nothing happens when
    nobody waits for it any more.
    """
    if tries >= ATTEMPTS:
        store.park(delivery.id, why, lease, asked=delivery.asked)
        return True
    later = clock() + jittered(pause(tries - 1))
    store.retry(delivery.id, why, later, lease, asked=delivery.asked)
    return False


def jittered(rest: timedelta) -> timedelta:
    """Up to a fifth longer: many deliveries must not come back at one moment."""
    return rest * (1 + random.random() / 5)  # noqa: S311 - no secret
