"""Two readers at work on critical values and second signatures, in a process that may be killed.

``python -m support_after FOLDER`` accepts the critical suggestion of each study, calls, ends the
case, signs first and countersigns, and says each step after the fact: ``accepted 3``, ``called 3``,
``told 3``, ``first 3``, ``second 3``; at the end ``done``.
"""

import sys
import threading
from pathlib import Path

from farlead.access.accounts import Session
from farlead.access.demo_authority import DEMO_PIN, key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import ClaimError
from farlead.model.critical import CallMade, Way
from farlead.model.lives import CaseState, StudyState
from farlead.model.report import Decision, Draft, Statement
from farlead.reporting.compositor import Compositor
from farlead.services import Services
from farlead.settings import load_settings
from support_house import READER, SECOND

HEARD = CallMade(Way.TELEPHONE, "601", "示例医师丁", reached=True, read_back=True, advice="转诊")
WRITTEN = Draft(
    (Statement("RH101", "窦性心律", "Sinus rhythm"),), decisions={"pause": Decision.ACCEPTED}
)


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - what the test listens to


def work(folder: Path) -> None:
    settings = load_settings(folder)
    with Services(settings) as house:
        compositor = Compositor()
        reader, senior = (_desk(house, compositor, login) for login in (READER.login, SECOND.login))
        while waiting := house.store.studies((StudyState.WAITING, StudyState.CLAIMED)):
            house.store.expire_claims()
            _walk(house, reader, senior, sorted(study.id for study in waiting))
        reader.close()
        senior.close()
    say("done")


def _walk(house: Services, reader: Desk, senior: Desk, studies: list[int]) -> None:
    """Each as far as it goes; a claim that ran out on a busy machine is taken again."""
    for study in studies:
        try:
            if house.store.review(study) is None:
                _first(reader, study)
            _second(senior, study)
        except ClaimError:
            say("lost", study)
            threading.Event().wait(0.5)


def _desk(house: Services, compositor: Compositor, login: str) -> Desk:
    account = house.store.account(login)
    keys = KeyRing(key_file(house.settings, login), account, signatures=1000)
    session = Session(account, login, house.clock())
    desk = Desk(
        house.settings, house.store, house.objects, house.sandbox, session, keys, compositor
    )
    desk.open_key(DEMO_PIN)
    return desk


def _first(desk: Desk, study: int) -> None:
    claim = desk.claim(study)
    desk.open(study)
    desk.save_draft(claim, WRITTEN)
    say("accepted", study)
    for case in desk.cases_of(study):
        if case.state is CaseState.OPEN:
            desk.record_call(case.id, HEARD)
            say("called", study)
            desk.close_case(case.id, CaseState.TOLD)
            say("told", study)
    desk.sign(claim, WRITTEN)
    say("first", study)


def _second(desk: Desk, study: int) -> None:
    claim = desk.claim(study)
    desk.sign(claim, desk.open(study).draft)
    say("second", study)


if __name__ == "__main__":
    work(Path(sys.argv[1]))
