"""The composition of the house without a window, and the loops that keep it going.

:class:`Services` builds store, objects and sandboxes from the settings and hands them to the
loops; :func:`serve` runs these until it is told to stop; :class:`Serving` is the child process
that the application starts for it and that ends with the application.
"""

from farlead.services.accounts import add_account, add_unit, renew_certificate, set_password
from farlead.services.backup import BackedUp, backup, restore
from farlead.services.child import Serving
from farlead.services.confined import (
    OwnRules,
    identify_confined,
    open_sandbox,
    read_confined,
    screen_confined,
)
from farlead.services.connections import connections, in_row, open_passwords, try_connection
from farlead.services.contacts import import_contacts
from farlead.services.house import (
    Imported,
    Services,
    asks_who,
    objects_of,
    open_desk,
    open_services,
)
from farlead.services.loops import serve
from farlead.services.overlook import Overlook, Overseeing, WallOutlet, open_overlook
from farlead.services.screening import ScreeningService, own_table
from farlead.services.trail import copy_trail, mark_trail, verify_trail
from farlead.services.transport import (
    ClaimService,
    CriticalService,
    DeliveryService,
    IntakeService,
)
from farlead.services.verifying import compare_with_store, verify_report

__all__ = [
    "BackedUp",
    "ClaimService",
    "CriticalService",
    "DeliveryService",
    "Imported",
    "IntakeService",
    "Overlook",
    "Overseeing",
    "OwnRules",
    "ScreeningService",
    "Services",
    "Serving",
    "WallOutlet",
    "add_account",
    "add_unit",
    "asks_who",
    "backup",
    "compare_with_store",
    "connections",
    "copy_trail",
    "identify_confined",
    "import_contacts",
    "in_row",
    "mark_trail",
    "objects_of",
    "open_desk",
    "open_overlook",
    "open_passwords",
    "open_sandbox",
    "open_services",
    "own_table",
    "read_confined",
    "renew_certificate",
    "restore",
    "screen_confined",
    "serve",
    "set_password",
    "try_connection",
    "verify_report",
    "verify_trail",
]
