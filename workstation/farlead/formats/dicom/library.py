"""pydicom, where it is used: one call at a time, silent.

It decodes pixels and character sets. What it warns of on damaged input becomes a note or an
error of ours; what it logs quotes values of the file, which are a patient's.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom import config

logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)

_ONE_AT_A_TIME = threading.RLock()  # warnings and the library's settings belong to the process


@contextmanager
def quietly() -> Iterator[None]:
    """Use the library without its warnings and without its checks of values."""
    with _ONE_AT_A_TIME, warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield
