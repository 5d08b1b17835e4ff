"""Pinyin initials of a Chinese text: one letter a character, Latin letters and digits kept."""

from farlead.reporting.statements.entry import is_chinese, squeeze

#: Characters and words whose reading in these texts is not their most usual one.
_READ = {"长": "c", "行": "x"}
_WORDS = {"重采": "cc"}


def initials_of(text: str) -> str:
    """Initials of a text, without spaces and punctuation.

    Parameters
    ----------
    text : str
        E.g. ``心房颤动``.

    Returns
    -------
    str
        E.g. ``xfcd``.
    """
    # Here: its tables take a quarter of a second, and the shipped catalogue has its initials.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    squeezed = squeeze(text)
    for word, letters in _WORDS.items():
        squeezed = squeezed.replace(word, letters)
    read = "".join(lazy_pinyin(squeezed, style=Style.FIRST_LETTER))
    return "".join(
        _READ.get(character, letter) if is_chinese(character) else character
        for character, letter in zip(squeezed, read, strict=True)
    )
