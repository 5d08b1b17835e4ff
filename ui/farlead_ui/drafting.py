"""What the reader writes: draft, suggestions and the decisions on them. Plain; no Qt.

Screening never writes a statement by itself: a line enters the draft only by an act here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from psygnal import Signal

from farlead.messages import Language
from farlead.model.phrases import Template, filled
from farlead.model.report import Decision, Display, Draft, Ground, Statement
from farlead.model.screening import Flag, Screening
from farlead.model.study import Severity


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A flag of screening and the line that accepting it adds (None: no line)."""

    flag: Flag
    statement: Statement | None = None


class DraftModel:
    """The draft in hand. `changed` after every change made by the reader."""

    changed = Signal()
    loaded = Signal()
    current_changed = Signal()

    def __init__(self) -> None:
        self.draft = Draft()
        self.suggestions: tuple[Suggestion, ...] = ()
        self.editable = False
        self.may_accept_all = False
        self.normal: Statement | None = None
        self.current = 0
        self.coming = ""  # typed and entered; the line follows when the catalogue has answered

    def load(
        self,
        draft: Draft,
        suggestions: Sequence[Suggestion],
        *,
        editable: bool,
        may_accept_all: bool,
        normal: Statement | None = None,
    ) -> None:
        """Take up a study's draft; `normal` is the line for one without any suggestion."""
        self.draft = draft
        self.suggestions = tuple(suggestions)
        self.editable = editable
        self.may_accept_all = may_accept_all
        self.normal = normal
        self.current = self._first_undecided()
        self.loaded.emit()

    def freeze(self) -> None:
        """No more writing: the claim is lost, or nothing is open."""
        self.editable = False
        self.loaded.emit()

    @property
    def suggestion(self) -> Suggestion | None:
        """The suggestion that has the focus."""
        return self.suggestions[self.current] if self.current < len(self.suggestions) else None

    def decision(self, suggestion: Suggestion) -> Decision | None:
        """What was made of a suggestion."""
        return self.draft.decisions.get(suggestion.flag.code)

    @property
    def undecided(self) -> int:
        """How many suggestions wait for a decision."""
        return sum(1 for suggestion in self.suggestions if self.decision(suggestion) is None)

    def step(self, by: int) -> None:
        """Move the focus among the suggestions; it stops at both ends."""
        self.focus(min(max(self.current + by, 0), max(len(self.suggestions) - 1, 0)))

    def focus(self, place: int) -> None:
        """Put the focus on a suggestion."""
        if place != self.current:
            self.current = place
            self.current_changed.emit()

    def accept(self) -> None:
        """Accept the suggestion in focus, and go to the next undecided one."""
        self._decide(Decision.ACCEPTED)

    def reject(self, ground: Ground | None = None) -> None:
        """Reject the suggestion in focus, and go to the next undecided one.

        A critical or urgent one is rejected with its `ground` only (:attr:`needs_ground`).
        """
        if ground is not None or not self.needs_ground:
            self._decide(Decision.REJECTED, ground)

    @property
    def needs_ground(self) -> bool:
        """Whether rejecting the suggestion in focus asks why."""
        suggestion = self.suggestion
        return suggestion is not None and suggestion.flag.severity >= Severity.URGENT

    @property
    def offered(self) -> tuple[Suggestion, ...]:
        """Undecided suggestions whose line is not in the report: shown in grey below it."""
        written = {line.code for line in self.draft.statements}
        return tuple(
            suggestion
            for suggestion in self.suggestions
            if self.decision(suggestion) is None
            and suggestion.statement is not None
            and suggestion.statement.code not in written
        )

    @property
    def can_say_normal(self) -> bool:
        """Whether nothing is suggested, nothing is unknown and nothing is written yet."""
        return (
            self.editable
            and self.may_accept_all
            and self.normal is not None
            and not self.suggestions
            and not self.draft.statements
        )

    def accept_all(self) -> None:
        """Accept what is undecided, where the rule allows it (`may_accept_all`).

        Where there is no suggestion at all, the reader's one key writes the line “normal ECG”.
        """
        if not (self.editable and self.may_accept_all):
            return
        draft = self.draft
        if self.can_say_normal and self.normal is not None:
            self.add(self.normal)
            return
        for suggestion in self.suggestions:
            if self.decision(suggestion) is None:
                draft = _decided(draft, suggestion, Decision.ACCEPTED)
        self._set(draft)

    def add(self, statement: Statement) -> None:
        """Append a statement; one that is there already is not doubled."""
        if not statement.code or statement.code not in {s.code for s in self.draft.statements}:
            self._set(replace(self.draft, statements=(*self.draft.statements, statement)))

    def take(self, template: Template, screening: Screening | None, language: Language) -> None:
        """Write what a template says below what is there, the figures in their places."""
        written = {line.code for line in self.draft.statements if line.code}
        lines = tuple(line for line in template.statements if line.code not in written)
        texts = (template.findings.text(language), template.conclusion.text(language))
        findings, conclusion = (filled(text, screening) for text in texts)
        draft = self.draft
        self._set(
            replace(
                draft,
                statements=(*draft.statements, *lines),
                findings=_below(draft.findings, findings),
                conclusion=_below(draft.conclusion, conclusion),
            )
        )

    def adopt(self, other: Draft) -> None:
        """Write what another reader wrote below what is there; nothing stands there twice."""
        draft = self.draft
        written = {(line.code, line.zh) for line in draft.statements}
        lines = tuple(line for line in other.statements if (line.code, line.zh) not in written)
        self._set(
            replace(
                draft,
                statements=(*draft.statements, *(replace(line, suggested=False) for line in lines)),
                findings=_below(draft.findings, other.findings),
                conclusion=_below(draft.conclusion, other.conclusion),
            )
        )

    def change(self, place: int, before: Statement, after: Statement) -> None:
        """Put another form of a line in its place, if it is still there."""
        lines = self.draft.statements
        if place < len(lines) and lines[place] == before:
            self._set(replace(self.draft, statements=(*lines[:place], after, *lines[place + 1 :])))

    def remove(self, place: int) -> None:
        """Take a statement out; the suggestion that it came from is undecided again."""
        lines = self.draft.statements
        if not 0 <= place < len(lines):
            return
        gone = lines[place].code if lines[place].suggested else None
        codes = {s.flag.code for s in self.suggestions if s.statement and s.statement.code == gone}
        decisions = {k: v for k, v in self.draft.decisions.items() if k not in codes}
        kept = (*lines[:place], *lines[place + 1 :])
        code = lines[place].code
        overruled = {k: v for k, v in self.draft.overruled.items() if code not in k.split("/")}
        self._set(replace(self.draft, statements=kept, decisions=decisions, overruled=overruled))

    def write(self, *, findings: str | None = None, conclusion: str | None = None) -> None:
        """Change free text; None leaves a field as it is."""
        draft = self.draft
        self._set(
            replace(
                draft,
                findings=draft.findings if findings is None else findings,
                conclusion=draft.conclusion if conclusion is None else conclusion,
            )
        )

    def move_marks(self, moved: Mapping[str, int]) -> None:
        """Note by how many samples the reader has moved marks of the median beat."""
        self._set(replace(self.draft, moved=dict(moved)))

    def write_over(self, typed: Mapping[str, float]) -> None:
        """Note which measurements the reader has written over; the others are as measured."""
        self._set(replace(self.draft, typed=dict(typed)))

    def overrule(self, contradiction: str, word: str) -> None:
        """Let a contradiction stand, with the word for it."""
        if word.strip():
            overruled = {**self.draft.overruled, contradiction: word.strip()}
            self._set(replace(self.draft, overruled=overruled))

    def show(self, display: Display) -> None:
        """Note how the sheet is shown; other than standard is printed."""
        self._set(replace(self.draft, display=display))

    def _decide(self, decision: Decision, ground: Ground | None = None) -> None:
        if self.suggestion is None or not self.editable:
            return
        self._set(_decided(self.draft, self.suggestion, decision, ground))
        if self.undecided:
            self.focus(self._first_undecided())

    def _set(self, draft: Draft) -> None:
        if self.editable and draft != self.draft:
            self.draft = draft
            self.changed.emit()

    def _first_undecided(self) -> int:
        open_ = (p for p, s in enumerate(self.suggestions) if self.decision(s) is None)
        return next(open_, 0)


def _decided(
    draft: Draft, suggestion: Suggestion, decision: Decision, ground: Ground | None = None
) -> Draft:
    line = suggestion.statement
    code = line.code if line else None
    lines = tuple(s for s in draft.statements if not (s.suggested and s.code == code))
    if decision is Decision.ACCEPTED and line and code not in {s.code for s in lines}:
        lines = (*lines, replace(line, suggested=True))
    flag = suggestion.flag.code
    grounds = {k: v for k, v in draft.grounds.items() if k != flag}
    return replace(
        draft,
        statements=lines,
        decisions={**draft.decisions, flag: decision},
        grounds=grounds if ground is None else {**grounds, flag: ground},
    )


def _below(written: str, more: str) -> str:
    """A text with another one below it; nothing is written twice."""
    if not more or more in written:
        return written
    return f"{written.rstrip()}\n{more}" if written.strip() else more
