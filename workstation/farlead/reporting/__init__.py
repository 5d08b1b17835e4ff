"""Reports: statements, pages, signatures.

What needs more than fonts is imported from its module (``farlead.reporting.compositor``,
``.signing``, ``.verification``): the signing libraries take a second to load, and a window that
only looks for statements does not need them.
"""

from farlead.reporting.fonts import find_fonts

__all__ = ["find_fonts"]
