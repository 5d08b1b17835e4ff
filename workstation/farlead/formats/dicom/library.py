"""pydicom, where it is used: one call at a time, silent.

It decodes pixels and character sets. What it warns of on damaged input becomes a note or an
error of ours; what it logs quotes values of the file, which are a patient's.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom import config

from farlead.formats.quiet import without_warnings

logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


@contextmanager
def quietly() -> Iterator[None]:
    """Use the library without its warnings and without its checks of values."""
    with without_warnings(), config.disable_value_validation():
        yield
