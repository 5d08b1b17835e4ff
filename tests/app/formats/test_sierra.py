"""Philips ECG XML: what a cart compressed comes out in millivolts; a calibration pulse does not."""

import base64
import re
import struct
import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecg_files import noisy, recording
from farlead.errors import UnreadableFile
from farlead.formats import describe, read, sierra
from farlead.formats.calibration import Pulse, pulse_at_end
from farlead.formats.leads import TWELVE
from farlead.formats.sierra.xli import unpack
from farlead.messages import Language, Message
from farlead.model.people import Sex
from farlead.model.recording import Recording
from farlead.model.study import Kind
from plain_xml_ecg import aecg_digits, philips_beats, philips_leads
from sierra_files import Sierra, chunk, lzw, packed, sierra_bytes, with_pulse, words, xli
from sierra_files import sierra as made

SHORT = recording(seconds=1)
LONG = noisy(seconds=3, noise=0.02)
FOLDERS = ("philips_sierra", "philips_sierra_pyfixtures")
REAL = (
    "1_03/129DYPRG.XML",
    "1_04/3191723_ZZDEMOPTONLY_1-04_orig.xml",
    "1_04/ad4d3d80-d165_1-04_orig.xml",
    "1_04_01/2020-5-18_15-48-11.xml",
)
#: Samples of ECG in the real files of each version; zeros and the calibration pulse follow.
ECG_END = {"1_03": 5264, "1_04": 5300, "1_04_01": 5300}


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


def changed(old: str, new: str, **fields: object) -> bytes:
    """The usual short file with a piece of its text replaced everywhere."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return made(SHORT, **fields).data(change)


def note_ids(content: Recording) -> set[str]:
    assert all(note.text(language) for note in content.notes for language in Language)
    return {note.id.removeprefix("formats.") for note in content.notes}


def statements(content: Recording) -> list[str]:
    return [a.text for a in content.annotations if a.value is None]


def values(content: Recording) -> dict[str, tuple[float | None, str | None]]:
    return {a.text: (a.value, a.unit) for a in content.annotations if a.value is not None}


def exact(file: Sierra) -> np.ndarray:
    return (file.codes * (file.step / 1000)).astype(np.float32)


# Real files


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_agree_with_a_plain_reading(farlead_data: Path, folder: str, name: str) -> None:
    file = farlead_data / "device" / folder / name
    content = read(file)
    assert isinstance(content, Recording)
    assert (content.leads, content.fs, content.samples.shape) == (TWELVE, 500.0, (12, 5500))
    units = np.array(philips_leads(file))
    end = ECG_END[name.partition("/")[0]]
    here = content.samples[:, :end]
    np.testing.assert_allclose(here * 200.0, units[:, :end], rtol=1e-6, atol=1e-3)
    assert not np.isnan(here).any()


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_the_calibration_pulse_of_real_files_is_no_ecg(farlead_data: Path, name: str) -> None:
    file = farlead_data / "device" / "philips_sierra" / name
    pulse = np.array(philips_leads(file))[:, 5350:5450]
    assert (pulse == 200).all()  # 200 units of 5 µV: one millivolt by the file's own gain
    content = ecg(file.read_bytes())
    assert np.isnan(content.samples[:, ECG_END[name.partition("/")[0]] :]).all()
    assert "sierra.note.pulse" in note_ids(content)
    assert "sierra.note.pulse_height" not in note_ids(content)
    assert "sierra.note.unnamed" not in note_ids(content)


@pytest.mark.data
@pytest.mark.parametrize("name", [REAL[1], REAL[2]])
def test_representative_beats_end_where_the_filling_begins(farlead_data: Path, name: str) -> None:
    file = farlead_data / "device" / "philips_sierra" / name
    content = ecg(file.read_bytes())
    units = np.array(philips_beats(file))
    assert content.medians is not None
    assert content.medians.shape == (12, 600)
    assert (units[:, 600:] == 32767).all()
    np.testing.assert_allclose(content.medians * 400.0, units[:, :600], atol=1e-3)


@pytest.mark.data
@pytest.mark.parametrize("name", ["1_03/repbeats_example.xml", REAL[3]])
def test_representative_beats_of_another_rate_are_left_out(farlead_data: Path, name: str) -> None:
    content = ecg((farlead_data / "device" / FOLDERS[1] / name).read_bytes())
    assert content.medians is None
    assert "note.group_left_out" in note_ids(content)


@pytest.mark.data
def test_the_conversion_to_aecg_holds_the_same_ecg(farlead_data: Path) -> None:
    """Beats to the digit; the rhythm up to what the converter's filter changed."""
    folder = farlead_data / "device" / "philips_sierra" / "1_04"
    content = ecg((folder / "ad4d3d80-d165_1-04_orig.xml").read_bytes())
    runs = aecg_digits(folder / "ad4d3d80-d165_1-04_converted.xml")
    assert content.medians is not None
    np.testing.assert_allclose(content.medians * 400.0, np.array(runs[12:])[:, :600], atol=1e-3)
    off = content.samples[:, :5300] * 200.0 - np.array(runs[:12])[:, :5300]
    assert np.abs(off).max() < 4.5
    assert off.std(axis=1).max() < 1.0
    assert np.abs(off.mean(axis=1)).max() < 0.5


@pytest.mark.data
def test_amplitudes_and_rates_agree_with_the_measurements_of_the_device(
    farlead_data: Path,
) -> None:
    content = ecg((farlead_data / "device" / "philips_sierra" / REAL[3]).read_bytes())
    found = values(content)
    for lead in ("I", "V5"):
        highest = np.nanmax(content.samples[content.leads.index(lead)]) * 1000.0
        assert found[f"{lead}: R amplitude"][0] == pytest.approx(highest, abs=40)
    assert found["Ventricular rate"] == (64.0, "bpm")
    assert found["QTc (Fridericia)"] == (408.0, "ms")
    assert statements(content)[:2] == [
        "- OTHERWISE NORMAL ECG -",
        "Sinus rhythm (normal P axis, V-rate 50-99)",
    ]
    assert content.device.model == "PageWriter TC"
    assert (content.device.high_pass, content.device.low_pass) == (0.05, 150.0)
    assert content.device.notch is None


@pytest.mark.data
def test_the_first_version_reads_with_its_own_names(farlead_data: Path) -> None:
    content = ecg((farlead_data / "device" / "philips_sierra" / REAL[0]).read_bytes())
    assert content.start == datetime(2011, 12, 1, 7, 27, 34)  # noqa: DTZ001  # the file has none
    assert (content.patient.age_years, content.patient.sex) == (50.0, Sex.MALE)
    assert (content.device.high_pass, content.device.low_pass) == (0.05, 150.0)
    assert ">>> Acute MI <<<" in statements(content)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "reason", "word"),
    [("type", "type", "MortaraECG"), ("version", "version", "1.05")],
)
def test_other_documents_are_refused(farlead_data: Path, name: str, reason: str, word: str) -> None:
    file = farlead_data / "device" / FOLDERS[1] / f"invalid-doc-{name}.xml"
    error = refused(file.read_bytes(), f"sierra.{reason}")
    assert word in error.text(Language.ZH)
    assert "请单位" in error.text(Language.ZH)


# Round trips


@pytest.mark.parametrize("version", ["1.03", "1.04", "1.04.01"])
def test_a_recording_comes_back(version: str) -> None:
    file = made(LONG, version=version, kind="SierraECG" if version == "1.03" else "PhilipsECG")
    content = ecg(file.data())
    assert (content.leads, content.fs) == (TWELVE, 500.0)
    np.testing.assert_array_equal(content.samples, exact(file))
    assert content.medians is not None
    assert content.medians.shape == (12, 600)
    np.testing.assert_allclose(content.medians, LONG.samples[:, :600], atol=0.0013)
    assert not content.notes
    assert not content.samples.flags.writeable


def test_the_untried_version_is_read_with_a_note() -> None:
    assert note_ids(ecg(made(SHORT, version="1.04.02").data())) == {"sierra.note.untried"}


@settings(max_examples=25, deadline=None)
@given(
    codes=arrays(np.int16, (12, 40), elements=st.integers(-1900, 1900)),
    step=st.sampled_from([1.0, 2.5, 4.88, 5.0]),
    further=st.integers(0, 4),
)
def test_any_leads_come_back(codes: np.ndarray, step: float, further: int) -> None:
    file = replace(made(SHORT), codes=codes.astype(np.int64), step=step, further=further)
    np.testing.assert_array_equal(ecg(file.data()).samples, exact(file))


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.integers(-8000, 8000), min_size=2, max_size=300), min_size=1, max_size=3
    )
)
def test_any_chunks_come_back(rows: list[list[int]]) -> None:
    n = min(map(len, rows))
    found = unpack(b"".join(chunk(row[:n]) for row in rows), n)
    assert [lead.tolist() for lead in found] == [row[:n] for row in rows]


def test_a_long_signal_fills_the_table_and_comes_back() -> None:
    samples = np.random.default_rng(5).integers(-3000, 3000, 4000).tolist()
    start, values_ = words(samples)
    assert (start, len(values_)) == (2 * samples[1] - samples[0] - samples[2], 4000)
    (found,) = unpack(chunk(samples), 4000)
    assert found.tolist() == samples


def test_a_run_uses_the_string_that_is_being_learned() -> None:
    assert lzw(b"aaaa") == [97, 256, 97, 1023]  # 256 is not yet known when it is read
    (found,) = unpack(chunk([0] * 900), 900)
    assert not found.any()


@pytest.mark.parametrize("encoding", ["Base64", "Plain"])
@pytest.mark.parametrize("version", ["1.03", "1.04"])
def test_without_compression(encoding: str, version: str) -> None:
    file = made(SHORT, compression="", data_encoding=encoding, version=version)
    np.testing.assert_array_equal(ecg(file.data()).samples, exact(file))


# The calibration pulse


def test_a_pulse_at_the_end_is_left_empty() -> None:
    file = made(LONG)
    file = replace(file, codes=with_pulse(file.codes, 500.0))
    content = ecg(file.data())
    np.testing.assert_array_equal(np.isnan(content.samples).any(axis=0), np.arange(1500) >= 1300)
    np.testing.assert_array_equal(content.samples[:, :1300], exact(file)[:, :1300])
    assert note_ids(content) == {"sierra.note.pulse"}


def test_a_pulse_that_is_no_millivolt_casts_doubt_on_the_gain() -> None:
    file = made(LONG)
    content = ecg(replace(file, codes=with_pulse(file.codes, 500.0, 100)).data())
    assert note_ids(content) == {"sierra.note.pulse", "sierra.note.pulse_height"}


def test_only_a_pulse_that_all_leads_share_is_one() -> None:
    leads = with_pulse(made(LONG).codes, 500.0)
    assert pulse_at_end(leads, 500.0) == Pulse(1300, 200.0)
    for lead, at in ((3, 1400), (7, 1499), (0, 1360)):
        other = leads.copy()
        other[lead, at] += 1
        assert pulse_at_end(other, 500.0) is None
    flat = leads.copy()
    flat[:, 1300:] = 0
    assert pulse_at_end(flat, 500.0) is None
    stairs = leads.copy()
    stairs[:, 1400] += 1
    assert pulse_at_end(stairs, 500.0) is None
    assert pulse_at_end(leads[:2], 500.0) is None
    assert pulse_at_end(np.zeros((12, 100)), 500.0) is None
    assert pulse_at_end(leads[:, 1340:], 500.0) is None  # nothing but the pulse


def test_unnamed_leads_are_noted_unless_empty() -> None:
    file = made(LONG)
    assert not note_ids(ecg(file.data()))
    extra = xli(file.codes) + chunk(file.codes[7].tolist())
    assert note_ids(ecg(replace(file, payload=extra).data())) == {"sierra.note.unnamed"}


# Whose, when, what


def test_patient_device_and_request() -> None:
    content = ecg(sierra_bytes())
    patient = content.patient
    assert (patient.name, patient.local_number, patient.sex) == ("Wang Xiulan", "T0001", Sex.FEMALE)
    assert (patient.birth_date, patient.age_years) == (date(1960, 5, 17), None)
    assert content.start == datetime(2025, 3, 14, 9, 26, 53)  # noqa: DTZ001  # the file has none
    device = content.device
    assert (device.manufacturer, device.model) == ("Philips Medical Products", "PageWriter Touch")
    assert (device.serial, device.gain) == ("EKG1", 10.0)
    assert (device.high_pass, device.low_pass, device.notch) == (0.05, 150.0, 50.0)
    assert content.identity.accession == "A77"
    hints = content.hints
    assert (hints.requesting_doctor, hints.clinical_question) == ("Li Wei", "chest pain")
    assert (hints.institution, hints.department, hints.priority) == (
        "Town clinic",
        "Ward 3",
        "STAT",
    )
    assert ecg(made(SHORT, priority="routine").data()).hints.priority == "routine"
    assert describe(sierra_bytes()).kind is Kind.ECG


@pytest.mark.parametrize(
    ("time", "zone"),
    [("09:26:53", None), ("09:26:53+08:00", 8), ("09:26:53.25-0500", -5), ("09:26:53Z", 0)],
)
def test_a_time_with_a_zone_keeps_it(time: str, zone: int | None) -> None:
    start = ecg(made(SHORT, time=time).data()).start
    assert start is not None
    assert start.tzinfo == (None if zone is None else timezone(timedelta(hours=zone)))
    assert (start.hour, start.microsecond) == (9, 250_000 if "." in time else 0)


@pytest.mark.parametrize("text", ["2025-13-01", "01-02-2025", "soon", "0001-01-01"])
def test_dates_that_are_none_are_left_out_and_noted(text: str) -> None:
    content = ecg(made(SHORT, date=text, born=text).data())
    assert (content.start, content.patient.birth_date) == (None, None)
    assert {"note.attribute", "note.clock"} <= note_ids(content)


def test_dashes_are_nobody() -> None:
    content = ecg(made(SHORT, last="---", first="---", number="---").data())
    assert (content.patient.name, content.patient.local_number) == (None, None)


@pytest.mark.parametrize(
    ("declared", "encoding", "noted"),
    [
        ("UTF-8", "utf-8", False),
        ("utf-16", "utf-16", False),
        ("GB18030", "gb18030", False),
        ("UTF-8", "gb18030", True),
        ("ISO-8859-1", "gb18030", True),
    ],
)
def test_chinese_names_declared_or_not(declared: str, encoding: str, noted: bool) -> None:
    file = made(SHORT, last="王", first="秀兰", declared=declared, encoding=encoding)
    content = ecg(file.data())
    assert content.patient.name == "王秀兰"
    assert ("note.charset" in note_ids(content)) == noted


def test_filters_that_contradict_one_another_are_unknown() -> None:
    content = ecg(changed('hipass="0.05"', 'hipass="0.5"'))
    assert (content.device.high_pass, content.device.low_pass) == (None, 150.0)
    assert note_ids(content) == {"note.attribute"}


def test_fewer_valid_channels_than_leads_are_noted() -> None:
    old = "<numberchannelsallocated>"
    content = ecg(changed(old, f"<numberchannelsvalid>11</numberchannelsvalid>{old}"))
    assert note_ids(content) == {"sierra.note.valid"}


# Findings of the device


def test_measurements_and_statements() -> None:
    content = ecg(sierra_bytes())
    assert values(content) == {
        "Ventricular rate": (72.0, "bpm"),
        "QTc (Bazett)": (412.0, "ms"),
        "QTc (Hodges)": (401.0, "ms"),
        "QT interval": (400.0, "ms"),
        "V2: R amplitude": (912.0, "µV"),
        "V2: ST 80 ms after onset": (-70.0, "µV"),
    }
    assert statements(content) == [
        "- ABNORMAL ECG -",
        "Sinus bradycardia (rate< 50)",
        "Edited: No change",
        "Unconfirmed Diagnosis",
    ]


# Contradictions


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ('samplespersecond="500"', 'samplespersecond="250"', "sierra.twice"),
        ('resolution="5"', 'resolution="2.5"', "sierra.twice"),
        ("<samplingrate>500", "<samplingrate>0", "sierra.twice"),
        ('numberofleads="12"', 'numberofleads="8"', "sierra.lead_count"),
        ('numberofleads="12"', 'numberofleads="4294967295"', "sierra.lead_count"),
        (' V5 V6"', ' V5"', "sierra.lead_count"),
        ('leadlabels="I II III', 'leadlabels="I III II', "sierra.limb_order"),
        ('durationperchannel="1000"', 'durationperchannel="2000"', "sierra.xli"),
        ('durationperchannel="1000"', 'durationperchannel="998"', "sierra.xli"),
        ('durationperchannel="1000"', 'durationperchannel="0"', "xml_fields.wrong_value"),
        ('durationperchannel="1000"', 'durationperchannel="-5"', "xml_fields.wrong_value"),
        ('durationperchannel="1000"', 'durationperchannel="9e9"', "too_long"),
        ('durationperchannel="1000"', 'durationperchannel="1e99"', "xml_fields.wrong_value"),
        ('durationperchannel="1000"', "", "xml_fields.wrong_value"),
        ('compression="XLI"', 'compression="ZIP"', "xml_fields.wrong_value"),
        ('dataencoding="Base64" duration', 'dataencoding="Hex" duration', "xml_fields.wrong_value"),
        ("<bitspersample>16", "<bitspersample>12", "sierra.twice"),
        ("<signaloffset>0", "<signaloffset>2048", "sierra.twice"),
        ('signalsigned="True"', 'signalsigned="False"', "sierra.twice"),
        ("<documentinfo>", "<otherinfo/><documentinfo>", None),
        ("documentversion>", "version>", "sierra.version"),
        ("documentinfo>", "info>", "xml_fields.missing"),
        ("parsedwaveforms", "otherwaveforms", "sierra.no_waveform"),
        ("</restingecgdata>", "", "xml.broken"),
    ],
)
def test_contradictions_are_refused(old: str, new: str, name: str | None) -> None:
    data = (
        changed(old, new) if "2400" not in old else made(LONG).data(lambda t: t.replace(old, new))
    )
    if name is None:
        ecg(data)
    else:
        refused(data, name)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ('bitspersample="16"', "<bitspersample>16"),
        ('signaloffset="0"', "<signaloffset>0"),
        ('signalsigned="True"', "<signalsigned>True"),
        ('samplespersecond="500"', "<samplingrate>500"),
        ('resolution="5"', "<resolution>5"),
    ],
)
@pytest.mark.parametrize("found", ["7", "1e9", "-1", "x", "nan"])
def test_odd_words_are_refused_though_both_places_agree(inner: str, outer: str, found: str) -> None:
    def change(text: str) -> str:
        text = text.replace(outer, f"{outer.partition('>')[0]}>{found}")
        return text.replace(inner, f'{inner.partition("=")[0]}="{found}"')

    data = made(SHORT).data(change)
    if found == "7" and inner.startswith("resolution"):
        assert ecg(data).samples[1].max() == pytest.approx(SHORT.samples[1].max() * 7 / 5, abs=0.01)
    else:
        refused(data, "xml_fields.wrong_value")


def test_leads_are_not_guessed() -> None:
    def change(text: str) -> str:
        return text.replace("STD-12", "EASI")

    refused(made(SHORT, version="1.03").data(change), "sierra.no_labels")


@pytest.mark.parametrize("encoding", ["Base64", "Plain"])
def test_uncompressed_leads_that_contradict_one_another_are_refused(encoding: str) -> None:
    file = made(SHORT, compression="", data_encoding=encoding)
    codes = file.codes.copy()
    codes[2] = 0  # a residual, or another order of samples
    refused(replace(file, codes=codes).data(), "sierra.limb_leads")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("", "xml_fields.missing"),
        ("1 2 3", "sierra.samples"),
        ("1 2.5 3", "xml_fields.wrong_value"),
        ("1 99999 3", "xml_fields.wrong_value"),
        ("1 NaN 3", "xml_fields.wrong_value"),
        ("1 two 3", "xml.number"),
    ],
)
def test_plain_numbers_that_are_none_are_refused(body: str, name: str) -> None:
    def change(text: str) -> str:
        return re.sub("(<parsedwaveforms[^>]*>)[^<]*<", rf"\g<1>{body}<", text)

    refused(made(SHORT, compression="", data_encoding="Plain").data(change), name)


def test_odd_bytes_are_refused() -> None:
    payload = bytes(12 * 500 * 2 + 1)
    refused(made(SHORT, compression="", payload=payload).data(), "xml_fields.wrong_value")


# Damaged compression


def body_of(*, size: int | None = None, method: int = 1, body: bytes = b"") -> bytes:
    header = struct.pack("<ihh", len(body) if size is None else size, method, 0)
    return header + body


def payload_refused(payload: bytes, name: str) -> UnreadableFile:
    error = refused(made(SHORT, payload=payload).data(), name)
    assert error.offset is not None or name == "sierra.lead_count"
    return error


GOOD = xli(made(SHORT).codes)


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (GOOD[:-1], "sierra.chunk_size"),
        (GOOD[:5], "sierra.xli"),
        (GOOD + b"\0\0\0", "sierra.xli"),
        (body_of(size=0xFFFFFFFF - (1 << 32)), "sierra.chunk_size"),
        (body_of(size=0x7FFFFFFF, body=b"abc"), "sierra.chunk_size"),
        (body_of(size=0), "sierra.chunk_size"),
        (body_of(size=-8, body=bytes(64)), "sierra.chunk_size"),
        (body_of(method=2, body=bytes(64)), "sierra.chunk_method"),
        (body_of(body=packed([300, 1023])), "sierra.xli"),  # nothing learned yet
        (body_of(body=packed([256, 256, 1023])), "sierra.xli"),  # stands for itself
        (body_of(body=packed([97, 258, 1023])), "sierra.xli"),  # beyond what is learned
        (body_of(body=packed([1023])), "sierra.xli"),  # empty
        (body_of(body=packed([97] * 5)), "sierra.xli"),  # too short
        (body_of(body=packed([97] * 1001)), "sierra.xli"),  # too long
        (body_of(body=bytes(100_000)), "sierra.xli"),  # more codes than bytes are wanted
        (body_of(body=packed([0, *range(256, 1022), *[1021] * 200])), "sierra.xli"),  # a bomb
        (chunk([0] * 500) * 3, "sierra.lead_count"),
        (chunk([0] * 500) * 70, "sierra.xli"),
        (chunk([0] * 250) * 12, "sierra.xli"),
    ],
)
def test_damaged_chunks_are_refused(payload: bytes, name: str) -> None:
    payload_refused(payload, name)


def test_differences_that_run_away_are_refused() -> None:
    wild = struct.pack(">500h", *([0, 0] + [30000] * 498))
    body = packed(lzw(wild[::2] + wild[1::2]))
    error = payload_refused(body_of(body=body) * 12, "sierra.xli")
    assert "16 位" in error.text(Language.ZH)


def test_base64_that_is_none_is_refused() -> None:
    for body, name in (("", "missing"), ("AAA*", "base64"), ("AAAAA", "base64"), ("心", "base64")):

        def change(text: str, body: str = body) -> str:
            return re.sub("(<parsedwaveforms[^>]*>)[^<]*<", rf"\g<1>{body}<", text)

        refused(made(SHORT).data(change), f"xml_fields.{name}")


def test_every_truncation_is_refused() -> None:
    data = sierra_bytes(SHORT)
    for end in range(0, len(data) - 20, 997):
        with pytest.raises(UnreadableFile):
            read(data[:end])


def test_a_bug_of_the_reader_does_not_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(sierra, "read_rhythm", fail)
    refused(sierra_bytes(SHORT), "damaged")


def test_other_xml_is_not_recognised() -> None:
    assert sierra.recognises(sierra_bytes(SHORT))
    assert sierra.recognises(made(SHORT, declared="utf-16", encoding="utf-16").data())
    for data in (b"", b"<a/>", b"<RestingECG/>", b"restingecgdata", b"<a><restingecgdata/></a>"):
        assert not sierra.recognises(data)


def test_every_refusal_says_what_to_do() -> None:
    file = resources.files("farlead").joinpath("texts", "formats_sierra.toml")
    for name, entry in tomllib.loads(file.read_text("utf-8"))["formats"]["sierra"].items():
        if "zh" in entry and not name.startswith("xli_"):
            assert "请单位" in entry["zh"], name
            assert "sk the unit" in entry["en"], name


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, 1 << 30),
    piece=st.binary(min_size=0, max_size=6),
    length=st.integers(0, 6),
)
def test_any_damage_of_the_compressed_samples_ends_in_a_reason(
    at: int, piece: bytes, length: int
) -> None:
    at %= len(GOOD)
    damaged = GOOD[:at] + piece + GOOD[at + length :]
    outcome = _outcome(made(SHORT, payload=damaged).data())
    if isinstance(outcome, Message):
        assert outcome.text(Language.ZH)
        assert outcome.id != "formats.damaged"
    else:
        assert np.abs(outcome.samples).max() <= 32768 * 4 * 0.005


def _outcome(data: bytes) -> Recording | Message:
    try:
        return ecg(data)
    except UnreadableFile as error:
        return error.reason


def test_payload_is_what_the_maker_says() -> None:
    """The maker's base64 is plain: a slip here would make every refusal above mean nothing."""
    text = made(SHORT).text()
    found = re.search("<parsedwaveforms[^>]*>([^<]*)<", text)
    assert found
    assert base64.b64decode(found[1]) == made(SHORT).body()
