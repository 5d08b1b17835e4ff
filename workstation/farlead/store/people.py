"""Units and accounts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.people import Account, Role, Unit
from farlead.model.study import Kind
from farlead.store import schema
from farlead.store.base import Base, canonical
from farlead.store.columns import Fetched, Selection
from farlead.store.database import upsert
from farlead.store.rows import LISTED

_ACCOUNT = schema.account.c
_UNIT = select(schema.unit.c.name).where(schema.unit.c.code == bindparam("unit"))
_PERSONAL: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])

_FREE_TRIES = 3  # mistyped now and then
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=15)


class PeoplePart(Base):
    """Units that send, people who read."""

    def add_unit(self, unit: Unit) -> None:
        """Add a unit, or give a known one its new name."""
        study = schema.study.c
        with self._write() as connection:
            ensure_unit(connection, unit.code, unit.name)
            connection.execute(
                update(schema.study)
                .where(study.unit_code == unit.code, study.state.in_(LISTED))
                .values(changed=0)
            )

    def units(self) -> list[Unit]:
        """All units, by code."""
        with self._read() as connection:
            rows = connection.execute(select(schema.unit).order_by(schema.unit.c.code))
            return [Unit(row.code, row.name) for row in rows]

    def add_account(
        self,
        login: str,
        name: str,
        role: Role,
        password_hash: str | None = None,
        certificate: str | None = None,
    ) -> Account:
        """Add an account; a login that is there already is brought up to date.

        Parameters
        ----------
        certificate : str, optional
            SHA-256 fingerprint (hex) of the person's signing certificate.
        """
        values = {
            "name": name,
            "role": str(role),
            **({"password_hash": password_hash} if password_hash is not None else {}),
            **({"certificate": certificate} if certificate is not None else {}),
        }
        with self._write(listed=False) as connection:
            self._database.serialise(connection, "accounts")
            known = _by_login(connection, login)
            if known is None:
                connection.execute(insert(schema.account).values(login=login, **values))
            else:
                connection.execute(
                    update(schema.account).where(_ACCOUNT.login == login).values(**values)
                )
            enabled = known is None or known.disabled is None
            self._database.set_role(connection, login, str(role), enabled=enabled)
            self._record(
                "service:accounts",
                "account.added" if known is None else "account.changed",
                f"account:{login}",
                role=str(role),
                certificate=certificate,
                password=password_hash is not None,
            )
            return _account(_required(_by_login(connection, login), login))

    def account(self, login: str) -> Account:
        """Account by login; NotFound."""
        with self._read() as connection:
            return _account(_required(_by_login(connection, login), login))

    def accounts(self) -> list[Account]:
        """All accounts, by login."""
        with self._read() as connection:
            rows = connection.execute(_people().order_by(_ACCOUNT.login))
            return [_account(row) for row in rows]

    def password_hash(self, login: str) -> str | None:
        """The argon2id hash of an account, None when it has no password; NotFound."""
        with self._read() as connection:
            _required(_by_login(connection, login), login)
            found: str | None = connection.execute(
                select(_ACCOUNT.password_hash).where(_ACCOUNT.login == login)
            ).scalar()
            return found

    @property
    def keeps_passwords(self) -> bool:
        """Whether the server checks passwords itself, so that no hash is kept here."""
        return self._database.keeps_passwords

    def set_password(self, login: str, password: str, hashed: str, actor: str) -> None:
        """Give an account another password, as its argon2id hash or as the server keeps it.

        NotFound.
        """
        with self._write(listed=False) as connection:
            _required(_by_login(connection, login), login)
            values: dict[str, object] = {"failures": 0, "locked_until": None}
            if self._database.keeps_passwords:
                self._database.set_password(connection, login, password)
            else:
                values["password_hash"] = hashed
            connection.execute(
                update(schema.account).where(_ACCOUNT.login == login).values(**values)
            )
            self._record(actor, "account.password", f"account:{login}")

    def set_enabled(self, login: str, actor: str, *, enabled: bool) -> Account:
        """Let an account sign in, or no more; what it signed and did stays. NotFound."""
        with self._write(listed=False) as connection:
            known = _required(_by_login(connection, login), login)
            connection.execute(
                update(schema.account)
                .where(_ACCOUNT.login == login)
                .values(disabled=None if enabled else known.disabled or self.now())
            )
            self._database.set_role(connection, login, known.role, enabled=enabled)
            action = "account.enabled" if enabled else "account.disabled"
            self._record(actor, action, f"account:{login}")
            return _account(_required(_by_login(connection, login), login))

    def set_kinds(self, login: str, kinds: Iterable[Kind] | None, actor: str) -> None:
        """What kinds of study the person reads; None is all. NotFound."""
        listed = None if kinds is None else ",".join(sorted(str(kind) for kind in kinds))
        with self._write(listed=False) as connection:
            _required(_by_login(connection, login), login)
            connection.execute(
                update(schema.account).where(_ACCOUNT.login == login).values(kinds=listed)
            )
            self._record(actor, "account.kinds", f"account:{login}", kinds=listed)

    def locked_until(self, login: str) -> datetime | None:
        """Until when no password of this account is looked at; NotFound."""
        with self._read() as connection:
            _required(_by_login(connection, login), login)
            until: datetime | None = connection.execute(
                select(_ACCOUNT.locked_until).where(_ACCOUNT.login == login)
            ).scalar()
            return until

    def note_sign_in(self, login: str, station: str, *, right: bool) -> datetime | None:
        """A password was tried: wrong ones make the next wait, a right one ends the count.

        Returns
        -------
        datetime or None
            Until when no further password is looked at.
        """
        with self._write(listed=False) as connection:
            failures = connection.execute(
                update(schema.account)
                .where(_ACCOUNT.login == login)
                .values(failures=0 if right else _ACCOUNT.failures + 1)
                .returning(_ACCOUNT.failures)
            ).scalar()
            if failures is None:
                raise NotFound(message("store.no_account", login=login))
            wait = wait_after(failures)
            until = self.now() + wait if wait else None
            connection.execute(
                update(schema.account).where(_ACCOUNT.login == login).values(locked_until=until)
            )
            action = "session.signed_in" if right else "session.refused"
            self._record(login, action, f"account:{login}", station=station, failures=failures)
            return until

    def personal(self, account: Account) -> Mapping[str, object]:
        """What follows a person from station to station, by name; empty before the first time."""
        with self._read() as connection:
            kept: str | None = connection.execute(
                select(schema.personal.c.content).where(schema.personal.c.account_id == account.id)
            ).scalar()
            return {} if kept is None else _PERSONAL.validate_json(kept)

    def save_personal(self, account: Account, content: Mapping[str, object]) -> None:
        """Keep it, instead of what was kept before; plain JSON values."""
        kept = {"content": canonical(dict(content)), "saved": self.now()}
        with self._write(listed=False) as connection:
            connection.execute(
                upsert(connection, schema.personal)
                .values(account_id=account.id, **kept)
                .on_conflict_do_update(index_elements=["account_id"], set_=kept)
            )


def wait_after(failures: int) -> timedelta:
    """How long an account rests after so many wrong passwords one after another.

    >>> [wait_after(n).total_seconds() for n in (0, 2, 3, 4, 20)]
    [0.0, 0.0, 5.0, 10.0, 900.0]
    """
    if failures < _FREE_TRIES:
        return timedelta()
    return min(_FIRST_WAIT * (1 << min(failures - _FREE_TRIES, 20)), _LONGEST_WAIT)


def ensure_unit(connection: Connection, code: str, name: str | None = None) -> None:
    """Make the unit's row; a name that is given replaces the one that is there."""
    known = connection.execute(_UNIT, {"unit": code}).scalar()
    if known is not None and name in (None, known):
        return
    insertion = upsert(connection, schema.unit).values(code=code, name=name or code)
    connection.execute(
        insertion.on_conflict_do_nothing()
        if name is None
        else insertion.on_conflict_do_update(index_elements=["code"], set_={"name": name})
    )


def account_by_id(connection: Connection, account_id: int) -> Account:
    """Account by key; NotFound."""
    row = connection.execute(_people().where(_ACCOUNT.id == account_id)).one_or_none()
    return _account(_required(row, str(account_id)))


def _by_login(connection: Connection, login: str) -> Fetched | None:
    return connection.execute(_people().where(_ACCOUNT.login == login)).one_or_none()


def _people() -> Selection:
    """Accounts without their secrets, which hardly anybody may read."""
    return select(
        _ACCOUNT.id, _ACCOUNT.login, _ACCOUNT.name, _ACCOUNT.role, _ACCOUNT.certificate,
        _ACCOUNT.disabled, _ACCOUNT.kinds,
    )  # fmt: skip


def _required(row: Fetched | None, login: str) -> Fetched:
    if row is None:
        raise NotFound(message("store.no_account", login=login))
    return row


def _account(row: Fetched) -> Account:
    kinds = None if row.kinds is None else frozenset(filter(None, row.kinds.split(",")))
    return Account(
        row.id, row.login, row.name, Role(row.role), row.certificate, row.disabled, kinds
    )
