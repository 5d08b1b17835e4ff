"""Whether a server's database is empty, asked without touching it."""

from farlead.store import Store
from support_postgres import Server


def test_a_database_is_empty_until_a_store_is_made_in_it(server: Server) -> None:
    address = server.address(server.fresh())
    assert Store.is_empty(address)
    assert Store.is_empty(address)  # looking has made nothing
    Store.open(address).close()
    assert not Store.is_empty(address)
