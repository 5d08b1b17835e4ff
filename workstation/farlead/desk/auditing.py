"""Looking into the audit trail: who did what, to which study, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from farlead.access.accounts import Right, Session, require
from farlead.store import Entry, Store

#: So many entries are shown at once; what is older is asked for by its days.
MOST = 500


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What is looked for; empty is everything.

    Parameters
    ----------
    actor : str
        Login of who acted.
    action : str
        Beginning of an action, e.g. ``study.`` or ``report.opened``.
    subject : str
        Number of a study, or a subject as the trail names it (``study:12``, ``account:jia``).
    first, last : date or None
        Days here, both included.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


class AuditDesk:
    """The trail for whoever may read it. Every method blocks.

    Parameters
    ----------
    store : Store
    session : Session
    """

    def __init__(self, store: Store, session: Session) -> None:
        self._store, self._session = store, session

    def search(self, query: TrailQuery) -> tuple[Entry, ...]:
        """The newest entries that fit, at most :data:`MOST`, the newest first; audited itself.

        Raises
        ------
        PermissionDenied
        NotFound
            No study has this number.
        """
        require(self._session, Right.READ_AUDIT)
        login = self._session.account.login
        asked = [name for name in ("actor", "action", "subject", "first", "last")
                 if getattr(query, name)]  # fmt: skip
        found = self._store.search_audit(
            actor=query.actor.strip() or None,
            action=query.action.strip() or None,
            subject=self._subject(query.subject.strip()),
            begin=None if query.first is None else _midnight(query.first),
            end=None if query.last is None else _midnight(query.last + timedelta(days=1)),
            limit=MOST,
            newest_first=True,
        )
        self._store.audit(login, "audit.searched", f"account:{login}", {"by": " ".join(asked)})
        return tuple(found)

    def _subject(self, words: str) -> str | None:
        if not words or ":" in words:
            return words or None
        return f"study:{self._store.numbered(words).id}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone()
