"""Texts from outside, as they may be shown, printed and compared."""

import unicodedata

#: Become a space, so that words do not run together: line ends and tabs.
_SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
#: Control, format (bidirectional, zero-width, soft hyphen, byte order), surrogates.
_REMOVED = frozenset({"Cc", "Cf", "Cs"})


def plain(text: str) -> str:
    r"""`text` on one line, without characters that nobody sees or that reorder others.

    A name with a line end breaks a list, one with a bidirectional override shows another
    name than it contains.

    >>> plain("Li\u202e\nNa\u200b")
    'Li Na'
    """
    if text.isascii() and text.isprintable():
        return text.strip(" ")
    spaced = "".join(" " if c in _SPACES else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in _REMOVED)
    return text.strip() if kept == text else " ".join(kept.split())
