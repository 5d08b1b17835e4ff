"""Writing by keyboard alone: qualified lines, short forms, templates, grounds, contradictions."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fake_desk import PIN, flag
from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.model.phrases import BLANK, Both, Template
from farlead.model.report import Decision, Draft, Ground, Modifier, Statement
from farlead.model.study import Severity
from farlead_ui.drafting import DraftModel, Suggestion
from farlead_ui.own_phrases import FilePhrases
from farlead_ui.signing import Panel
from support_gui import CTRL, SHIFT, Key, TestSeat

LINE = Statement("RH201", "心房颤动", "Atrial fibrillation")


def _codes(seat: TestSeat) -> list[str]:
    return [line.code for line in seat.station.reading.drafting.draft.statements]


def _draft(seat: TestSeat) -> Draft:
    return seat.station.reading.drafting.draft


def _open(seat: TestSeat, study: int = 5) -> None:
    seat.desk.open_key(PIN)
    seat.station.reading.take(study)
    seat.looked()


def _write(seat: TestSeat, *typed: str) -> None:
    seat.press(Key.Key_Slash)
    for text in typed:
        seat.type(text)
        seat.press(Key.Key_Return)


# -- lines


def test_arrows_in_the_empty_line_mark_a_line_and_qualify_it(seat: TestSeat) -> None:
    _open(seat)
    _write(seat, "xfcd")
    seat.press(Key.Key_Up)
    assert seat.station.window.report.statements.lines.marked == 0
    seat.press(Key.Key_Right)
    assert _draft(seat).statements[0].modifier is Modifier.PROBABLE
    assert _draft(seat).statements[0].zh == "心房颤动可能"
    seat.press(Key.Key_Left)
    assert _draft(seat).statements[0] == LINE
    seat.press(Key.Key_Left)
    assert _draft(seat).statements[0].modifier is Modifier.UNCHANGED, "around the end"
    seat.press(Key.Key_Down)
    assert seat.station.window.report.statements.lines.marked == -1
    seat.press(Key.Key_Right)
    assert _draft(seat).statements[0].modifier is Modifier.UNCHANGED, "no line is marked"


def test_free_text_has_no_other_form(seat: TestSeat) -> None:
    _open(seat)
    _write(seat, "qqqq")
    seat.press(Key.Key_Up)
    seat.press(Key.Key_Right)
    assert _draft(seat).statements == (Statement("", "qqqq", "qqqq"),)


def test_what_screening_offers_stands_in_grey_and_is_not_in_the_report() -> None:
    model = DraftModel()
    offered = [Suggestion(flag("a"), LINE), Suggestion(flag("b", statement=None), None)]
    model.load(Draft(), offered, editable=True, may_accept_all=False)
    assert model.offered == (offered[0],)
    assert model.draft.statements == ()
    model.accept()
    assert model.offered == ()
    assert [line.code for line in model.draft.statements] == ["RH201"]


# -- short forms and templates


def test_a_short_form_is_kept_and_typing_it_writes_it_again(seat: TestSeat) -> None:
    _open(seat)
    _write(seat, "dxxl", "zcxdt")
    seat.station.reading.drafting.write(conclusion="心率 {heart_rate} 次/分。")
    seat.press(Key.Key_B, CTRL)
    assert seat.station.signing.panel is Panel.PHRASE
    seat.type("xbzc")
    seat.press(Key.Key_Return)
    assert seat.told == "reading.phrase_kept"
    seat.station.reading.take(4)
    seat.looked()
    _write(seat, "xbzc")
    assert _codes(seat) == ["RH101", "GN101"]
    assert _draft(seat).conclusion == "心率 65 次/分。", "the figure of this study"


def test_a_short_form_is_forgotten_by_its_key(seat: TestSeat) -> None:
    _open(seat)
    _write(seat, "dxxl")
    seat.press(Key.Key_B, CTRL)
    seat.type("dl")
    seat.press(Key.Key_Return)
    seat.press(Key.Key_B, CTRL)
    seat.type("dl")
    seat.press(Key.Key_Delete, CTRL)
    assert seat.told == "reading.phrase_dropped"
    assert seat.station.signing.writing.phrases == ()


def test_short_forms_belong_to_their_reader_and_survive(tmp_path: Path) -> None:
    mine, hers = FilePhrases(tmp_path, "jia"), FilePhrases(tmp_path, "yi")
    old = Statement("MI304", "陈旧性下壁心肌梗死", "Inferior MI, old", modifier=Modifier.OLD)
    text = Both('引号 " 与\\反斜\n换行', '引号 " 与\\反斜\n换行')
    kept = Template("xb", "", "", (LINE, old), Both(), text)
    mine.keep(kept)
    hers.keep(Template("xb", "", "", (), Both("她的", "她的")))
    (read,) = FilePhrases(tmp_path, "jia").read()
    assert (read.code, read.statements, read.conclusion) == ("xb", (LINE, old), text)
    assert read.own
    mine.keep(Template("XB", "", "", (LINE,)))
    assert [p.code for p in mine.read()] == ["XB"], "the same form is replaced"
    mine.drop("xb")
    assert mine.read() == ()
    assert len(hers.read()) == 1


@pytest.mark.parametrize("form", ["", "a b", "x" * 17])
def test_an_impossible_short_form_is_refused(tmp_path: Path, form: str) -> None:
    with pytest.raises(SettingsError):
        FilePhrases(tmp_path, "jia").keep(Template(form, "", "", (LINE,)))


@pytest.mark.parametrize("text", ["[[phrase]\n", '[[phrase]]\nlogin = "jia"\n', "other = 1\n"])
def test_a_wrong_file_is_told_and_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "phrases.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"phrases\.toml"):
        FilePhrases(tmp_path, "jia").keep(Template("xb", "", "", (LINE,)))
    assert file.read_text("utf-8") == text


def test_a_template_writes_findings_with_blanks_that_stop_the_signature(seat: TestSeat) -> None:
    _open(seat, 8)
    _write(seat, "xzcszc")
    assert _codes(seat) == ["US101"]
    assert BLANK in _draft(seat).findings
    seat.press(Key.Key_Return, CTRL)
    assert seat.told == "desk.blank"
    assert seat.desk.signed == []


def test_the_cursor_goes_from_blank_to_blank(seat: TestSeat) -> None:
    _open(seat, 8)
    _write(seat, "xzcszc")
    findings = seat.station.window.report.texts.findings
    findings.setFocus()
    seat.press(Key.Key_Tab)
    seat.type("38")
    seat.press(Key.Key_Tab)
    seat.type("47")
    written = _draft(seat).findings
    assert "左房前后径 38 mm，左室舒张末径 47 mm" in written
    assert findings.hasFocus()


# -- grounds


def test_a_grave_suggestion_is_rejected_with_a_reason_of_the_list(seat: TestSeat) -> None:
    _open(seat, 1)
    seat.press(Key.Key_X)
    assert seat.station.signing.panel is Panel.REJECT
    assert _draft(seat).decisions == {}
    seat.press(Key.Key_Return)
    assert _draft(seat).decisions == {}, "none is chosen beforehand"
    seat.press(Key.Key_2)
    assert seat.station.signing.panel is Panel.NONE
    code = seat.station.reading.drafting.suggestions[0].flag.code
    assert _draft(seat).decisions == {code: Decision.REJECTED}
    assert _draft(seat).grounds == {code: Ground.ELECTRODES}


def test_esc_leaves_a_grave_suggestion_undecided(seat: TestSeat) -> None:
    _open(seat, 1)
    seat.press(Key.Key_X)
    seat.press(Key.Key_Escape)
    assert _draft(seat).decisions == {}
    assert seat.station.signing.panel is Panel.NONE


def test_accepting_after_all_forgets_the_reason() -> None:
    model = DraftModel()
    model.load(Draft(), [Suggestion(flag("a"), LINE)], editable=True, may_accept_all=False)
    model.reject(Ground.ARTIFACT)
    assert model.draft.grounds == {"a": Ground.ARTIFACT}
    model.accept()
    assert model.draft.grounds == {}


def test_a_remark_is_rejected_at_once() -> None:
    model = DraftModel()
    remark = Suggestion(flag("a", Severity.REMARK), LINE)
    model.load(Draft(), [remark], editable=True, may_accept_all=False)
    model.reject()
    assert model.draft.decisions == {"a": Decision.REJECTED}


# -- contradictions


def test_a_contradiction_is_told_while_writing_and_stops_the_signature(seat: TestSeat) -> None:
    _open(seat)
    doubts = seat.station.window.report.statements.doubts
    assert not doubts.isVisible()
    _write(seat, "dxxl", "xfcd")
    assert doubts.isVisible()
    assert "心房颤动" in doubts.text.text()
    seat.press(Key.Key_Return, CTRL)
    assert seat.told == "desk.contradiction"
    assert seat.desk.signed == []
    seat.press(Key.Key_O, CTRL)
    assert seat.station.signing.panel is Panel.OVERRULE
    seat.press(Key.Key_Return)
    assert _draft(seat).overruled == {}, "without a word nothing stands"
    seat.type("记录中途转复")
    seat.press(Key.Key_Return)
    assert seat.station.signing.panel is Panel.NONE
    assert not doubts.isVisible()
    seat.press(Key.Key_Return, CTRL)
    study, draft = seat.desk.signed[0]
    assert study == 5
    assert draft.overruled == {"RH101/RH201": "记录中途转复"}


def test_each_contradiction_is_asked_about_on_its_own(seat: TestSeat) -> None:
    _open(seat)
    _write(seat, "xfcd", "dxxl", "zcxdt")
    assert len(seat.station.signing.writing.contradictions) == 2
    seat.press(Key.Key_O, CTRL)
    seat.type("其一")
    seat.press(Key.Key_Return)
    assert seat.station.signing.panel is Panel.OVERRULE, "the second one"
    seat.type("其二")
    seat.press(Key.Key_Return)
    assert seat.station.signing.panel is Panel.NONE
    assert sorted(_draft(seat).overruled.values()) == ["其一", "其二"]


def test_taking_the_line_out_takes_its_word_with_it(seat: TestSeat) -> None:
    _open(seat)
    drafting = seat.station.reading.drafting
    _write(seat, "dxxl", "xfcd")
    drafting.overrule("RH101/RH201", "x")
    drafting.remove(1)
    assert drafting.draft.overruled == {}


# -- measurements


def test_a_measurement_is_written_over_and_keeps_its_old_value(seat: TestSeat) -> None:
    _open(seat)
    seat.press(Key.Key_A, SHIFT)
    assert seat.station.signing.panel is Panel.FIGURES
    seat.type("72")
    seat.press(Key.Key_Return)
    made = seat.station.reading.screening
    assert made is not None
    rate = made.measurement("heart_rate")
    assert rate is not None
    assert (rate.value, rate.before, rate.edited) == (72.0, 65.0, True)
    figures = seat.station.window.report.measurements._figures
    assert (figures[0].value, figures[0].was) == ("72", "原 65")
    seat.press(Key.Key_A, SHIFT)
    seat.press(Key.Key_Backspace)
    seat.press(Key.Key_Backspace)
    seat.press(Key.Key_Return)
    assert _draft(seat).typed == {}, "an empty field is as measured"


@pytest.mark.parametrize("text", ["abc", "-5", "9999", "1e9"])
def test_what_is_no_figure_is_told_and_not_kept(seat: TestSeat, text: str) -> None:
    _open(seat)
    seat.press(Key.Key_A, SHIFT)
    seat.type(text)
    seat.press(Key.Key_Return)
    assert seat.station.signing.panel is Panel.FIGURES
    assert seat.station.window.report.asking[Panel.FIGURES].error.isVisible()
    assert _draft(seat).typed == {}


# -- all of it in English, too


def test_the_panels_speak_both_languages(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(language=Language.EN)
    _open(seat, 1)
    for panel, words in (
        (Panel.REJECT, "rejected"),
        (Panel.OVERRULE, "stand"),
        (Panel.FIGURES, "Write over"),
        (Panel.PHRASE, "short form"),
    ):
        seat.station.signing.ask(panel)
        asked = seat.station.window.report.asking[panel]
        assert asked.isVisible()
        assert words in asked.title.text()
        seat.press(Key.Key_Escape)
