"""Many checked drafts signed with one PIN: what the PIN confirms is a list of hashes.

A draft is signed only when its hash is still the one on the list: another word in it, another
object of the study, another suggestion, and it is back in the list, with the reason told.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from farlead.desk.opened import OpenStudy
from farlead.errors import (
    ClaimError,
    CredentialProblem,
    FarleadError,
    SigningError,
    StoreBusy,
    StoreUnreachable,
)
from farlead.messages import Message, message
from farlead.model.report import Claim, Draft, ReportVersion


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One checked draft.

    Parameters
    ----------
    study : int
    number, patient : str
        As they are shown on the list.
    sha256 : str
        Of what would be signed (:func:`draft_hash`).
    draft : Draft
    blocked : Message or None
        Why it cannot be signed with the others as it is now.
    """

    study: int
    number: str
    patient: str
    sha256: str
    draft: Draft
    blocked: Message | None = None


@dataclass(frozen=True, slots=True)
class BatchList:
    """What one PIN confirms."""

    items: tuple[BatchItem, ...]

    @property
    def sha256(self) -> str:
        """Hash over the hashes, in their order; kept in the audit trail."""
        joined = "\n".join(f"{item.number} {item.sha256}" for item in self.items)
        return hashlib.sha256(joined.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of one draft: a signed version, or the reason why there is none.

    `stays`: nothing was tried, or it is not known what became of it; it waits for the next time.
    `lost`: somebody else has the study now.
    """

    item: BatchItem
    report: ReportVersion | None = None
    refused: Message | None = None
    stays: bool = False
    lost: bool = False


def draft_hash(opened: OpenStudy, draft: Draft) -> str:
    """SHA-256, hex, of what a signature would cover: draft, sources, suggestions.

    The time of signing is not in it: it comes later.
    """
    study, screening = opened.row.study, opened.row.screening
    covered = {
        "number": study.number,
        "patient": asdict(study.patient),
        "objects": sorted(stored.sha256 for stored in study.objects),
        "suggestions": sorted(flag.code for flag in screening.flags) if screening else None,
        "rules": screening.version if screening else None,
        "draft": asdict(draft),
    }
    text = json.dumps(covered, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Acts(Protocol):
    """The acts of the desk that a batch is made of."""

    def claim_again(self, study_id: int) -> Claim:
        """Take a study that was this reader's before."""

    def release(self, claim: Claim) -> None:
        """Give it back."""

    def sign(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> ReportVersion:
        """Compose, sign and finish."""


class Batch:
    """Lists checked drafts, and signs a list.

    Parameters
    ----------
    acts : Acts
    opened : callable
        A study as it is now, with its draft.
    blocked : callable
        Why a draft cannot be signed now.
    """

    def __init__(
        self,
        acts: Acts,
        opened: Callable[[int], OpenStudy],
        blocked: Callable[[OpenStudy, Draft], Message | None],
    ) -> None:
        self._acts = acts
        self._opened = opened
        self._blocked = blocked

    def listed(self, checked: Mapping[int, str]) -> BatchList:
        """The list that a PIN would confirm.

        Parameters
        ----------
        checked : mapping of study -> SHA-256
            What was seen of each when it was checked.
        """
        return BatchList(tuple(self._listed(*each) for each in checked.items()))

    def _listed(self, study: int, seen: str) -> BatchItem:
        opened = self._opened(study)
        item = self._item(opened)
        if item.sha256 != seen:
            return replace(item, blocked=message("desk.batch.changed", number=item.number))
        return replace(item, blocked=self._blocked(opened, opened.draft))

    def signed(self, listed: BatchList, checked: Mapping[int, str]) -> Iterator[BatchOutcome]:
        """Sign what is on the list, one by one; what cannot be signed is back in the list.

        Parameters
        ----------
        checked : mapping of study -> SHA-256
            What was seen of each when it was checked, painted in full; a study that is not in it
            is not signed here.
        """
        gone: Message | None = None
        for item in listed.items:
            if gone is not None:
                yield BatchOutcome(item, refused=gone, stays=True)
                continue
            try:
                yield self._one(item, checked.get(item.study))
            except FarleadError as error:
                stays = isinstance(error, StoreUnreachable | StoreBusy) or _no_key(error)
                if stays:
                    gone = error.reason
                lost = isinstance(error, ClaimError)
                yield BatchOutcome(item, refused=error.reason, stays=stays, lost=lost)

    def _one(self, item: BatchItem, seen: str | None) -> BatchOutcome:
        if seen is None:
            raise SigningError(message("desk.not_checked", number=item.number))
        claim = self._acts.claim_again(item.study)
        try:
            opened = self._opened(item.study)
            if not self._item(opened).sha256 == item.sha256 == seen:
                raise SigningError(message("desk.batch.changed", number=item.number))
            objects = frozenset(stored.sha256 for stored in opened.row.study.objects)
            return BatchOutcome(item, self._acts.sign(claim, opened.draft, objects))
        except (ClaimError, StoreUnreachable):
            raise  # nothing is left to give back, or nobody to take it
        except BaseException:
            self._acts.release(claim)  # back to the list, its draft with it
            raise

    def _item(self, opened: OpenStudy) -> BatchItem:
        study = opened.row.study
        patient = study.patient.name or ""
        seen = draft_hash(opened, opened.draft)
        return BatchItem(study.id, study.number, patient, seen, opened.draft)


def _no_key(error: FarleadError) -> bool:
    """Whether the key is the trouble: then none of the others can be signed either."""
    closed = isinstance(error, SigningError) and error.reason.id.startswith("access.")
    return isinstance(error, CredentialProblem) or closed
