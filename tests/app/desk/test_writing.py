"""What is offered while a report is written, and what does not fit in it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from farlead.desk.opened import blocked_by
from farlead.desk.writing import WritingDesk, contradicted, unresolved
from farlead.errors import SettingsError
from farlead.messages import Language, message
from farlead.model.lives import StudyState
from farlead.model.people import Patient, Sex, Unit
from farlead.model.phrases import BLANK, filled
from farlead.model.report import Decision, Draft, Ground, Modifier, Statement
from farlead.model.screening import Certainty, Flag, Measurement, Quality, Screening
from farlead.model.study import Kind, Request, ScreeningState, Severity, Study
from farlead.model.worklist import Row
from farlead.reporting.statements import catalogue
from farlead.settings import Settings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIGURES = {"heart_rate": 70.0, "pr": 160.0, "qrs": 90.0, "qtc": 420.0, "axis": 40.0}
_UNITS = {"heart_rate": "/min", "axis": "°"}


class Shown:
    """An opened study."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.contents = ()
        self.failure = None


def _shown(
    *flags: Flag, sex: Sex = Sex.MALE, age: int = 60, kind: Kind = Kind.ECG, **figures: float
) -> Shown:
    patient = Patient(name="示例", sex=sex, birth_date=date(2026 - age, 1, 1))
    study = Study(
        1, "1", Unit("jia", "甲"), kind, StudyState.CLAIMED, 1, patient, Request(), NOON, NOON, NOON
    )
    made = tuple(
        Measurement(name, value, _UNITS.get(name, "ms"), "")
        for name, value in (FIGURES | figures).items()
    )
    severity = max((flag.severity for flag in flags), default=Severity.NORMAL)
    screening = Screening("1", severity, True, Quality.FIT, made, flags)
    return Shown(Row(study, ScreeningState.DONE, screening))


def _lines(*codes: str) -> tuple[Statement, ...]:
    return tuple(catalogue().entry(code).statement() for code in codes)


def _keys(shown: Shown, draft: Draft) -> list[str]:
    return [each.key for each in unresolved(catalogue(), shown, draft)]


@pytest.mark.parametrize(
    ("codes", "figures", "keys"),
    [
        (("RH101", "GN101"), {}, []),
        (("RH101", "RH201"), {}, ["RH101/RH201"]),
        (("GN101", "MI104"), {}, ["GN101/MI104"]),
        (("CD101",), {}, ["CD101/pr"]),
        (("CD101",), {"pr": 212}, []),
        (("CD101",), {"pr": 199.6}, []),  # read as 200
        (("GN101",), {"heart_rate": 121}, ["GN101/heart_rate"]),
        (("CH102",), {"axis": 110}, []),
        (("CH102",), {"axis": -60}, ["CH102/axis"]),
        (("ST301",), {"qtc": 455}, []),
        (("US121",), {}, []),
    ],
)
def test_statements_are_held_against_each_other_and_the_figures(
    codes: tuple[str, ...], figures: dict[str, float], keys: list[str]
) -> None:
    assert _keys(_shown(**figures), Draft(_lines(*codes))) == keys


def test_they_are_held_against_sex_and_age() -> None:
    woman = _shown(sex=Sex.FEMALE)
    assert _keys(woman, Draft(_lines("US121"))) == ["US121/sex"]
    assert _keys(_shown(sex=Sex.FEMALE, qtc=455), Draft(_lines("ST301"))) == ["ST301/qtc"]
    assert _keys(_shown(age=60), Draft(_lines("ST222"))) == ["ST222/age"]
    assert _keys(_shown(age=9, pr=160), Draft(_lines("CD101"))) == [], "limits of adults"
    assert _keys(_shown(sex=Sex.UNKNOWN), Draft(_lines("US121"))) == []


def test_what_cannot_be_excluded_and_what_is_doubtful_contradicts_nothing() -> None:
    sinus, fibrillation = _lines("RH101", "RH201")
    unsure = next(
        line
        for line in catalogue().variants(fibrillation)
        if line.modifier is Modifier.NOT_EXCLUDED
    )
    assert _keys(_shown(), Draft((sinus, unsure))) == []
    shown = _shown()
    assert shown.row.screening is not None
    doubtful = tuple(
        replace(m, quality=Certainty.DOUBTFUL) for m in shown.row.screening.measurements
    )
    row = replace(shown.row, screening=replace(shown.row.screening, measurements=doubtful))
    assert _keys(Shown(row), Draft(_lines("CD101"))) == []


def test_a_value_written_over_by_the_reader_is_what_counts() -> None:
    assert _keys(_shown(pr=160), Draft(_lines("CD101"), typed={"pr": 220.0})) == []


def test_a_contradiction_is_told_and_may_stand_with_a_word() -> None:
    draft = Draft(_lines("RH101", "RH201"))
    told = contradicted(catalogue(), _shown(), draft)
    assert told is not None
    for language, name in ((Language.ZH, "心房颤动"), (Language.EN, "Atrial fibrillation")):
        assert name in told.text(language)
    spaces = replace(draft, overruled={"RH101/RH201": "  "})
    assert contradicted(catalogue(), _shown(), spaces) is not None, "a blank is no word"
    kept = replace(draft, overruled={"RH101/RH201": "阵发性，记录中途转复"})
    assert contradicted(catalogue(), _shown(), kept) is None


def test_a_blank_left_in_the_text_stops_the_signature_whatever_is_overruled() -> None:
    draft = Draft(_lines("US101"), findings=f"左房 {BLANK} mm", overruled={"text/blank": "x"})
    told = contradicted(catalogue(), _shown(kind=Kind.ULTRASOUND), draft)
    assert told == message("desk.blank")


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.URGENT, Severity.REMARK])
def test_a_grave_suggestion_is_rejected_with_a_ground_only(severity: Severity) -> None:
    flag = Flag("rate.slow", severity, message("analysis.pause", seconds="3", limit="3"), "r/1")
    shown, lines = _shown(flag), _lines("RH101")
    bare = Draft(lines, decisions={"rate.slow": Decision.REJECTED})
    told = blocked_by(shown, bare)
    assert (told is not None and told.id == "desk.ungrounded") is (severity >= Severity.URGENT)
    said = replace(bare, grounds={"rate.slow": Ground.ARTIFACT})
    assert blocked_by(shown, said) is None


def test_the_hospitals_own_statements_are_offered_and_wrong_ones_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'kind = "ecg"\nzh = "本院"\nen = "Own"\n[[statement]]\ncode = "HX901"\n'
        'zh = "请到本院心电中心复查"\nen = "Repeat at our ECG centre"\n',
        "utf-8",
    )
    settings = Settings(folder=tmp_path, own_statements=Path("own.toml"))
    desk = WritingDesk(settings)
    assert desk.statements("qdby", 3, Kind.ECG)[0].code == "HX901"
    (tmp_path / "wrong.toml").write_text('kind = "ecg"\n', "utf-8")
    with pytest.raises(SettingsError, match=r"wrong\.toml"):
        WritingDesk(Settings(folder=tmp_path, own_statements=Path("wrong.toml")))


def test_templates_are_offered_for_their_kind_and_filled_with_figures(tmp_path: Path) -> None:
    desk = WritingDesk(Settings(folder=tmp_path))
    (found, *_) = desk.templates("房颤", 3, Kind.ECG)
    shown = _shown(heart_rate=112)
    assert "112" in filled(found.conclusion.zh, shown.row.screening)
    assert BLANK in filled(found.conclusion.zh, None), "what nobody measured is left blank"
    assert desk.templates("房颤", 3, Kind.CT) == []
    for kind in (Kind.ULTRASOUND, Kind.RADIOGRAPH, Kind.CT, Kind.FUNDUS):
        assert desk.templates("zc", 3, kind), kind
    assert filled("{pr} {name} {", shown.row.screening) == "160 {name} {"
