"""Above the report: what is reviewed or amended, what was changed, and why it was sent back."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QFrame

from farlead.model.difference import Difference
from farlead.model.review import Remark
from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.review import ReviewModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import down, label, restyle

translate = QCoreApplication.translate

# So many differences and remarks are named; the others are a number.
_MOST = 6


class ReviewStrip(QFrame):
    """A few lines over the report; not there for a plain report.

    Parameters
    ----------
    review : ReviewModel
    appearance : Appearance
    clock : callable returning the aware time
    """

    def __init__(self, review: ReviewModel, appearance: Appearance, clock: Clock) -> None:
        super().__init__()
        self._review, self._appearance, self._clock = review, appearance, clock
        self.setProperty("role", "review")
        self.title = label(bold=True, wrap=True)
        self.act = label(step="words", wrap=True)
        self.lines = label(step="words", wrap=True)
        column = down(self.title, 2, self.act, self.lines)
        column.setContentsMargins(INSET, 8, INSET, 8)
        self.setLayout(column)
        listen(self, review.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say what there is to say of the report in hand."""
        review, basis, remarks = self._review.review, self._review.basis, self._review.remarks
        shown = review is not None or basis is not None or bool(remarks)
        self.setVisible(shown)
        if not shown:
            return
        differences = self._review.differences
        if review is not None:
            waited = int((self._clock() - review.asked).total_seconds())
            told = self.tr("Second signature · written by {author} · waiting {t}")
            self.title.setText(
                told.format(author=words.plain(review.author_name), t=words.span(max(waited, 0)))
            )
            self.act.setText(self._what_signing_does(len(differences)))
        elif basis is not None:
            self.title.setText(self.tr("Amendment of version {n}").format(n=basis.version))
            self.act.setText(self.tr("{n} changes; signed, it replaces the version in force.")
                             .format(n=len(differences)))  # fmt: skip
        else:
            self.title.setText(self.tr("Sent back by {reader}").format(reader=_reader(remarks[0])))
            self.act.setText(self.tr("Mend the report and sign it again."))
        said = [_remark(remark) for remark in (*remarks, *self._review.pending)]
        said += [_difference(each) for each in differences]
        more = self.tr("and {n} more").format(n=len(said) - _MOST)
        self.lines.setText("\n".join([*said[:_MOST], *([more] if len(said) > _MOST else [])]))
        self.lines.setVisible(bool(said))
        restyle(self, state="changed" if differences or remarks else "")

    def _what_signing_does(self, changed: int) -> str:
        if changed:
            told = self.tr("Changed in {n} places: signed by you alone, as a new version.")
            return told.format(n=changed)
        return self.tr("Unchanged: your signature is the second one in the same file.")


def place(name: str) -> str:
    """A place of the report, in words."""
    kind, _, code = name.partition(":")
    names = {
        "statement": translate("review", "statement {code}").format(code=code),
        "findings": translate("review", "findings"),
        "conclusion": translate("review", "conclusion"),
        "order": translate("review", "order"),
        "decision": translate("review", "suggestion {code}").format(code=code),
        "ground": translate("review", "suggestion {code}").format(code=code),
        "overruled": translate("review", "contradiction"),
        "typed": translate("review", "figure {code}").format(code=code),
        "mark": translate("review", "mark {code}").format(code=code),
        "whole": translate("review", "whole report"),
    }
    return names.get(kind, name)


def _reader(remark: Remark) -> str:
    return words.plain(remark.reader)


def _remark(remark: Remark) -> str:
    return f"✎ {place(remark.place)}: {words.plain(remark.text)}"


def _difference(each: Difference) -> str:
    nothing = translate("review", "nothing")
    before, after = (words.plain(text) or nothing for text in (each.before, each.after))
    return f"{place(each.place)}: {before} → {after}"
