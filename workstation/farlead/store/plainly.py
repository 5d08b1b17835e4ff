"""The claim of a study that nobody has anything to do with, in one word to the server.

Most claims are of this kind, and fifty stations make them all day. The function decides nothing
that is not plain: a study that another reader holds, has reserved or has finished is passed over;
any other that is not simply free is named and left to ``farlead.store.claims``, where the rules
are. Guards, rights and the audit trail are those of
every other statement, because it runs with the rights of whoever calls it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from farlead.model.lives import StudyState

#: How the function is called; the parameters in the order of :class:`Taking`, after the studies.
CALL = "SELECT * FROM farlead_claim_plainly(%s::int[], %s, %s, %s, %s, %s, %s, %s)"

_NAME = "farlead_claim_plainly"
_ARGUMENTS = (
    "wanted int[], reader int, login text, seat text, lease interval, told text, chain_id text,"
    " moment timestamptz"
)


@dataclass(frozen=True, slots=True)
class Taking:
    """Who takes, and where.

    Parameters
    ----------
    detail : str
        What the audit says beside the act, as canonical JSON.
    at : datetime or None
        None: the database's own clock.
    """

    account_id: int
    login: str
    station: str
    lease: timedelta
    detail: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The study that was taken, with what its claim says; without, one that is not so plain."""

    study: int
    fencing: int | None = None
    until: datetime | None = None
    reader: str = ""


def plain_claim() -> str:
    """Statement that makes the function.

    Its steps are those of ``ClaimPart._take``: a study is locked first, its number grows before
    the claim bears it, and it is claimed when there is a claim.
    """
    return f"""
        CREATE OR REPLACE FUNCTION {_NAME}({_ARGUMENTS})
        RETURNS TABLE (taken int, number int, ends timestamptz, name text)
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $farlead$
        DECLARE
          one int;
          found_state text;
        BEGIN
          moment := coalesce(moment, clock_timestamp());
          FOREACH one IN ARRAY wanted LOOP
            CONTINUE WHEN EXISTS (SELECT FROM study s LEFT JOIN claim c ON c.study_id = s.id
              WHERE s.id = one AND (
                s.state NOT IN ('{StudyState.WAITING}', '{StudyState.CLAIMED}',
                  '{StudyState.CHECKED}')
                OR c.account_id <> reader AND c.until > moment
                OR s.state = '{StudyState.CHECKED}' AND s.reserved_by <> reader));
            SELECT s.state INTO found_state FROM study s WHERE s.id = one
               FOR NO KEY UPDATE SKIP LOCKED;
            CONTINUE WHEN NOT FOUND;
            IF found_state <> '{StudyState.WAITING}'
               OR EXISTS (SELECT FROM claim c WHERE c.study_id = one) THEN
              RETURN QUERY SELECT one, NULL::int, NULL::timestamptz, NULL::text;
              RETURN;
            END IF;
            INSERT INTO audit (chain, sequence, at, actor, action, subject, detail, previous, hash)
            VALUES (chain_id, 0, moment, login, 'study.claimed', 'study:' || one, told, '', '');
            UPDATE study s SET fencing = s.fencing + 1 WHERE s.id = one
            RETURNING s.fencing INTO number;
            INSERT INTO claim (study_id, account_id, station, fencing, since, until)
            VALUES (one, reader, seat, number, moment, moment + lease);
            UPDATE study s SET state = '{StudyState.CLAIMED}', reserved_by = NULL
             WHERE s.id = one;
            RETURN QUERY SELECT one, number, moment + lease, a.name::text FROM account a
                          WHERE a.id = reader;
            RETURN;
          END LOOP;
        END $farlead$
    """  # noqa: S608 - words of ours
