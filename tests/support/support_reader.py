"""A reader at work in a process that may be killed at any moment.

``python -m support_reader FOLDER`` imports everything once and then, for each line ``STATION``
on its standard input, forks a child that reads, signs and delivers with the real desk until
nothing is left. What a child has finished it says on standard output, one line each, after
the fact::

    pid 4711            the child that may be killed
    claimed 3
    draft 3 2           the second draft of study 3 is on disk
    signing 3           composing, signing and the one short transaction begin
    signed 3
    delivered
    done                nothing is left; the child ends
    ended               the child is gone, however it ended
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

from farlead.access.accounts import Session
from farlead.access.demo_authority import DEMO_PIN, key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import ClaimError
from farlead.exchange.turns import Turns
from farlead.model.lives import StudyState
from farlead.model.report import Claim, Draft
from farlead.reporting.compositor import Compositor
from farlead.services import DeliveryService, Services
from farlead.settings import Settings, load_settings

LOGIN = "reader"
DRAFTS = 3


def say(*words: object) -> None:
    """One line, at once."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def work(settings: Settings, station: str) -> None:
    """Read, sign and deliver until every study is reported."""
    with Services(settings) as house:
        account = house.store.account(LOGIN)
        keys = KeyRing(key_file(settings, LOGIN), account)
        keys.open(DEMO_PIN)
        session = Session(account, station, house.clock())
        desk = Desk(
            settings, house.store, house.objects, house.sandbox, session, keys, Compositor()
        )
        turns = Turns(house.store, timedelta(seconds=1))
        delivery = DeliveryService(settings, house.store, house.objects, house.clock, turns)
        while _open_studies(house) or house.store.open_deliveries():
            house.store.expire_claims()
            claim = desk.take_next()
            if claim is not None:
                read_one(desk, claim)
            if delivery.settle().confirmed:
                say("delivered")
        delivery.close()
        desk.close()


def read_one(desk: Desk, claim: Claim) -> None:
    """Write some drafts, sign; a claim that is lost on the way is somebody else's."""
    study = claim.study
    say("claimed", study)
    try:
        earlier = desk.open(study).draft.conclusion
        written = int(earlier or 0)
        for number in range(written + 1, written + 1 + DRAFTS):
            draft = Draft(conclusion=str(number))
            desk.save_draft(claim, draft)
            say("draft", study, number)
        say("signing", study)
        desk.sign(claim, draft)
        say("signed", study)
    except ClaimError:
        say("lost", study)


def _open_studies(house: Services) -> bool:
    open_states = (StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED)
    return bool(house.store.studies(open_states, limit=1))


def main(folder: Path) -> None:
    """Fork a worker for each line of standard input."""
    settings = load_settings(folder)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(settings, line.strip())
                say("done")
                status = 0
            finally:
                os._exit(status)
        say("pid", child)
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
