"""What goes on off the GUI thread when a study is taken: plain functions over a desk. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from farlead.errors import ClaimRefused
from farlead.messages import Message
from farlead.model.report import Claim, Statement
from farlead.model.study import Kind, ScreeningState
from farlead.model.worklist import Filter, Row
from farlead_ui.desk_like import DeskLike, OpenStudyLike
from farlead_ui.drafting import Suggestion

# Code of the statement that Y writes where screening found nothing and all is known.
_NORMAL = "GN101"

# How many studies that others took meanwhile are passed over before giving up.
_TRIES = 8

State = tuple[frozenset[str], ScreeningState, bool]


@dataclass(frozen=True, slots=True)
class InHand:
    """The study on the screen. `claim` is None for a file that could not be read."""

    row: Row
    claim: Claim | None = None
    open: OpenStudyLike | None = None
    suggestions: tuple[Suggestion, ...] = ()
    accept_all: bool = False
    normal: Statement | None = None
    failure: Message | None = None

    @property
    def study(self) -> int:
        """Number of the study in the store."""
        return self.row.study.id

    @property
    def objects(self) -> frozenset[str]:
        """Hashes of the objects that are shown."""
        return frozenset(stored.sha256 for stored in self.row.study.objects)

    @property
    def nothing_to_show(self) -> bool:
        """Whether no recording and no image of it can be shown."""
        return self.failure is not None or self.open is None or not self.open.contents

    @property
    def number(self) -> str:
        """Number shown to people."""
        return self.row.study.number


def take_one(desk: DeskLike, study: int, over: str | None) -> InHand:
    """Claim and open a study; `over`: take it from its holder, for this reason."""
    claim = desk.claim(study) if over is None else desk.take_over(study, over)
    return _opened(desk, claim)


def look_at(desk: DeskLike, study: int) -> InHand:
    """Open a study without claiming it: it can be read and nothing of it written."""
    opened = desk.open(study)
    screening = opened.row.screening
    flags = screening.flags if screening else ()
    suggestions = tuple(Suggestion(flag, desk.suggestion_statement(flag)) for flag in flags)
    return InHand(opened.row, None, opened, suggestions, failure=opened.failure)


def take_amendment(desk: DeskLike, report: int, reason: str) -> InHand:
    """Begin to correct an issued report, and open its study."""
    return _opened(desk, desk.amend(report, reason))


def take_best(desk: DeskLike, after: int | None, narrowed: Filter) -> InHand | None:
    """Claim and open the best free study other than `after`; None when there is none."""
    claim = desk.take_next(after, narrowed)
    return None if claim is None else _opened(desk, claim)


def take_first(desk: DeskLike, studies: Sequence[int]) -> InHand | None:
    """Claim and open the first of these that is still free."""
    for study in studies[:_TRIES]:
        try:
            claim = desk.claim(study)
        except ClaimRefused:
            continue  # taken by another a moment ago
        return _opened(desk, claim)
    return None


def _opened(desk: DeskLike, claim: Claim) -> InHand:
    """Open a claimed study; when that goes wrong the claim does not stay behind."""
    try:
        return looked(desk, claim)
    except BaseException:
        desk.release(claim)
        raise


def looked(desk: DeskLike, claim: Claim) -> InHand:
    """Open a study that is held."""
    opened = desk.open(claim.study)
    screening = opened.row.screening
    flags = screening.flags if screening else ()
    return InHand(
        opened.row,
        claim,
        opened,
        tuple(Suggestion(flag, desk.suggestion_statement(flag)) for flag in flags),
        desk.may_accept_all(opened),
        _normal(desk, opened),
        opened.failure,
    )


def state(row: Row) -> State:
    """What decides whether a row has more to show than before."""
    hashes = frozenset(stored.sha256 for stored in row.study.objects)
    return hashes, row.screening_state, row.study.identity_conflict


def _normal(desk: DeskLike, opened: OpenStudyLike) -> Statement | None:
    if opened.row.study.kind is not Kind.ECG:
        return None
    found = (e for e in desk.statements(_NORMAL, 4) if e.code == _NORMAL)
    return next((Statement(e.code, e.zh, e.en) for e in found), None)
