"""A long past for a store: studies that were reported years ago, and some that wait.

They are put in by SQL, past the triggers, as nobody would wait for a million arrivals.
"""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from farlead.model.study import Severity
from farlead.store import Store
from support_store import arrival, screening

#: Identifiers of what was put in begin here; patients have so many studies each.
PAST, PRESENT, EACH = 1_000_000, 100_000_000, 20

_COLUMNS = """number, unit_code, study_key, kind, state, patient_id, patient, request, priority,
    arrived, due, screening_state, screening_id"""
_PATIENTS = """
    INSERT INTO patient (id, name, sex, birth_date, created)
    SELECT 1000000 + g, '病人' || g, 'M', '1960-01-01', '2020-01-01'
      FROM {numbers}
"""
_PAST = """
    INSERT INTO study (id, {columns})
    SELECT 1000000 + g, 'p' || g, unit_code, 'p' || g, kind, 'reported', 1000000 + g % {patients},
        '{{"name": "病人' || (g % {patients}) || '", "sex": "M"}}', request, priority,
        {earlier_arrived}, {earlier_due}, screening_state, screening_id
      FROM study, {numbers} WHERE study.id = {model}
"""
_WORDS = """
    INSERT INTO study_word (word, study_id)
    SELECT '病人' || (g % {patients}), 1000000 + g FROM {numbers}
    UNION ALL SELECT 'p' || g, 1000000 + g FROM {numbers}
"""
_PRESENT = """
    INSERT INTO study (id, {columns})
    SELECT {first} + g, 'w' || ({first} + g), unit_code, 'w' || ({first} + g), kind, 'waiting',
        patient_id, patient, request, priority, arrived, due, screening_state, screening_id
      FROM study, {numbers} WHERE study.id = {model}
"""

#: What arrival writes, by one statement for many: every guard and every entry of the trail.
_ARRIVALS = (
    """
    INSERT INTO study (id, {columns})
    SELECT {first} + g, 'a' || ({first} + g), unit_code, 'a' || ({first} + g), kind, 'waiting',
        patient_id, patient, request, priority, now(), now() + (due - arrived), screening_state,
        screening_id
      FROM study, {numbers} WHERE study.id = {model}
    """,
    """
    INSERT INTO study_object (study_id, unit_code, object_key, sha256, size, digest, file_name,
        received)
    SELECT {first} + g, unit_code, 'a' || ({first} + g), sha256, size, digest, file_name, now()
      FROM study_object, {numbers} WHERE study_id = {model}
    """,
    """
    INSERT INTO audit (chain, sequence, at, actor, action, subject, detail, previous, hash)
    SELECT 'arrivals', 0, clock_timestamp(), 'service:intake', 'study.arrived',
        'study:' || ({first} + g), '{{}}', '', '' FROM {numbers}
    """,
)


class Arrivals:
    """Studies that come in faster than any unit would send them, on PostgreSQL.

    Parameters
    ----------
    store : Store
    address : str
    """

    def __init__(self, store: Store, address: str) -> None:
        self._address = address
        self._model = store.add_object(arrival("model")).study_id
        store.save_screening(self._model, screening(Severity.REMARK))
        self.brought = 1

    def bring(self, number: int) -> None:
        """So many more."""
        numbers = f"generate_series(0, {number - 1}) AS n(g)"
        with psycopg.connect(self._address) as raw:
            for part in _ARRIVALS:
                sql = part.format(
                    columns=_COLUMNS, first=PAST + self.brought, numbers=numbers, model=self._model
                )
                raw.execute(sql.encode())
        self.brought += number

    def waiting(self) -> int:
        """How many wait now."""
        with psycopg.connect(self._address) as raw:
            row = raw.execute("SELECT count(*) FROM study WHERE state = 'waiting'").fetchone()
        return int(row[0]) if row else 0


class Past:
    """The past of one store.

    Parameters
    ----------
    store : Store
    where : Path or str
        Its file or address.
    studies : int
    """

    def __init__(self, store: Store, where: Path | str, studies: int) -> None:
        self._where, self._studies = where, studies
        self._model = store.add_object(arrival("model")).study_id
        store.save_screening(self._model, screening(Severity.REMARK))
        self._waiting = 0
        parts = (_PATIENTS, _PAST, _WORDS)
        self._run(parts, self._studies)

    def wait(self, more: int) -> None:
        """So many more studies wait."""
        self._run((_PRESENT,), more)
        self._waiting += more

    def some(self, number: int) -> list[int]:
        """Some of the past studies."""
        return random.Random(1).sample(range(PAST, PAST + self._studies), number)

    def patient(self, study: int) -> str:
        """Name of the patient of a past study."""
        return f"病人{(study - PAST) % self._patients}"

    @property
    def _patients(self) -> int:
        return max(self._studies // EACH, 1)

    def _run(self, parts: tuple[str, ...], number: int) -> None:
        if isinstance(self._where, Path):
            self._run_sqlite(parts, number)
        else:
            self._run_postgres(parts, number)

    def _sql(self, part: str, number: int, numbers: str, earlier: str) -> str:
        count = self._patients if part is _PATIENTS else number
        return part.format(
            columns=_COLUMNS,
            numbers=numbers.format(last=count - 1),
            patients=self._patients,
            model=self._model,
            first=PRESENT + self._waiting,
            earlier_arrived=earlier.format(what="arrived"),
            earlier_due=earlier.format(what="due"),
        )

    def _run_postgres(self, parts: tuple[str, ...], number: int) -> None:
        numbers = "generate_series(0, {last}) AS n(g)"
        with psycopg.connect(str(self._where), autocommit=True) as raw:
            raw.execute("SET session_replication_role = replica")
            for part in parts:
                sql = self._sql(part, number, numbers, "{what} - g * interval '1 minute'")
                raw.execute(sql.encode())
            raw.execute("VACUUM ANALYZE")

    def _run_sqlite(self, parts: tuple[str, ...], number: int) -> None:
        numbers = (
            "(WITH RECURSIVE n(g) AS (SELECT 0 UNION ALL SELECT g + 1 FROM n WHERE g < {last})"
            " SELECT g FROM n)"
        )
        earlier = "strftime('%Y-%m-%d %H:%M:%f', {what}, '-' || g || ' minutes') || '000'"
        with closing(sqlite3.connect(self._where, isolation_level=None)) as raw:
            raw.execute("PRAGMA recursive_triggers = OFF")
            made = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [row for row in made.fetchall() if "study" in row[1]]
            raw.execute("BEGIN IMMEDIATE")
            for name, _ in triggers:
                raw.execute(f"DROP TRIGGER {name}")
            for part in parts:
                raw.execute(self._sql(part, number, numbers, earlier))
            for _, sql in triggers:
                raw.execute(sql)
            raw.execute("COMMIT")
            raw.execute("ANALYZE")
