"""Results of screening in the store: lean in the list, whole for the study that is opened."""

from dataclasses import replace

from farlead.model.detail import BeatKind, Detail, WaveMarks
from farlead.model.screening import Quality
from farlead.store import Store
from support_places import Place
from support_store import arrival, screening

DETAIL = Detail(
    500.0, 5000, ("I",), ("good",), (800.0,), (BeatKind.PACED,) * 2, WaveMarks((1, -1)),
    (WaveMarks((2, -2)),),
)  # fmt: skip
OLD = '{"version":"0","severity":1,"known":true,"quality":"unfit","measurements":[],"flags":[],"r_peaks":[5],"spans":[]}'  # noqa: E501 - one stored text


def _screened(store: Store) -> int:
    study = store.add_object(arrival("a")).study_id
    store.save_screening(study, replace(screening(), detail=DETAIL))
    return study


def test_an_opened_study_has_the_whole_result_and_the_list_a_lean_one(store: Store) -> None:
    study = _screened(store)
    whole = replace(screening(), detail=DETAIL)
    assert store.row(study).screening == whole
    assert store.last_screening(study) == whole
    (listed,) = store.worklist().rows
    assert listed.screening == whole.brief


def test_a_new_result_takes_nothing_of_the_old_one(store: Store) -> None:
    study = _screened(store)
    store.save_screening(study, screening())
    assert store.row(study).screening == screening()


def test_a_result_of_an_older_program_is_still_read(store: Store, place: Place) -> None:
    study = _screened(store)
    store.close()
    with place.raw() as raw:
        (made,) = raw.execute(
            "INSERT INTO screening (study_id, made, result)"  # noqa: S608 - a text of ours
            f" SELECT id, arrived, '{OLD}' FROM study RETURNING id"
        ).fetchone()
        raw.execute(f"UPDATE study SET screening_id = {made}")  # noqa: S608 - a number
    with place.open() as again:
        found = again.row(study).screening
        assert found is not None
        assert (found.quality, found.detail, found.r_peaks) == (Quality.RETAKE, None, (5,))
