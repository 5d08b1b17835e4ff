"""Units and accounts."""

from sqlalchemy import Connection, insert, select, update

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.people import Account, Role, Unit
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import Fetched
from farlead.store.database import upsert

_ACCOUNT = schema.account.c


class PeoplePart(Base):
    """Units that send, people who read."""

    def add_unit(self, unit: Unit) -> None:
        """Add a unit, or give a known one its new name."""
        with self._write() as connection:
            ensure_unit(connection, unit.code, unit.name)

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
            self._record(
                connection,
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
            rows = connection.execute(select(schema.account).order_by(_ACCOUNT.login))
            return [_account(row) for row in rows]

    def password_hash(self, login: str) -> str | None:
        """The argon2id hash of an account, None when it has no password; NotFound."""
        with self._read() as connection:
            found: str | None = _required(_by_login(connection, login), login).password_hash
            return found


def ensure_unit(connection: Connection, code: str, name: str | None = None) -> None:
    """Make the unit's row; a name that is given replaces the one that is there."""
    insertion = upsert(connection, schema.unit).values(code=code, name=name or code)
    connection.execute(
        insertion.on_conflict_do_nothing()
        if name is None
        else insertion.on_conflict_do_update(index_elements=["code"], set_={"name": name})
    )


def account_by_id(connection: Connection, account_id: int) -> Account:
    """Account by key; NotFound."""
    row = connection.execute(select(schema.account).where(_ACCOUNT.id == account_id)).one_or_none()
    return _account(_required(row, str(account_id)))


def _by_login(connection: Connection, login: str) -> Fetched | None:
    return connection.execute(select(schema.account).where(_ACCOUNT.login == login)).one_or_none()


def _required(row: Fetched | None, login: str) -> Fetched:
    if row is None:
        raise NotFound(message("store.no_account", login=login))
    return row


def _account(row: Fetched) -> Account:
    return Account(row.id, row.login, row.name, Role(row.role), row.certificate)
