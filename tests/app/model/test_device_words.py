"""Names of a device's measurements in Chinese; what it says in its own words stays as it is."""

import pytest

from farlead.messages import Language
from farlead.model.device_words import device_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("QT interval", "QT 间期"),
        ("QRS Duration", "QRS 时限"),
        ("QTc (Bazett)", "QTc 间期（Bazett）"),
        ("QTc (formula not stated)", "QTc 间期（未注明公式）"),
        ("Ventricular rate", "心室率"),
        ("V1: R' amplitude", "V1：R' 振幅"),
        ("V1, V2: P duration", "V1, V2：P 时限"),
        ("lead aVL: ST amplitude at J+60 ms", "导联 aVL：J 点后 60 ms ST 幅值"),
        ("P amplitude (V1)", "P 振幅（V1）"),
        ("QRS axis, horizontal", "QRS 电轴（水平面）"),
        ("overread: median beat: QT interval", "医师复核：中位心搏：QT 间期"),
        ("QRS onset in the median beat", "中位心搏 QRS 起点"),
        ("conclusion: Normal ECG", "结论：Normal ECG"),
    ],
)
def test_known_names_are_shown_in_chinese(text: str, shown: str) -> None:
    assert device_words(text, Language.ZH) == shown
    assert device_words(text, Language.EN) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sinus bradycardia (rate< 50)",
        "SINUS RHYTHM (normal P axis, V-rate 60-99)",
        "LVH: voltage criteria",
        "QRS Complexes: 4",
        "窦性心律",
        "old infarct: V1 (V2)",
        "x: " * 60,
        "QT interval" * 50,
    ],
)
def test_statements_and_unknown_names_stay_letter_by_letter(text: str) -> None:
    assert device_words(text, Language.ZH) == text
