"""What cannot be read is kept, explained and told; the loop goes on."""

import pytest

from ecg_files import dicom_bytes, dicom_without_content, recording, text_file, truncated
from farlead.messages import Language
from farlead.model.lives import StudyState
from support_house import House

BROKEN = {
    "truncated.dcm": lambda: truncated(dicom_bytes()),
    "letter.dcm": text_file,
    "empty.dcm": lambda: b"",
    "report.dcm": dicom_without_content,
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_file_is_quarantined_with_a_reason_in_words(house: House, name: str) -> None:
    data = BROKEN[name]()
    house.drop(name, data)
    house.drop("good.dcm", dicom_bytes(recording(local_number="N1")))
    house.take_in()
    rows = house.rows()
    bad = next(row for row in rows if row.study.objects[0].file_name == name)
    good = next(row for row in rows if row.study.objects[0].file_name == "good.dcm")
    assert bad.study.state is StudyState.QUARANTINED
    assert good.study.state is StudyState.WAITING
    assert bad.study.quarantine is not None
    zh, en = (bad.study.quarantine.text(language) for language in Language)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    # No name of a class, no traceback, no dump: a sentence that ends in what to do.
    for told in (zh, en):
        assert "Error" not in told
        assert "Traceback" not in told
        assert "0x" not in told
        assert len(told) < 300
    assert house.services.objects.get(bad.study.objects[0].sha256) == data
    assert not list(house.settings.inbox("jia").rglob("*.dcm"))
    assert house.services.store.balance().whole


def test_all_of_them_at_once_leave_the_loop_going(house: House) -> None:
    for name, data in BROKEN.items():
        house.drop(name, data())
    house.drop("good.dcm", dicom_bytes(recording(local_number="N1")))
    house.take_in()
    states = sorted(row.study.state for row in house.rows())
    assert states == [StudyState.QUARANTINED] * 4 + [StudyState.WAITING]
    assert not house.services.store.check()
