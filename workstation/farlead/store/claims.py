"""Claims: at most one a study, with a lease and a fencing number that only grows."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from farlead.errors import ClaimRefused
from farlead.messages import message
from farlead.model.lives import STUDY, StudyState
from farlead.model.people import Account
from farlead.model.report import Claim
from farlead.model.study import Severity
from farlead.model.worklist import severity
from farlead.store import schema
from farlead.store.base import Base, canonical
from farlead.store.columns import Fetched
from farlead.store.database import upsert
from farlead.store.holding import (
    end_claim,
    held_by,
    hold,
    lock,
    locking,
    required_claim,
    resting,
)
from farlead.store.plainly import Taking
from farlead.store.retakes import add_retake, end_retakes
from farlead.store.rows import claim_of, list_row_of, list_rows

_STUDY = schema.study.c
_CLAIM = schema.claim.c
_SERVICE = "service:claims"


class ClaimPart(Base):
    """Taking, keeping, giving back and losing a study."""

    def claim(self, study_id: int, account: Account, station: str) -> Claim:
        """Take a free study, or one that is checked and reserved for this account.

        The holder who claims again, after a crash or from another station, gets a new fencing
        number: what the older window writes is refused.

        Raises
        ------
        ClaimRefused
            Somebody else holds it, or it is not waiting for a reader.
        NotFound
        """
        plain = self._plainly([study_id], account, station)
        if isinstance(plain, Claim):
            return plain
        with self._write() as connection:
            study = lock(connection, study_id)
            return self._claimed(connection, study_id, study, account, station)

    def claim_first(self, studies: Iterable[int], account: Account, station: str) -> Claim | None:
        """Take the first of these that is free; None when none is.

        One that somebody else is just about to take is passed over, not waited for.
        """
        left = list(studies)
        while left:
            plain = self._plainly(left, account, station)
            if plain is None or isinstance(plain, Claim):
                return plain
            claim = self._claim_at_once(plain, account, station)
            if claim is not None:
                return claim
            left = left[left.index(plain) + 1 :]
        return None

    def _plainly(
        self, studies: Sequence[int], account: Account, station: str
    ) -> Claim | int | None:
        """A claim, the first study that is not plainly free, or None: others are taking them."""
        detail = canonical({"station": station})
        taking = Taking(
            account.id,
            account.login,
            station,
            self._rules.lease,
            detail,
            self._clock and self.now(),
        )
        with self._told():
            found = self._database.claim_plainly(studies, taking)
        self._acts += 1
        if found is None:
            return None
        if found.fencing is None or found.until is None:
            return found.study
        return Claim(
            found.study, account.id, found.reader, station, found.fencing, found.until
        )  # fmt: skip

    def _claim_at_once(self, study_id: int, account: Account, station: str) -> Claim | None:
        """Take a study unless somebody else has it, or has it in hand."""
        with self._write(listed=False) as connection:
            query = select(_STUDY.state, _STUDY.reserved_by).where(_STUDY.id == study_id)
            study = connection.execute(locking(query, skip_locked=True)).one_or_none()
            if study is not None:
                with suppress(ClaimRefused):
                    claim = self._claimed(connection, study_id, study, account, station)
                    self._database.touch(connection)
                    return claim
        return None

    def _claimed(
        self, connection: Connection, study_id: int, study: Fetched, account: Account, station: str
    ) -> Claim:
        """Take a locked study; ClaimRefused."""
        held, state = held_by(connection, study_id), StudyState(study.state)
        if held is not None:
            over = held.until <= self.now()
            if not over and held.account_id != account.id:
                told = message("store.claim_held", reader=held.name, station=held.station)
                raise ClaimRefused(told)
            if over:
                self._record(_SERVICE, "claim.expired", f"study:{study_id}")
        elif state is StudyState.CHECKED and study.reserved_by != account.id:
            raise ClaimRefused(message("store.claim_reserved"))
        elif state not in (StudyState.WAITING, StudyState.CHECKED):
            raise ClaimRefused(message("store.claim_state", state=f"@store.state_{state}"))
        self._record(account.login, "study.claimed", f"study:{study_id}", station=station)
        return self._take(connection, study_id, account, station)

    def renew(self, claim: Claim) -> Claim:
        """Extend the lease; ClaimLost when it has ended or somebody took over."""
        with self._write(listed=False) as connection:
            hold(connection, claim, self.now())
            held = required_claim(connection, claim.study)
            # A clock that was set back must not shorten what the holder was promised.
            until = max(held.until, self.now() + self._rules.lease)
            connection.execute(
                update(schema.claim).where(_CLAIM.study_id == claim.study).values(until=until)
            )
            return claim_of(required_claim(connection, claim.study))

    def release(self, claim: Claim) -> None:
        """Give the study back without reading; the draft is kept. ClaimLost."""
        with self._write() as connection:
            login = hold(connection, claim, self.now())
            self._end(
                connection, claim.study, resting(connection, claim.study), "study.released", login
            )

    def skip(self, claim: Claim, reason: str) -> None:
        """Pass the study on to another reader, and say why; the draft is kept.

        Raises
        ------
        ClaimRefused
            No reason is given.
        ClaimLost
        """
        if not reason.strip():
            raise ClaimRefused(message("store.reason_needed"))
        with self._write() as connection:
            login = hold(connection, claim, self.now())
            connection.execute(
                insert(schema.skip).values(
                    study_id=claim.study,
                    account_id=claim.account,
                    reason=reason.strip(),
                    at=self.now(),
                )
            )
            end_claim(connection, claim.study, resting(connection, claim.study))
            subject = f"study:{claim.study}"
            self._record(login, "study.skipped", subject, reason=reason.strip())

    def skipped(self, account: Account, since: timedelta) -> frozenset[int]:
        """Studies that this reader has passed on within the last `since`."""
        c = schema.skip.c
        with self._read() as connection:
            passed = select(c.study_id).where(c.account_id == account.id, c.at > self.now() - since)
            return frozenset(connection.execute(passed).scalars())

    def take_over(self, study_id: int, account: Account, station: str, reason: str) -> Claim:
        """Take a study from its holder, or one that is reserved; the reason is recorded.

        The holder's next write is refused. A free study is simply claimed.
        """
        if not reason.strip():
            raise ClaimRefused(message("store.reason_needed"))
        with self._write() as connection:
            study = lock(connection, study_id)
            held = held_by(connection, study_id)
            if StudyState(study.state) not in (
                StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED,
            ):  # fmt: skip
                raise ClaimRefused(
                    message("store.claim_state", state=f"@store.state_{study.state}")
                )
            self._record(
                account.login,
                "study.taken_over",
                f"study:{study_id}",
                station=station,
                reason=reason,
                holder=held.account_id if held else study.reserved_by,
            )
            return self._take(connection, study_id, account, station)

    def expire_claims(self) -> list[int]:
        """Return studies whose lease has run out, and checked ones whose time is near.

        Drafts are kept. Returns the ids of the studies that are free again.
        """
        with self._read() as connection:
            over = _over(connection, self.now(), self._rules.checked_returns)
        return [study_id for study_id in over if self._expire(study_id)]

    def _expire(self, study_id: int) -> bool:
        """End what holds one study, if it still is over; what others have in hand is left."""
        with self._write(listed=False) as connection:
            free = select(_STUDY.id).where(_STUDY.id == study_id)
            if connection.execute(locking(free, skip_locked=True)).first() is None:
                return False
            over = _over(connection, self.now(), self._rules.checked_returns, study_id)
            for action in over.values():
                self._end(connection, study_id, resting(connection, study_id), action, _SERVICE)
            if over:
                self._database.touch(connection)
            return bool(over)

    def set_checked(self, claim: Claim, seen: str) -> None:
        """Read, waiting for signature: reserved for the reader without a lease.

        `seen` is the hash of all that the signature will stand for.

        Raises
        ------
        ClaimRefused
            The study is critical or urgent, or unknown to screening: it is signed now.
        ClaimLost
        """
        with self._write() as connection:
            login = hold(connection, claim, self.now())
            row = connection.execute(list_rows().where(_STUDY.id == claim.study)).one()
            if resting(connection, claim.study) is StudyState.REPORTED or row.review_asked:
                raise ClaimRefused(message("store.checked_amendment"))
            if severity(list_row_of(row), self.now()) >= Severity.URGENT:
                raise ClaimRefused(message("store.checked_urgent"))
            connection.execute(
                update(schema.study)
                .where(_STUDY.id == claim.study)
                .values(reserved_by=claim.account)
            )
            kept = {
                "account_id": claim.account,
                "fencing": claim.fencing,
                "hash": seen,
                "at": self.now(),
            }
            connection.execute(
                upsert(connection, schema.checked)
                .values(study_id=claim.study, **kept)
                .on_conflict_do_update(index_elements=["study_id"], set_=kept)
            )
            self._end(connection, claim.study, StudyState.CHECKED, "study.checked", login)

    def request_retake(self, claim: Claim, reason: str, hint: str) -> None:
        """Send the study back to its unit to be recorded again.

        Raises
        ------
        ClaimRefused
            No reason is given, or a reported study is being amended.
        ClaimLost
        """
        if not reason.strip():
            raise ClaimRefused(message("store.reason_needed"))
        with self._write() as connection:
            login = hold(connection, claim, self.now())
            if resting(connection, claim.study) is StudyState.REPORTED:
                raise ClaimRefused(message("store.retake_amendment"))
            connection.execute(
                update(schema.study)
                .where(_STUDY.id == claim.study)
                .values(reason=reason, hint=hint)
            )
            add_retake(connection, claim.study, claim.account, reason, hint, self.now())
            self._end(connection, claim.study, StudyState.RETAKE_REQUESTED, "study.retake", login)

    def confirm_identity(self, claim: Claim) -> None:
        """The holder has made sure whose study it is: contradicting documents stop it no longer.

        A further document of somebody else stops it again. ClaimLost.
        """
        with self._write() as connection:
            login = hold(connection, claim, self.now())
            confirmed = connection.execute(
                update(schema.study)
                .where(_STUDY.id == claim.study, _STUDY.identity_conflict != 0)
                .values(identity_conflict=0)
            )
            if confirmed.rowcount:
                self._record(
                    login,
                    "patient.confirmed",
                    f"study:{claim.study}",
                    station=claim.station,
                )

    def withdraw(self, study_id: int, account: Account, reason: str) -> None:
        """Take a study off the list for good, e.g. sent by mistake.

        IllegalTransition; ClaimRefused without a reason.
        """
        if not reason.strip():
            raise ClaimRefused(message("store.reason_needed"))
        with self._write() as connection:
            STUDY.check(StudyState(lock(connection, study_id).state), StudyState.WITHDRAWN)
            connection.execute(
                update(schema.study).where(_STUDY.id == study_id).values(reason=reason)
            )
            end_retakes(connection, study_id, "withdrawn", self.now(), account.id)
            self._end(connection, study_id, StudyState.WITHDRAWN, "study.withdrawn", account.login)

    def _take(self, connection: Connection, study_id: int, account: Account, station: str) -> Claim:
        """Write the claim under a new fencing number."""
        now = self.now()
        fencing = connection.execute(
            update(schema.study)
            .where(_STUDY.id == study_id)
            .values(fencing=_STUDY.fencing + 1)
            .returning(_STUDY.fencing)
        ).scalar_one()
        values = {
            "account_id": account.id,
            "station": station,
            "fencing": fencing,
            "since": now,
            "until": now + self._rules.lease,
        }
        taken = connection.execute(
            update(schema.claim).where(_CLAIM.study_id == study_id).values(**values)
        )
        if taken.rowcount == 0:
            connection.execute(insert(schema.claim).values(study_id=study_id, **values))
        connection.execute(
            update(schema.study)
            .where(_STUDY.id == study_id)
            .values(state=str(StudyState.CLAIMED), reserved_by=None)
        )
        return claim_of(required_claim(connection, study_id))

    def _end(
        self, connection: Connection, study_id: int, state: StudyState, action: str, actor: str
    ) -> None:
        """The study goes on to `state`, the claim ends."""
        end_claim(connection, study_id, state)
        self._record(actor, action, f"study:{study_id}")


def _over(
    connection: Connection, now: datetime, returns: timedelta, study_id: int | None = None
) -> dict[int, str]:
    """Studies whose claim or reservation is over, with the act that this is."""
    expired = select(_CLAIM.study_id).where(_CLAIM.until <= now)
    near = select(_STUDY.id).where(_STUDY.state == StudyState.CHECKED, _STUDY.due <= now + returns)
    if study_id is not None:
        expired, near = (q.where(q.selected_columns[0] == study_id) for q in (expired, near))
    return {
        **dict.fromkeys(sorted(connection.execute(expired).scalars()), "claim.expired"),
        **dict.fromkeys(sorted(connection.execute(near).scalars()), "study.returned"),
    }
