"""Libraries of others without their warnings: what matters of them becomes a note or an error."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_ONE_AT_A_TIME = threading.RLock()  # which warnings are shown belongs to the process


@contextmanager
def without_warnings() -> Iterator[None]:
    """One thread at a time, warnings left out."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
