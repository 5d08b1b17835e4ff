"""The report panel: suggestions, statements, free text, figures, notices."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fake_desk import CATALOGUE, flag
from farlead.messages import message
from farlead.model.comparison import Comparison
from farlead.model.report import Decision, Draft, Ground
from farlead.model.screening import EvidenceValue
from farlead.model.study import Kind
from farlead_ui.drafting import DraftModel, Suggestion
from farlead_ui.reading import NoticeKind
from farlead_ui.report.suggestions import Suggestions
from farlead_ui.theme.appearance import Appearance
from support_gui import Key, TestSeat


def _drafting(*codes: str) -> DraftModel:
    model = DraftModel()
    made = [Suggestion(flag(code), CATALOGUE[n]) for n, code in enumerate(codes)]
    model.load(Draft(), made, editable=True, may_accept_all=True)
    return model


def test_accepting_adds_the_line_and_goes_on() -> None:
    model = _drafting("a", "b")
    model.accept()
    assert [s.code for s in model.draft.statements] == [CATALOGUE[0].code]
    assert model.draft.statements[0].suggested
    assert model.current == 1


def test_rejecting_takes_its_line_back() -> None:
    model = _drafting("a")
    model.accept()
    model.reject(Ground.NOT_MET)
    assert model.draft.statements == ()
    assert model.draft.decisions == {"a": Decision.REJECTED}


def test_removing_a_suggested_line_leaves_it_undecided() -> None:
    model = _drafting("a", "b")
    model.accept_all()
    assert model.undecided == 0
    model.remove(0)
    assert model.undecided == 1
    assert len(model.draft.statements) == 1


def test_a_line_stands_once() -> None:
    model = _drafting("a")
    model.add(CATALOGUE[0])
    model.accept()
    model.add(CATALOGUE[0])
    assert len(model.draft.statements) == 1


def test_nothing_is_written_without_a_claim() -> None:
    model = _drafting("a")
    model.freeze()
    model.accept()
    model.accept_all()
    model.add(CATALOGUE[0])
    model.write(conclusion="x")
    assert model.draft == Draft()


def test_typing_finds_by_chinese_initials_and_english(seat: TestSeat) -> None:
    part = seat.station.window.report.statements
    seat.station.reading.take(5)
    for typed, code in (("窦性心律", "RH101"), ("qbt", "ST214"), ("normal", "GN101")):
        part.input.setFocus()
        seat.type(typed)
        assert part.candidates.entries[0].code == code
        seat.press(Key.Key_Return)
    assert [s.code for s in seat.station.reading.drafting.draft.statements] == [
        "RH101", "ST214", "GN101",
    ]  # fmt: skip
    assert part.input.text() == ""


def test_up_and_down_choose_and_free_text_is_the_last_choice(seat: TestSeat) -> None:
    part = seat.station.window.report.statements
    seat.station.reading.take(5)
    seat.press(Key.Key_Slash)
    seat.type("dxx")
    assert len(part.candidates.entries) == 2
    seat.press(Key.Key_Down)
    seat.press(Key.Key_Down)
    seat.press(Key.Key_Return)
    line = seat.station.reading.drafting.draft.statements[0]
    assert (line.code, line.zh) == ("", "dxx")


def test_backspace_in_the_empty_line_marks_then_removes(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(5)
    reading.drafting.add(CATALOGUE[0])
    seat.press(Key.Key_Slash)
    seat.press(Key.Key_Backspace)
    assert len(reading.drafting.draft.statements) == 1
    assert seat.station.window.report.statements.lines.marked == 0
    seat.press(Key.Key_Backspace)
    assert reading.drafting.draft.statements == ()


def test_findings_are_asked_for_with_images(seat: TestSeat) -> None:
    texts = seat.station.window.report.texts
    seat.station.reading.take(5)
    assert not texts.findings.isVisible()
    seat.station.reading.take(7)
    assert seat.station.reading.in_hand is not None
    assert seat.station.reading.in_hand.row.study.kind is Kind.CT
    assert texts.findings.isVisible()


def test_typing_does_not_move_the_cursor(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    text = seat.station.window.report.texts.conclusion
    text.setFocus()
    seat.type("abc")
    QTest.keyClick(text, Qt.Key.Key_Left)
    seat.type("X")
    assert text.toPlainText() == "abXc"
    assert seat.station.reading.drafting.draft.conclusion == "abXc"


def test_arrows_move_among_suggestions_and_light_their_evidence(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    sheet = seat.station.window.sheet
    assert sheet.evidence.spans
    seat.press(Key.Key_Down)
    assert seat.station.reading.drafting.current == 1
    rows = seat.station.window.report.suggestions._rows
    assert rows[1]._keys.isVisible()
    assert not rows[0]._keys.isVisible()


def test_a_notice_is_shown_and_can_be_put_away(seat: TestSeat) -> None:
    reading, strip = seat.station.reading, seat.station.window.report.notice
    assert not strip.isVisible()
    reading.tell(NoticeKind.TROUBLE, message("reading.fault"))
    assert strip.isVisible()
    assert "出错" in strip.text.text()
    reading.hush()
    assert not strip.isVisible()


def test_buttons_follow_what_is_possible(seat: TestSeat) -> None:
    report = seat.station.window.report
    assert not report._sign.isEnabled()
    seat.station.reading.take(5)
    assert report._sign.isEnabled()
    seat.station.reading.close()
    assert not report._sign.isEnabled()


class _NoCommands:
    """A command table whose commands do nothing."""

    def run(self, command: str) -> None:
        """Nothing."""

    def key(self, command: str) -> str:
        """No key."""
        return ""

    def enabled(self, command: str) -> bool:
        """Never."""
        return False


def test_evidence_by_lead_and_the_comparison_are_told(seat: TestSeat) -> None:
    values = (
        EvidenceValue("j", 0.31, "mV", 0.2, "V3"),
        EvidenceValue("j", 0.22, "mV", 0.1, "V4"),
    )
    made = replace(flag("st.elevation"), rule="st.elevation/2", leads=("V3", "V4"), values=values)
    drafting = DraftModel()
    drafting.load(Draft(), [Suggestion(made, None)], editable=True, may_accept_all=False)
    suggestions = Suggestions(drafting, _NoCommands(), Appearance())
    suggestions.show_recording(None, screened=True, compared=Comparison().text)
    (row,) = suggestions._rows
    assert "st.elevation/2" in row._evidence.text()
    assert "V3" in row._evidence.text()
    told = row.toolTip().splitlines()
    assert [line.split()[0] for line in told] == ["V3", "V4"]
    assert "0.31" in told[0]
    assert "0.20" in told[0]
    assert suggestions._comparison.isVisibleTo(suggestions)
    assert "无既往心电图" in suggestions._comparison.text()
    suggestions.show_recording(None, screened=False)
    assert not suggestions._comparison.isVisibleTo(suggestions)
    suggestions.deleteLater()
