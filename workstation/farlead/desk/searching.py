"""Searching: among all studies, with the words that readers type."""

from farlead.access.accounts import Right, Session, require
from farlead.errors import SearchRefused
from farlead.messages import Parameter, message
from farlead.model.search import SearchPage, SearchQuery
from farlead.reporting.statements import Catalogue
from farlead.store import Store

#: A typed finding stands for at most so many statements.
_MEANT = 12


def searched(
    store: Store, catalogue: Catalogue, session: Session, query: SearchQuery
) -> SearchPage:
    """One page of the studies that fit; the trail says by which fields, not by which words.

    Raises
    ------
    PermissionDenied
    SearchRefused
        The end of the time is not after its beginning.
    """
    require(session, Right.OPEN_STUDY)
    if query.begin is not None and query.end is not None and query.end <= query.begin:
        raise SearchRefused(message("desk.search_time"))
    page = store.search(query, meant(catalogue, query.finding))
    detail: dict[str, Parameter] = {
        "by": ",".join(query.asked),
        "found": len(page.rows),
        "page": "next" if query.after else "first",
        "station": session.station,
    }
    login = session.account.login
    store.audit(login, "study.searched", f"account:{login}", detail)
    return page


def meant(catalogue: Catalogue, typed: str) -> tuple[str, ...]:
    """Codes of the statements for which a typed finding stands; a code stands for itself."""
    word = typed.strip()
    if not word:
        return ()
    found = [entry.code for entry in catalogue.find(word, _MEANT)]
    exact = [code for code in found if code.casefold() == word.casefold()]
    return tuple(exact or dict.fromkeys([*found, word]))
