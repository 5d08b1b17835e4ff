"""GE MUSE XML: the stored integers come out in millivolts under their names, or not at all."""

import re
import tomllib
from dataclasses import replace
from datetime import date, datetime
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecg_files import recording
from farlead.errors import UnreadableFile
from farlead.formats import describe, muse, read
from farlead.formats.guards import blank_filler
from farlead.formats.leads import TWELVE
from farlead.messages import Language, Message
from farlead.model.people import Sex
from farlead.model.recording import Recording
from farlead.model.study import Kind
from muse_files import EIGHT, STEP, Muse, lead_data, muse_bytes
from muse_files import muse as made
from plain_xml_ecg import muse_leads

SHORT = recording(seconds=1)
FIFTEEN = (*TWELVE, "V7", "V3R", "V4R")


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def refused(data: bytes, name: str) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert caught.value.reason.id == f"formats.{name}"
    for language in Language:
        assert caught.value.text(language)
    return caught.value


def changed(old: str, new: str, *, count: int = -1, **fields: object) -> bytes:
    """The usual short file with a piece of its text replaced."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, count)

    return made(SHORT, **fields).data(change)  # type: ignore[arg-type]


def note_ids(content: Recording) -> set[str]:
    assert all(note.text(language) for note in content.notes for language in Language)
    return {note.id.removeprefix("formats.") for note in content.notes}


def statements(content: Recording) -> list[str]:
    return [a.text for a in content.annotations if a.value is None]


def values(content: Recording) -> dict[str, tuple[float | None, str | None]]:
    return {a.text: (a.value, a.unit) for a in content.annotations if a.value is not None}


def exact(file: Muse, lead: str) -> np.ndarray:
    return (file.codes[lead] * (file.step / 1000)).astype(np.float32)


# Real files


@pytest.mark.data
@pytest.mark.parametrize("number", [1, 2, 3])
def test_real_files_agree_with_a_plain_reading(farlead_data: Path, number: int) -> None:
    file = farlead_data / "device" / "braveheart_xml" / f"example{number}.xml"
    content = read(file)
    assert isinstance(content, Recording)
    assert (content.leads, content.fs, content.samples.shape) == (TWELVE, 500.0, (12, 5000))
    assert content.medians is not None
    assert content.medians.shape == (12, 600)
    for kind, samples in (("Rhythm", content.samples), ("Median", content.medians)):
        plain = muse_leads(file, kind)
        assert tuple(plain) == EIGHT
        for lead, microvolts in plain.items():
            row = samples[TWELVE.index(lead)]
            np.testing.assert_allclose(row * 1000.0, microvolts, rtol=1e-6, atol=1e-3)
        one, two, foot = (samples[TWELVE.index(lead)] for lead in ("I", "II", "aVF"))
        np.testing.assert_allclose(foot, two - one / 2, atol=1e-6)
    assert content.device.high_pass == 0.16
    assert (content.device.low_pass, content.device.notch) == (150.0, 60.0)
    assert note_ids(content) == {"note.derived", "note.clock", "note.no_patient"}


@pytest.mark.data
def test_the_stated_intervals_follow_from_the_points_of_the_median(farlead_data: Path) -> None:
    file = farlead_data / "device" / "braveheart_xml" / "example1.xml"
    found = {name: value for name, (value, _) in values(ecg(file.read_bytes())).items()}
    begin, end = found["QRS onset in the median beat"], found["T offset in the median beat"]
    assert begin == 432.0
    assert end is not None
    assert found["QT interval"] == end - begin
    assert found["PR interval"] == begin - (found["P onset in the median beat"] or 0)


@pytest.mark.data
def test_real_checksums_protect_every_lead(farlead_data: Path) -> None:
    text = (farlead_data / "device" / "braveheart_xml" / "example2.xml").read_text("latin-1")
    sums = re.findall("<LeadDataCRC32>(\\d+)<", text)
    assert len(sums) == 16
    rhythm = text.split("<WaveformType>Rhythm")[1].split("</Waveform>")[0]
    for number in re.findall("<LeadDataCRC32>(\\d+)<", rhythm)[::3]:
        data = text.replace(number, str(int(number) ^ 1)).encode("latin-1")
        assert "LeadData" in (refused(data, "muse.checksum").tag or "")


# Leads and samples


def test_eight_leads_become_twelve() -> None:
    file = made(SHORT)
    content = ecg(file.data())
    assert content.leads == TWELVE
    for lead in EIGHT:
        np.testing.assert_array_equal(content.samples[TWELVE.index(lead)], exact(file, lead))
    three = (file.codes["II"].astype(int) - file.codes["I"]) * (STEP / 1000)
    np.testing.assert_allclose(content.samples[2], three, atol=1e-6)
    assert note_ids(content) == {"note.derived"}
    assert not content.samples.flags.writeable


@pytest.mark.parametrize("leads", [TWELVE, FIFTEEN])
def test_stored_limb_leads_are_kept(leads: tuple[str, ...]) -> None:
    ghosts = {lead: np.full(SHORT.samples.shape[1], 7) for lead in leads if lead not in TWELVE}
    file = made(SHORT, leads=TWELVE)
    file = replace(file, codes={**file.codes, **ghosts, "aVF": file.codes["aVF"] + 1}, medians={})
    content = ecg(file.data())
    assert content.leads == leads
    np.testing.assert_array_equal(content.samples[TWELVE.index("aVF")], exact(file, "aVF"))
    assert not note_ids(content)
    assert content.medians is None


def test_a_lead_that_ends_early_is_empty_from_there() -> None:
    file = made(SHORT)
    file = replace(file, codes={**file.codes, "V6": file.codes["V6"][:400]})
    content = ecg(file.data())
    np.testing.assert_array_equal(np.isnan(content.samples[11]), np.arange(500) >= 400)
    assert not np.isnan(content.samples[:11]).any()
    assert "muse.note.short_leads" in note_ids(content)


@settings(max_examples=25, deadline=None)
@given(
    codes=arrays(np.int16, (8, 40), elements=st.integers(-32768, 32767)),
    step=st.sampled_from([0.5, 1.0, 2.5, STEP, 5.0, 39.0625]),
)
def test_any_stored_integers_come_back(codes: np.ndarray, step: float) -> None:
    rows = dict(zip(EIGHT, codes, strict=True))
    file = replace(made(SHORT), codes=rows, medians={}, step=step)
    text = file.text().replace("MICROVOLTS", "Microvolts")
    content = ecg(text.encode("latin-1"))
    rows_wanted = [exact(file, lead).astype(np.float32) for lead in EIGHT]
    blank_filler(rows_wanted)
    for lead, row in zip(EIGHT, rows_wanted, strict=True):
        np.testing.assert_array_equal(content.samples[TWELVE.index(lead)], row)


def test_millivolts_are_taken_as_such_and_other_units_never() -> None:
    text = made(SHORT).text().replace("MICROVOLTS", "MILLIVOLTS").replace(">4.88<", ">0.00488<")
    content = ecg(text.encode("latin-1"))
    np.testing.assert_allclose(content.samples[1], exact(made(SHORT), "II"), rtol=1e-6)
    for unit in ("VOLTAGE", "LSB", "KILOVOLTS"):
        refused(changed(">MICROVOLTS<", f">{unit}<"), "xml_fields.wrong_value")
    refused(
        changed("<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>", "", count=1, medians={}),
        "xml_fields.wrong_value",
    )


@pytest.mark.parametrize("gain", ["", "0", "-4.88", "NaN", "1e9", "4,88", "inf"])
def test_no_gain_is_guessed(gain: str) -> None:
    error = refused(changed(f">{STEP}<", f">{gain}<"), "xml_fields.wrong_value")
    assert "LeadAmplitudeUnitsPerBit" in error.text(Language.ZH)


# Rate


@pytest.mark.parametrize(
    ("base", "exponent", "rate"), [("5", "2", 500.0), ("1000", "0", 1000.0), ("25000", "-2", 250.0)]
)
def test_rate_is_base_times_ten_to_the_exponent(base: str, exponent: str, rate: float) -> None:
    assert ecg(made(SHORT, base=base, exponent=exponent).data()).fs == rate


@pytest.mark.parametrize(
    ("base", "exponent"),
    [("0", "0"), ("-500", "0"), ("5", "9"), ("5", "999999999999"), ("500", "2.5"), ("", "0")],
)
def test_absurd_rates_are_refused(base: str, exponent: str) -> None:
    refused(made(SHORT, base=base, exponent=exponent).data(), "xml_fields.wrong_value")


def test_medians_of_another_rate_are_left_out() -> None:
    content = ecg(changed("<SampleBase>500", "<SampleBase>250", count=1))
    assert content.medians is None
    assert content.fs == 500.0
    assert "note.group_left_out" in note_ids(content)


# Whose, when, what


def test_patient_device_and_request() -> None:
    content = ecg(muse_bytes())
    patient = content.patient
    assert (patient.name, patient.local_number, patient.sex) == ("Wang Xiulan", "T0001", Sex.FEMALE)
    assert (patient.birth_date, patient.age_years) == (date(1960, 5, 17), 64.0)
    assert content.start == datetime(2025, 3, 14, 9, 26, 53)  # noqa: DTZ001  # the file has none
    assert (content.device.model, content.device.serial) == ("MAC55", "SKJ1")
    assert (content.device.high_pass, content.device.low_pass) == (0.16, 150.0)
    assert content.device.notch == 50.0
    assert content.identity.accession == "A77"
    hints = content.hints
    assert (hints.requesting_doctor, hints.clinical_question) == ("Li Wei", "chest pain")
    assert (hints.institution, hints.department) == ("Town clinic", "Ward 3")
    assert hints.priority == "NORMAL"
    assert describe(muse_bytes()).kind is Kind.ECG


@pytest.mark.parametrize(
    ("age", "unit", "years"),
    [("18", "MONTHS", 1.5), ("0", "DAYS", 0.0), ("64", "MOONS", None), ("900", "YEARS", None)],
)
def test_age_counts_in_its_unit(age: str, unit: str, years: float | None) -> None:
    content = ecg(made(SHORT, age=age, age_unit=unit).data())
    assert content.patient.age_years == years
    assert ("note.attribute" in note_ids(content)) == (years is None)


@pytest.mark.parametrize("text", ["31-12-2024", "2024-12-31", "02-30-2024", "XXXX", "01-01-0001"])
def test_dates_that_are_none_are_left_out_and_noted(text: str) -> None:
    content = ecg(made(SHORT, date=text, born=text).data())
    assert content.start is None
    assert content.patient.birth_date is None
    assert {"note.attribute", "note.clock"} <= note_ids(content)


@pytest.mark.parametrize(
    ("declared", "encoding", "noted"),
    [
        ("UTF-8", "utf-8", False),
        ("GB18030", "gb18030", False),
        ("gb2312", "gb18030", False),
        ("ISO-8859-1", "gb18030", True),
        ("UTF-8", "gb18030", True),
        ("ISO-8859-1", "utf-8", True),
        ("UTF-16", "utf-16", False),
    ],
)
def test_chinese_names_declared_or_not(declared: str, encoding: str, noted: bool) -> None:
    file = made(
        SHORT, last="王", first="秀兰", site="镇卫生院", declared=declared, encoding=encoding
    )
    content = ecg(file.data())
    assert content.patient.name == "王秀兰"
    assert content.hints.institution == "镇卫生院"
    assert ("note.charset" in note_ids(content)) == noted


@pytest.mark.parametrize(
    ("text", "hertz"), [("16", 0.16), ("5", 0.05), ("0", None), ("NONE", None), ("0.05", None)]
)
def test_the_high_pass_is_in_hundredths(text: str, hertz: float | None) -> None:
    content = ecg(changed("<HighPassFilter>16<", f"<HighPassFilter>{text}<"))
    assert content.device.high_pass == hertz
    assert ("note.attribute" in note_ids(content)) == (text == "0.05")


def test_a_filter_that_is_off_is_none() -> None:
    assert ecg(changed("<ACFilter>50<", "<ACFilter>NONE<")).device.notch is None


# Findings of the device


def test_measurements_have_their_units() -> None:
    found = values(ecg(muse_bytes()))
    assert found["Ventricular rate"] == (48.0, "bpm")
    assert found["PR interval"] == (138.0, "ms")
    assert found["QRS axis"] == (-20.0, "deg")
    assert found["QTc (Fridericia)"] == (419.0, "ms")
    assert found["T offset in the median beat"] == (884.0, "ms")


def test_statements_are_lines_and_edited_ones_say_so() -> None:
    assert statements(ecg(muse_bytes())) == [
        "Sinus bradycardia",
        "Borderline ECG",
        "Diagnosis (confirmed): Sinus rhythm, normal ECG",
    ]
    same = (("Sinus rhythm", True),)
    assert statements(ecg(made(SHORT, diagnosis=same, original=same).data())) == ["Sinus rhythm"]
    assert statements(ecg(made(SHORT, diagnosis=same, original=()).data())) == ["Sinus rhythm"]
    loose = (("Sinus rhythm", False), ("Normal ECG", False))
    found = statements(ecg(made(SHORT, diagnosis=loose, original=()).data()))
    assert found == ["Sinus rhythm", "Normal ECG"]


def test_what_the_device_says_of_leads() -> None:
    content = ecg(changed("<LeadOff>FALSE", "<LeadOff>TRUE", medians={}))
    assert "muse.note.lead_off" in note_ids(content)
    swaying = changed("<BaselineSway>FALSE", "<BaselineSway>TRUE", count=1, medians={})
    assert "I: baseline sway" in statements(ecg(swaying))
    based = changed("<FirstSampleBaseline>0", "<FirstSampleBaseline>12", count=1, medians={})
    assert "muse.note.baseline" in note_ids(ecg(based))


# Damaged and hostile


def test_wrong_checksums_are_refused_and_missing_ones_noted() -> None:
    data = re.sub("(<LeadDataCRC32>)\\d+", r"\g<1>1", made(SHORT).text()).encode("latin-1")
    assert "LeadDataCRC32" in refused(data, "muse.checksum").text(Language.ZH)
    data = re.sub("<LeadDataCRC32>.*\n", "", made(SHORT).text()).encode("latin-1")
    assert "muse.note.no_checksum" in note_ids(ecg(data))
    counts = re.sub("<Lead(Byte|Sample)Count.*\n", "", made(SHORT).text()).encode("latin-1")
    assert "muse.note.no_counts" in note_ids(ecg(counts))


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("<LeadSampleCountTotal>500", "<LeadSampleCountTotal>501", "muse.count"),
        ("<LeadSampleCountTotal>500", "<LeadSampleCountTotal>4294967295", "muse.count"),
        ("<LeadSampleCountTotal>500", "<LeadSampleCountTotal>-1", "muse.count"),
        ("<LeadByteCountTotal>1000", "<LeadByteCountTotal>0", "muse.count"),
        ("<LeadByteCountTotal>1000", "<LeadByteCountTotal>many", "muse.count"),
        ("<NumberofLeads>8", "<NumberofLeads>12", "muse.lead_count"),
        ("<LeadSampleSize>2", "<LeadSampleSize>4", "xml_fields.wrong_value"),
        ("<LeadID>V1</LeadID>", "", "xml_fields.missing"),
        ("<WaveformType>Rhythm", "<WaveformType>Noise", "muse.no_rhythm"),
        ("CONTINUOUS_SAMPLES", "DIFFERENCES", "xml_fields.wrong_value"),
        ("<LeadTimeOffset>0", "<LeadTimeOffset>20", "muse.shifted"),
        ("</RestingECG>", "", "xml.broken"),
    ],
)
def test_contradictions_are_refused(old: str, new: str, name: str) -> None:
    refused(changed(old, new, count=1, medians={}), name)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("", "xml_fields.missing"),
        ("  \n ", "xml_fields.missing"),
        ("A", "xml_fields.base64"),
        ("AAA*", "xml_fields.base64"),
        ("心电心电", "xml_fields.base64"),
        ("=" * 64, "xml_fields.base64"),
        ("AAAA====AAAA", "xml_fields.base64"),
        ("AAAA", "muse.count"),
    ],
)
def test_base64_that_is_none_is_refused(body: str, name: str) -> None:
    def change(text: str) -> str:
        return re.sub("<WaveFormData>[^<]*<", f"<WaveFormData>{body}<", text, count=1)

    refused(made(SHORT, medians={}, declared="UTF-8", encoding="utf-8").data(change), name)


def test_a_lead_without_data_is_refused() -> None:
    def change(text: str) -> str:
        return re.sub("<WaveFormData>[^<]*</WaveFormData>", "", text, count=1)

    refused(made(SHORT, medians={}).data(change), "xml_fields.missing")


def test_odd_bytes_are_refused() -> None:
    def change(text: str) -> str:
        text = re.sub("<WaveFormData>[^<]*<", "<WaveFormData>AAAA<", text)
        return re.sub("<Lead(Byte|Sample)Count.*\n|<LeadDataCRC32>.*\n", "", text)

    refused(made(SHORT).data(change), "xml_fields.wrong_value")


def test_too_many_leads_are_refused() -> None:
    one = lead_data("V1", np.zeros(10, np.int16))
    data = changed("      <LeadData>\n", one * 80 + "      <LeadData>\n", count=1, medians={})
    refused(data.replace(b"<NumberofLeads>8", b"<NumberofLeads>88"), "xml_fields.wrong_value")


def test_entities_are_refused() -> None:
    laughs = '<!DOCTYPE RestingECG [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]>'
    data = changed('<!DOCTYPE RestingECG SYSTEM "restecg.dtd">', laughs)
    with pytest.raises(UnreadableFile):
        read(data)
    with pytest.raises(UnreadableFile) as caught:
        muse.read(data)
    assert caught.value.reason.id == "formats.xml.types"


def test_every_truncation_is_refused() -> None:
    data = made(SHORT).data()
    for end in range(0, len(data) - 20, 997):
        with pytest.raises(UnreadableFile):
            read(data[:end])


def test_a_bug_of_the_reader_does_not_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(muse, "read_waveforms", fail)
    refused(made(SHORT).data(), "damaged")


def test_other_xml_is_not_recognised() -> None:
    assert muse.recognises(made(SHORT).data())
    assert muse.recognises(made(SHORT, declared="UTF-16", encoding="utf-16").data())
    for data in (b"", b"<a/>", b"<restingecgdata/>", b"<RestingECGData/>", b"RestingECG", b"\0<"):
        assert not muse.recognises(data)


def test_every_refusal_says_what_to_do() -> None:
    room = resources.files("farlead").joinpath("texts")
    for file, key in (("formats_muse.toml", "muse"), ("formats_xml_fields.toml", "xml_fields")):
        texts = tomllib.loads(room.joinpath(file).read_text("utf-8"))["formats"][key]
        for name, entry in texts.items():
            if "zh" in entry:
                assert "请单位" in entry["zh"], name
                assert "sk the unit" in entry["en"], name


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, 1 << 30),
    piece=st.sampled_from(["0", "-1", "9" * 30, "1e99", "NaN", "<", "&#0;", "", "]]>", "心"]),
    length=st.integers(0, 30),
)
def test_any_damage_ends_in_a_reason(at: int, piece: str, length: int) -> None:
    text = made(SHORT).text()
    at %= len(text)
    data = (text[:at] + piece + text[at + length :]).encode("utf-8")
    outcome = _outcome(data)
    if isinstance(outcome, Message):
        assert outcome.text(Language.ZH)
        assert outcome.id != "formats.damaged"


def _outcome(data: bytes) -> Recording | Message:
    try:
        return ecg(data)
    except UnreadableFile as error:
        return error.reason
