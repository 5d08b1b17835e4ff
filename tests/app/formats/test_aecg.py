"""HL7 annotated ECG: what is written is what is read, and nothing is guessed."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import aecg_files as files
from ecg_files import START, recording
from farlead.errors import UnreadableFile
from farlead.formats import aecg
from farlead.formats import read as read_any
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Annotation, Recording

FS = 500.0
CHINA = timezone(timedelta(hours=8))
NAIVE = START.replace(tzinfo=None)
BRIEF = recording(seconds=1.2)


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        aecg.read(data)
    chinese, english = caught.value.text(Language.ZH), caught.value.text(Language.EN)
    assert "请单位" in chinese
    assert "sk the unit" in english
    return caught.value


def notes(content: Recording) -> list[str]:
    return [note.id for note in content.notes]


def ramp(n: int = 1000, step: int = 3) -> NDArray[np.float64]:
    """Millivolts, each sample another whole microvolt."""
    return (np.arange(n) * step - n) / 1000.0


def one_series(*sequences: str, **options: object) -> bytes:
    return files.document(files.series(files.sequence_set(*sequences), **options))  # type: ignore[arg-type]


# --- the whole of a plain document ---------------------------------------------------------


def test_a_document_comes_back_as_it_was() -> None:
    content = recording()
    found = aecg.read(files.aecg_bytes(content))
    np.testing.assert_array_equal(found.samples, content.samples)
    assert (found.leads, found.fs, found.start) == (TWELVE, FS, START)
    assert found.patient == content.patient
    assert found.device.manufacturer == "厂商 A"
    assert (found.device.model, found.device.serial) == ("Model 9", "SN-77")
    assert (found.device.low_pass, found.device.high_pass, found.device.notch) == (150, 0.05, 50)
    assert found.notes == ()
    assert not found.samples.flags.writeable


def test_the_registry_knows_it_by_its_root_alone() -> None:
    assert isinstance(read_any(files.aecg_bytes(BRIEF)), Recording)
    assert not aecg.recognises(b"<a><AnnotatedECG/></a>")
    assert not aecg.recognises(b"<!-- <AnnotatedECG> --><restingecgdata/>")
    assert aecg.recognises(b"<?xml version='1.0'?>\n<!-- x --><hl7:AnnotatedECG xmlns:hl7='y'>")


def test_the_documents_id_is_no_identity_of_a_study() -> None:
    assert aecg.read(files.aecg_bytes(BRIEF)).identity.study_uid is None


@pytest.mark.parametrize(
    ("unit", "scale"), [("uV", 1.0), ("nV", 1000.0), ("mV", 0.001), ("V", 1e-6), ("uV", 0.25)]
)
@pytest.mark.parametrize("origin", [(0.0, "uV"), (1.5, "mV"), (-250.0, "uV")])
def test_units_of_scale_and_origin(unit: str, scale: float, origin: tuple[float, str]) -> None:
    content = BRIEF
    options = {"unit": unit, "scale": scale, "origin": origin[0], "origin_unit": origin[1]}
    found = aecg.read(files.aecg_bytes(content, lead_options=options))
    np.testing.assert_allclose(found.samples, content.samples, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(
    digits=st.lists(st.integers(-32768, 32767), min_size=500, max_size=520),
    scale=st.sampled_from(["1", "2.5", "4.88", "0.5", "5.00", "1.25e0"]),
    between=st.sampled_from([" ", "\n", "  \t", ",", ", "]),
)
def test_digits_of_any_kind_are_exact(digits: list[int], scale: str, between: str) -> None:
    text = between.join(map(str, digits))
    data = one_series(
        files.relative(FS),
        files.lead("II", np.zeros(1), scale=float(scale)).replace(
            "<digits>0</digits>", f"<digits>{text}</digits>"
        ),
    )
    wanted = (np.array(digits) * float(scale) / 1000).astype(np.float32)
    np.testing.assert_array_equal(aecg.read(data).samples[0], wanted)


def test_decimal_digits_and_digits_with_exponents() -> None:
    signal = ramp()
    for written in ((lambda d: f"{d}.0"), (lambda d: f"{d}e0"), (lambda d: f"{d:+d}")):
        data = one_series(files.relative(FS), files.lead("II", signal, written=written))
        np.testing.assert_allclose(aecg.read(data).samples[0], signal, atol=1e-6)


# --- time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("fs", [250.0, 300.0, 500.0, 1000.0, 2000.0, 128.0])
def test_increments(unit: str, fs: float) -> None:
    found = aecg.read(one_series(files.relative(fs, unit), files.lead("II", ramp(3000))))
    assert found.fs == fs


def test_a_rounded_increment_is_the_rate_that_was_meant() -> None:
    time = files.relative(300).replace(f'value="{1 / 300:.10g}"', 'value="0.0033333"')
    assert aecg.read(one_series(time, files.lead("II", ramp()))).fs == 300


def test_times_as_a_list() -> None:
    data = one_series(files.times_listed(1000, 250), files.lead("II", ramp()))
    assert aecg.read(data).fs == 250
    uneven = data.replace(b"<digits>0 1 2", b"<digits>0 1 3")
    assert "even intervals" in refusal(uneven).text(Language.EN)


@pytest.mark.parametrize(
    "value", ["0", "-0.002", "inf", "NaN", "1e999", "", "0,002", "0.002 ", "x", "1e-300"]
)
def test_impossible_increments(value: str) -> None:
    time = files.relative(FS).replace('value="0.002"', f'value="{value}"')
    data = one_series(time, files.lead("II", ramp()))
    if value == "0.002 ":
        assert aecg.read(data).fs == FS
    else:
        refusal(data)


@pytest.mark.parametrize("unit", ["", "min", "S", "Hz"])
def test_an_increment_without_a_known_unit_is_refused(unit: str) -> None:
    time = files.relative(FS).replace('value="0.002" unit="s"', f'value="0.002" unit="{unit}"')
    reason = refusal(one_series(time, files.lead("II", ramp())))
    assert "sampling interval" in reason.text(Language.EN)
    assert reason.tag is not None


def test_times_that_repeat_are_refused() -> None:
    time = files.relative(FS).replace("</value>", '<denominator value="2"/></value>')
    refusal(one_series(time, files.lead("II", ramp())))


def test_without_a_time_axis_there_is_no_rate() -> None:
    reason = refusal(one_series(files.lead("II", ramp())))
    assert "time axis" in reason.text(Language.EN)


def test_two_time_axes_must_agree() -> None:
    both = files.absolute(START, FS), files.relative(FS, "ms"), files.lead("II", ramp())
    assert aecg.read(one_series(*both)).start == START
    refusal(one_series(files.absolute(START, FS), files.relative(250), files.lead("II", ramp())))


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("20261122013000.250+0800", datetime(2026, 11, 22, 1, 30, 0, 250_000, CHINA)),
        ("20261122013000-0000", datetime(2026, 11, 22, 1, 30, tzinfo=UTC)),
        ("202611220130", NAIVE),
        ("20261122013060", NAIVE.replace(second=59)),
        ("20261122", None),
        ("20261322013000", None),
        ("00010101000000", None),
        ("", None),
    ],
)
def test_points_in_time(written: str, wanted: datetime | None) -> None:
    found = aecg.read(one_series(files.absolute(written, FS), files.lead("II", ramp())))
    assert found.start == wanted
    assert ("formats.note.clock" in notes(found)) == (wanted is None)


def test_the_effective_time_stands_in_for_the_head() -> None:
    time, signal = files.relative(FS), files.lead("II", ramp())
    of_series = one_series(time, signal, start=START)
    assert aecg.read(of_series).start == START
    bounds = '<low value="20261122013000"/><high value="20261122013010"/>'
    data = files.document(files.series(files.sequence_set(time, signal)), effective=bounds)
    assert aecg.read(data).start == NAIVE
    only_end = files.document(
        files.series(files.sequence_set(time, signal)), effective='<high value="20261122013010"/>'
    )
    assert aecg.read(only_end).start is None


@pytest.mark.parametrize(("width", "before"), [("", None), ('<width value="20" unit="s"/>', 10)])
def test_a_centre_is_no_beginning(width: str, before: float | None) -> None:
    time, signal = files.relative(FS), files.lead("II", ramp())
    data = files.document(
        files.series(files.sequence_set(time, signal)),
        effective=f'<center value="20261122013000"/>{width}',
    )
    found = aecg.read(data)
    half = found.duration / 2 if before is None else before
    assert found.start == NAIVE - timedelta(seconds=half)
    assert "formats.aecg.note.centre" in notes(found)


# --- leads ---------------------------------------------------------------------------------


def test_leads_by_number_by_text_and_unknown_ones() -> None:
    found = aecg.read(
        one_series(
            files.relative(FS),
            files.lead("", ramp(step=1), code="131073"),
            files.lead("", ramp(step=2), code="MDC_ECG_LEAD_V3R"),
            files.lead("", ramp(step=3), code="MDC_ECG_LEAD_ODD"),
            files.lead("", ramp(step=4), code="AVR"),
        )
    )
    assert found.leads == ("I", "aVR", "V3R", "ODD")
    assert "formats.note.unnamed_lead" in notes(found)
    assert "formats.note.named_by_text" in notes(found)


def test_a_lead_that_stands_twice_is_kept_twice() -> None:
    sequences = files.lead("II", ramp()), files.lead("II", ramp(step=2))
    found = aecg.read(one_series(files.relative(FS), *sequences))
    assert found.leads == ("II", "II (2)")


def test_limb_leads_are_derived_where_they_are_missing() -> None:
    content = recording(seconds=2)
    names = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    rows = content.samples[[TWELVE.index(name) for name in names]]
    found = aecg.read(one_series(files.relative(FS), *files.leads_of(names, rows)))
    assert found.leads == TWELVE
    np.testing.assert_allclose(found.samples, content.samples, atol=0.0011)


@pytest.mark.parametrize("unit", ["", "kg", "MV", "Mv"])
def test_a_lead_without_a_unit_of_voltage_is_refused(unit: str) -> None:
    sequence = files.lead("II", ramp()).replace(
        '<scale value="1" unit="uV"/>', f'<scale value="1" unit="{unit}"/>'
    )
    assert "voltage" in refusal(one_series(files.relative(FS), sequence)).text(Language.EN)


@pytest.mark.parametrize("scale", ["0", "-1", "NaN", "", "1e400", "0x10"])
def test_a_scale_must_be_above_zero(scale: str) -> None:
    sequence = files.lead("II", ramp()).replace('<scale value="1"', f'<scale value="{scale}"')
    refusal(one_series(files.relative(FS), sequence))


@pytest.mark.parametrize(("scale", "unit"), [("1e30", "uV"), ("1", "V"), ("100000", "mV")])
def test_amplitudes_that_no_heart_has_are_refused(scale: str, unit: str) -> None:
    sequence = files.lead("II", ramp()).replace(
        '<scale value="1" unit="uV"/>', f'<scale value="{scale}" unit="{unit}"/>'
    )
    reason = refusal(one_series(files.relative(FS), sequence))
    assert "gain or unit" in reason.text(Language.EN)


def test_whole_numbers_without_a_scale_are_no_voltage() -> None:
    sequence = files.lead("II", ramp(), kind="SLIST_INT").replace(
        '<scale value="1" unit="uV"/>', ""
    )
    refusal(one_series(files.relative(FS), sequence))


def test_what_is_no_voltage_is_left_out() -> None:
    other = files.lead("", ramp(), code="MDC_PULS_OXIM").replace('unit="uV"', 'unit="%"')
    found = aecg.read(one_series(files.relative(FS), files.lead("II", ramp()), other))
    assert found.leads == ("II",)
    assert "formats.note.not_voltage" in notes(found)


def test_a_generated_or_empty_lead_is_left_out_and_noted() -> None:
    empty = files.lead("V1", np.empty(0))
    found = aecg.read(one_series(files.relative(FS), files.lead("II", ramp()), empty))
    assert found.leads == ("II",)
    assert "formats.aecg.note.no_digits" in notes(found)
    assert "no waveform" in refusal(one_series(files.relative(FS), empty)).text(Language.EN)


def test_a_lead_that_is_shorter_is_refused_by_name_and_line() -> None:
    rows = files.lead("II", ramp()), files.lead("V1", ramp(999)), files.lead("V2", ramp())
    reason = refusal(one_series(files.relative(FS), *rows))
    assert "V1" in reason.text(Language.EN)
    assert "999" in reason.text(Language.EN)


def test_missing_samples_stay_missing() -> None:
    signal = ramp()
    signal[100:200] = np.nan
    found = aecg.read(one_series(files.relative(FS), files.lead("II", signal)))
    np.testing.assert_array_equal(np.isnan(found.samples[0]), np.isnan(signal))
    blanks = files.lead("II", signal, between=",").replace("NaN", "")
    found = aecg.read(one_series(files.relative(FS), blanks))
    np.testing.assert_array_equal(np.isnan(found.samples[0]), np.isnan(signal))


@pytest.mark.parametrize(
    "word", ["x", "1-2", "--1", "5-", "inf", "1_0", "0x1F", "١", "1.2.3", "-", "1e999", "9" * 60]
)
@pytest.mark.parametrize("between", [" ", ","])
def test_what_is_no_number_is_refused_with_its_line(word: str, between: str) -> None:
    lines = files.lead("II", ramp(), between=between).split("\n")
    lines[3] = word + between + lines[3]
    reason = refusal(one_series(files.relative(FS), "\n".join(lines)))
    assert reason.tag == "<digits>, 5"  # the second line of the document is that of the root


def test_fill_values_in_all_leads_are_no_signal_and_in_one_lead_are() -> None:
    rows = np.stack([ramp(), ramp(step=2)])
    rows[:, 900:] = 32.767
    rows[0, 10] = 32.767
    found = aecg.read(one_series(files.relative(FS), *files.leads_of(("I", "V1"), rows)))
    assert np.isnan(found.samples[:, 900:]).all()
    assert np.isfinite(found.samples[:, :900]).all()
    assert "formats.note.filled" in notes(found)
    alone = aecg.read(one_series(files.relative(FS), files.lead("I", rows[0])))
    assert np.isfinite(alone.samples).all()


def test_a_calibration_pulse_at_the_end_is_no_signal() -> None:
    rows = recording(seconds=5).samples.astype(np.float64)
    rows[:, -200:] = 0
    rows[:, -150:-50] = 1.0
    noisy = rows + np.random.default_rng(1).integers(-5, 6, rows.shape) / 1000
    for each in (rows, noisy):
        data = one_series(files.relative(FS), *files.leads_of(TWELVE, each))
        found = aecg.read(data)
        assert np.isnan(found.samples[:, -200:]).all()
        assert np.isfinite(found.samples[:, :-210]).all()
        assert "formats.aecg.note.pulse" in notes(found)


# --- series and sets -----------------------------------------------------------------------


def test_sets_stand_at_their_places_in_time() -> None:
    content = recording(seconds=10)
    groups = [TWELVE[i : i + 3] for i in range(0, 12, 3)]
    for absolute in (True, False):
        sets = []
        for number, names in enumerate(groups):
            begin = number * 1250
            rows = content.samples[3 * number : 3 * number + 3, begin : begin + 1250]
            late = timedelta(seconds=2.5 * number)
            time = (
                files.absolute(START + late, FS)
                if absolute
                else files.relative(FS, "ms", 7 + late.total_seconds())
            )
            sets.append(files.sequence_set(time, *files.leads_of(names, rows)))
        found = aecg.read(files.document(files.series(*reversed(sets))))
        assert found.leads == TWELVE
        assert found.samples.shape == content.samples.shape
        assert found.start == (START if absolute else None)
        for number, names in enumerate(groups):
            for name in names:
                row, wanted = found.samples[TWELVE.index(name)], content.samples[TWELVE.index(name)]
                inside = slice(number * 1250, number * 1250 + 1250)
                np.testing.assert_array_equal(row[inside], wanted[inside])
                assert np.isnan(row).sum() == 3750


def test_a_lead_in_two_sets_is_one_lead_with_a_gap() -> None:
    first = files.sequence_set(files.relative(FS), files.lead("II", ramp(500)))
    second = files.sequence_set(files.relative(FS, head=2.0), files.lead("II", ramp(500)))
    found = aecg.read(files.document(files.series(first, second)))
    assert found.leads == ("II",)
    assert found.samples.shape == (1, 1500)
    assert np.isnan(found.samples[0, 500:1000]).all()


def test_a_second_set_of_the_same_time_fills_no_gap_and_is_noted() -> None:
    rhythm = ramp(1000)
    rhythm[:200] = np.nan
    first = files.sequence_set(files.relative(FS), files.lead("II", ramp(250)))
    second = files.sequence_set(files.relative(FS), files.lead("II", rhythm))
    found = aecg.read(files.document(files.series(first, second)))
    assert found.samples.shape == (1, 1000)
    np.testing.assert_array_equal(found.samples[0], np.float32(rhythm))
    assert "formats.note.same_time" in {note.id for note in found.notes}


def test_sets_that_are_far_apart_are_refused_before_anything_is_made() -> None:
    times = [START, datetime(2999, 1, 1, tzinfo=UTC)]
    sets = [
        files.sequence_set(files.absolute(time, FS), files.lead("II", ramp())) for time in times
    ]
    assert "span" in refusal(files.document(files.series(*sets))).text(Language.EN)


def test_sets_without_a_common_axis_are_refused() -> None:
    sets = (
        files.sequence_set(files.absolute(START, FS), files.lead("I", ramp())),
        files.sequence_set(files.relative(FS), files.lead("II", ramp())),
    )
    assert "aligned" in refusal(files.document(files.series(*sets))).text(Language.EN)


def test_a_set_at_another_rate_is_noted() -> None:
    sets = (
        files.sequence_set(files.relative(FS), files.lead("I", ramp(2000))),
        files.sequence_set(files.relative(250), files.lead("II", ramp(500))),
    )
    found = aecg.read(files.document(files.series(*sets)))
    assert found.leads == ("I",)
    assert "formats.note.group_left_out" in notes(found)


@pytest.mark.parametrize("inside", [True, False])
def test_the_representative_beat_is_never_the_rhythm(inside: bool) -> None:
    content = recording()
    beat = content.samples[:, 150:750]
    rhythm_set = files.sequence_set(files.relative(FS), *files.leads_of(TWELVE, content.samples))
    beat_set = files.sequence_set(files.relative(FS), *files.leads_of(TWELVE, beat))
    data = (
        files.document(files.series(rhythm_set, files.derived(beat_set)))
        if inside
        else files.document(
            files.series(beat_set, code="REPRESENTATIVE_BEAT"), files.series(rhythm_set)
        )
    )
    found = aecg.read(data)
    np.testing.assert_array_equal(found.samples, content.samples)
    assert found.medians is not None
    np.testing.assert_array_equal(found.medians, beat)


def test_a_representative_beat_at_another_rate_is_noted() -> None:
    rhythm = files.sequence_set(files.relative(FS), files.lead("II", ramp()))
    beat = files.derived(files.sequence_set(files.relative(1000), files.lead("II", ramp())))
    found = aecg.read(files.document(files.series(rhythm, beat)))
    assert found.medians is None
    assert "formats.note.group_left_out" in notes(found)


def test_another_derived_waveform_is_neither_rhythm_nor_beat() -> None:
    rhythm = files.sequence_set(files.relative(FS), files.lead("II", ramp()))
    filtered = files.sequence_set(files.relative(FS), files.lead("II", ramp(5000)))
    derived = files.derived(filtered, code="RHYTHM")
    found = aecg.read(files.document(files.series(rhythm, derived)))
    assert found.samples.shape == (1, 1000)
    assert found.medians is None
    assert "formats.aecg.note.other_derived" in notes(found)


def test_a_representative_beat_alone_is_refused() -> None:
    beat = files.sequence_set(files.relative(FS), files.lead("II", ramp()))
    data = files.document(files.series(beat, code="REPRESENTATIVE_BEAT"))
    assert "averaged" in refusal(data).text(Language.EN)


def test_the_longest_rhythm_is_shown_and_the_others_are_noted() -> None:
    short, long = (
        files.series(files.sequence_set(files.relative(FS), files.lead("II", ramp(n))))
        for n in (1000, 3000)
    )
    found = aecg.read(files.document(short, long, short))
    assert found.samples.shape == (1, 3000)
    assert "formats.aecg.note.other_rhythm" in notes(found)


def test_a_few_samples_are_no_ecg() -> None:
    data = one_series(files.relative(FS), files.lead("II", ramp(499)))
    assert "499" in refusal(data).text(Language.EN)


# --- whose it is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<name>Clark</name>", "Clark"),
        ("<name><family>张</family><given>三丰</given></name>", "张三丰"),
        ("<name><given>Ada</given><given>M</given><family>King</family></name>", "King Ada M"),
        ("<name>---</name>", None),
        ("<name>无名氏</name>", None),
        ("<name/>", None),
        ("", None),
    ],
)
def test_names(name: str, shown: str | None) -> None:
    assert (
        aecg.read(files.aecg_bytes(BRIEF, patient=files.subject(name=name))).patient.name == shown
    )


@pytest.mark.parametrize(
    ("gender", "sex"),
    [("M", Sex.MALE), ("f", Sex.FEMALE), ("UN", Sex.OTHER), ("", Sex.UNKNOWN), ("X", Sex.UNKNOWN)],
)
def test_genders(gender: str, sex: Sex) -> None:
    assert (
        aecg.read(files.aecg_bytes(BRIEF, patient=files.subject(gender=gender))).patient.sex is sex
    )


@pytest.mark.parametrize(
    ("born", "wanted"),
    [("19530508", date(1953, 5, 8)), ("195305081200", date(1953, 5, 8)), ("1953", None),
     ("19531308", None), ("00000000", None)],
)  # fmt: skip
def test_birth_dates(born: str, wanted: date | None) -> None:
    found = aecg.read(files.aecg_bytes(BRIEF, patient=files.subject(born=born)))
    assert found.patient.birth_date == wanted


@pytest.mark.parametrize(
    ("value", "unit", "years"),
    [("46", "a", 46.0), ("6", "mo", 0.5), ("", "a", None), ("-3", "a", None), ("3", "cm", None),
     ("999", "a", None)],
)  # fmt: skip
def test_ages(value: str, unit: str, years: float | None) -> None:
    patient = files.subject() + files.reported_age(value, unit)
    assert aecg.read(files.aecg_bytes(BRIEF, patient=patient)).patient.age_years == years


def test_filters_without_a_frequency_or_with_an_absurd_one() -> None:
    rhythm = files.sequence_set(files.relative(FS), files.lead("II", ramp()))
    found = aecg.read(files.document(files.series(files.filters(None, None, None), rhythm)))
    assert (found.device.low_pass, found.device.high_pass) == (None, None)
    odd = files.filters().replace('value="150" unit="Hz"', 'value="-150" unit="Hz"')
    found = aecg.read(files.document(files.series(odd, rhythm)))
    assert found.device.low_pass is None
    assert "formats.note.attribute" in notes(found)


# --- annotations ---------------------------------------------------------------------------


def annotated(*annotations: str, person: bool = False) -> tuple[Annotation, ...]:
    extra = files.annotation_set(*annotations, person=person)
    return aecg.read(files.aecg_bytes(BRIEF, extra=extra)).annotations


def test_measurements_and_statements() -> None:
    interpretation = files.annotation(
        "MDC_ECG_INTERPRETATION",
        "",
        files.annotation("MDC_ECG_INTERPRETATION_STATEMENT", files.said("窦性心律")),
    )
    assert annotated(
        files.annotation("MDC_ECG_HEART_RATE", files.quantity(41, "/min")),
        files.annotation("MDC_ECG_TIME_PD_QTcB", files.quantity(466)),
        files.annotation("MDC_ECG_ANGLE_QRS_FRONT", files.quantity(-61, "deg")),
        files.annotation("MDC_ECG_TIME_PD_PR_GL", files.quantity(148)),
        files.annotation("MDC_ECG_RHY", files.coded("MDC_ECG_RHY_SINUS_RHY")),
        files.annotation("VENDOR_ODD_THING", files.quantity(7, "1")),
        interpretation,
    ) == (
        Annotation("Heart rate", None, 41.0, "/min"),
        Annotation("QTc interval (Bazett)", None, 466.0, "ms"),
        Annotation("QRS axis", None, -61.0, "deg"),
        Annotation("PR interval", None, 148.0, "ms"),
        Annotation("rhythm: SINUS RHY"),
        Annotation("VENDOR ODD THING", None, 7.0, "1"),
        Annotation("窦性心律"),
    )


def test_waves_stand_at_their_samples() -> None:
    wave = files.annotation(
        "MDC_ECG_WAVC",
        files.coded("MDC_ECG_WAVC_PWAVE"),
        region=files.between(
            START + timedelta(milliseconds=122), START + timedelta(milliseconds=224)
        ),
    )
    in_v2 = files.annotation(
        "MDC_ECG_WAVC_TYPE",
        files.coded("MDC_ECG_WAVC_QRSWAVE"),
        region=files.between(START + timedelta(seconds=1)) + files.in_lead("V2"),
    )
    outside = files.annotation(
        "MDC_ECG_WAVC",
        files.coded("MDC_ECG_WAVC_TWAVE"),
        region=files.between(START - timedelta(seconds=1), START + timedelta(days=1)),
    )
    beat = files.annotation(
        "MDC_ECG_BEAT",
        files.coded("MDC_ECG_BEAT_NORMAL"),
        wave,
        files.annotation("MDC_ECG_TIME_PD_P", files.quantity(102)),
    )
    assert annotated(beat, in_v2, outside) == (
        Annotation("beat: NORMAL", 61),
        Annotation("P wave onset", 61),
        Annotation("P wave end", 112),
        Annotation("P duration", 61, 102.0, "ms"),
        Annotation("V2: QRS complex onset", 500),
    )


def test_relative_times_need_a_relative_axis() -> None:
    wave = files.annotation(
        "MDC_ECG_WAVC", files.coded("MDC_ECG_WAVC_PWAVE"), region=files.between(2.5, 2.6)
    )
    extra = files.annotation_set(wave)
    assert aecg.read(files.aecg_bytes(BRIEF, extra=extra)).annotations == ()
    found = aecg.read(files.aecg_bytes(BRIEF, time=files.relative(FS, head=2.0), extra=extra))
    assert found.annotations == (Annotation("P wave onset", 250), Annotation("P wave end", 300))


def test_times_of_the_median_beat_are_no_places_in_the_rhythm() -> None:
    wave = files.annotation(
        "MDC_ECG_WAVC", files.coded("MDC_ECG_WAVC_PWAVE"), region=files.between(0.368)
    )
    beat_set = files.sequence_set(files.relative(FS), files.lead("II", ramp()))
    extra = files.derived(beat_set, files.annotation_set(wave))
    found = aecg.read(files.aecg_bytes(BRIEF, extra=extra))
    assert found.annotations == (Annotation("median beat: P wave onset", None, 368.0, "ms"),)


def test_a_persons_annotations_are_marked() -> None:
    statement = files.annotation("MDC_ECG_INTERPRETATION", files.said("Normal"))
    assert annotated(statement, person=True) == (Annotation("overread: Normal"),)


def test_annotations_are_bounded_in_number_and_depth() -> None:
    many = files.annotation("MDC_ECG_HEART_RATE", files.quantity(60, "/min")) * 11_000
    assert len(annotated(many)) == 10_000
    deep = files.annotation("MDC_ECG_HEART_RATE", files.quantity(60, "/min"))
    for _ in range(24):
        deep = files.annotation("MDC_ECG_BEAT", "", deep)
    assert len(annotated(deep)) <= 1


# --- characters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declaration", "encoding", "noted"),
    [
        ('<?xml version="1.0" encoding="GB18030"?>', "gb18030", False),
        ('<?xml version="1.0" encoding="GB2312"?>', "gb18030", False),
        ('<?xml version="1.0" encoding="UTF-8"?>', "gb18030", True),
        ('<?xml version="1.0"?>', "gb18030", True),
        ("", "gb18030", True),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', "gb18030", True),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', "utf-8", True),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-8", False),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16", False),
        ('<?xml version="1.0"?>', "utf-16-le", False),
        ('<?xml version="1.0"?>', "utf-16-be", False),
        ("", "utf-8-sig", False),
    ],
)
def test_chinese_names_in_any_encoding(declaration: str, encoding: str, noted: bool) -> None:
    content = recording(seconds=1.2, name="欧阳 娜娜")
    options = {"declaration": declaration, "encoding": encoding}
    data = files.aecg_bytes(content, document_options=options)
    assert aecg.recognises(data)
    found = aecg.read(data)
    assert found.patient.name == "欧阳 娜娜"
    assert ("formats.note.charset" in notes(found)) == noted


# --- what others mean to do to us ----------------------------------------------------------


def test_entities_and_types_are_refused() -> None:
    bomb = (
        '<!DOCTYPE AnnotatedECG [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    for head in (bomb, '<!DOCTYPE AnnotatedECG [<!ENTITY x SYSTEM "file:///etc/passwd">]>'):
        reason = refusal(files.aecg_bytes(BRIEF, document_options={"head": head}))
        assert "entities" in reason.text(Language.EN)
    named = files.aecg_bytes(BRIEF, document_options={"head": "<!DOCTYPE AnnotatedECG>"})
    assert aecg.read(named).leads == TWELVE


def test_depth_and_number_of_elements_are_bounded() -> None:
    refusal(files.document("<a>" * 100 + "</a>" * 100))
    refusal(files.document("<a/>" * 400_000))


def test_truncation_anywhere_is_a_refusal() -> None:
    data = files.aecg_bytes(recording(seconds=1.2))
    for end in range(60, len(data) - 20, 997):
        refusal(data[:end])


@pytest.mark.parametrize("claim", ["1e9", "1000000000", "1e-9"])
def test_huge_claims_cost_nothing(claim: str) -> None:
    time = files.relative(FS).replace('<head value="0"', f'<head value="{claim}"')
    sets = [
        files.sequence_set(each, files.lead("II", ramp())) for each in (files.relative(FS), time)
    ]
    data = files.document(files.series(*sets))
    if claim == "1e-9":
        assert aecg.read(data).samples.shape == (1, 1000)
    else:
        refusal(data)


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 40)), max_size=4),
    piece=st.sampled_from([b"<", b"/>", b'"', b"\xff\xff", b"&a;", b"]]>", b"NaN ", b"\0"]),
)
def test_damaged_documents_end_in_a_reason(cuts: list[tuple[int, int]], piece: bytes) -> None:
    data = bytearray(SMALL)
    for position, length in cuts:
        at = position % len(data)
        data[at : at + length] = piece
    with suppress(UnreadableFile):
        aecg.read(bytes(data))


SMALL = files.aecg_bytes(
    recording(seconds=1.2),
    extra=files.annotation_set(files.annotation("MDC_ECG_HEART_RATE", files.quantity(60, "/min"))),
)


# --- real files ----------------------------------------------------------------------------


def _digits(file: Path) -> dict[str, list[float]]:
    """Leads of the first sequence set by a plain reading of the text."""
    import re

    text = file.read_text("utf-8")
    found: dict[str, list[float]] = {}
    pattern = r'MDC_ECG_LEAD_(\w+)".*?scale value="([\d.]+)".*?<digits>([^<]*)<'
    for name, scale, digits in re.findall(pattern, text, re.DOTALL):
        found.setdefault(name.upper(), [float(d) * float(scale) / 1000 for d in digits.split()])
    return found


@pytest.mark.data
def test_all_full_recordings_of_the_shared_folder(farlead_data: Path) -> None:
    folder = farlead_data / "device"
    paths = [
        *folder.glob("fda_aecg/ectd_example/**/*.xml"),
        *folder.glob("fda_aecg/hl7/**/*.xml"),
        folder / "ecgtoolkit" / "Example.xml",
    ]
    assert len(paths) == 8
    for path in paths:
        found = aecg.read(path.read_bytes())
        assert (found.leads, found.samples.shape, found.fs) == (TWELVE, (12, 5000), FS)
        assert found.medians is not None
        assert found.notes == ()
        assert (found.device.model, found.device.low_pass) == ("ELI250", 150.0)
        assert found.patient.name == "Clark"
        assert found.patient.birth_date == date(1953, 5, 8)
        plain = _digits(path)
        for lead, row in zip(found.leads, found.samples, strict=True):
            np.testing.assert_allclose(row, plain[lead.upper()], atol=1e-6)


@pytest.mark.data
def test_samples_agree_with_the_same_recording_in_dicom(farlead_data: Path) -> None:
    folder = farlead_data / "device" / "ecgtoolkit"
    ours, other = aecg.read((folder / "Example.xml").read_bytes()), read_any(folder / "Example.dcm")
    assert isinstance(other, Recording)
    assert (ours.leads, ours.fs, ours.start) == (other.leads, other.fs, other.start)
    np.testing.assert_allclose(ours.samples, other.samples, atol=1e-6)


@pytest.mark.data
def test_waves_of_the_standards_example(farlead_data: Path) -> None:
    found = aecg.read((farlead_data / "device" / "ecgtoolkit" / "Example.xml").read_bytes())
    assert Annotation("P wave onset", 61) in found.annotations
    assert Annotation("QRS complex end", 195) in found.annotations
    assert Annotation("QRS axis", 61, -61.0, "deg") in found.annotations
    assert Annotation("rhythm: Sinus Rhythm") in found.annotations


@pytest.mark.data
def test_a_conversion_agrees_with_its_original(farlead_data: Path) -> None:
    folder = farlead_data / "device" / "philips_sierra" / "1_04"
    ours = aecg.read((folder / "ad4d3d80-d165_1-04_converted.xml").read_bytes())
    other = read_any(folder / "ad4d3d80-d165_1-04_orig.xml")
    assert isinstance(other, Recording)
    assert (ours.leads, ours.fs, ours.samples.shape) == (other.leads, other.fs, other.samples.shape)
    # Converted through filters: up to four quanta of 5 µV apart, none on average.
    np.testing.assert_allclose(ours.samples, other.samples, atol=0.0201)
    assert abs(np.nanmean(ours.samples - other.samples)) < 0.001
    assert ours.medians is not None
    np.testing.assert_allclose(ours.medians, other.medians, atol=1e-6)


@pytest.mark.data
@pytest.mark.parametrize("name", ["empty", "minimum_aecg", "minimum_aecg_nouuid"])
def test_documents_without_an_ecg_are_refused(farlead_data: Path, name: str) -> None:
    refusal((farlead_data / "device" / "fda_aecg" / "examples" / f"{name}.xml").read_bytes())
