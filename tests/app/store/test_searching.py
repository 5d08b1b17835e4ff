"""Search: by patient, unit, time, reader, state and finding, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from farlead.model.lives import StudyState
from farlead.model.people import Patient, Role
from farlead.model.report import Draft, Statement
from farlead.model.review import Remark
from farlead.model.search import SearchQuery
from farlead.model.study import Request, Severity
from farlead.store import Store
from support_store import FakeClock, arrival, draft, reader, report_one, screening, signed

#: An invented number: the check digit is wrong on purpose.
NUMBER = "110101199003078510"


def _found(store: Store, findings: tuple[str, ...] = (), **asked: object) -> list[int]:
    return [row.study.id for row in store.search(SearchQuery(**asked), findings).rows]  # type: ignore[arg-type]


def _arrived(store: Store, name: str, patient: Patient, **more: object) -> int:
    return store.add_object(replace(arrival(name, patient=patient), **more)).study_id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed",
    ["王小明", "王", "小明", "明", "L-77", "l77", "ACC9", NUMBER, "1101************10", "王 77x"],
)
def test_a_patient_is_found_by_what_people_type(store: Store, typed: str) -> None:
    wang = _arrived(
        store,
        "a",
        Patient(name="王小明", local_number="L-77", national_id=NUMBER, health_card="77X-1"),
        request=Request(accession="ACC-9/1"),
    )
    _arrived(store, "b", Patient(name="李大伟", local_number="K-1"))
    number = store.study(wang).number
    assert _found(store, patient=typed) == ([wang] if typed != "王 77x" else [])
    assert _found(store, patient=number) == [wang]
    assert _found(store, patient=f"王小明 {number}") == [wang]


def test_latin_names_are_found_in_any_order_and_case(store: Store) -> None:
    study = _arrived(store, "a", Patient(name="Zhang^San", local_number="1"))
    for typed in ("zhang", "SAN zhang", "zhangsan", "Zhang^San", "ｚｈａｎｇ"):
        assert _found(store, patient=typed) == [study], typed
    for typed in ("hang", "li", "zhang li", "%", "^^", "_"):
        assert _found(store, patient=typed) == [], typed


def test_a_number_that_a_later_document_brings_finds_the_study(store: Store) -> None:
    study = _arrived(store, "a", Patient(name="王小明", local_number="L1"))
    card = "62010000123456"
    known = Patient(name="王小明", local_number="L1", health_card=card)
    late = replace(arrival("b", study="a", patient=known), request=Request(accession="LATE7"))
    assert store.add_object(late).study_id == study
    assert _found(store, patient="late7") == [study]
    assert _found(store, patient=card) == [study]


def test_units_times_and_states_narrow_and_the_newest_stands_first(
    store: Store, clock: FakeClock
) -> None:
    start = clock()
    studies = []
    for number in range(6):
        unit = "u1" if number % 2 else "u2"
        studies.append(store.add_object(arrival(str(number), unit=unit)).study_id)
        clock.advance(hours=1)
    assert _found(store) == studies[::-1]
    assert _found(store, unit="u1") == studies[5::-2]
    assert _found(store, unit="none") == []
    span = {"begin": start + timedelta(hours=1), "end": start + timedelta(hours=3)}
    assert _found(store, **span) == [studies[2], studies[1]]
    claim = store.claim(studies[0], reader(store), "seat")
    assert _found(store, states=(StudyState.CLAIMED,)) == [claim.study]
    assert _found(store, states=(StudyState.CLAIMED, StudyState.WAITING), unit="u2") == [
        studies[4], studies[2], studies[0],
    ]  # fmt: skip


def test_pages_follow_one_another_without_gap_or_repeat(store: Store) -> None:
    studies = {store.add_object(arrival(str(n))).study_id for n in range(7)}  # of one moment
    query, seen = SearchQuery(limit=3), []
    while True:
        page = store.search(query)
        assert len(page.rows) <= 3
        seen += [row.study.id for row in page.rows]
        if page.more is None:
            break
        store.add_object(arrival(f"late{len(seen)}"))  # what arrives meanwhile moves nothing
        query = replace(query, after=page.more)
    assert set(seen) == studies
    assert len(seen) == 7
    assert len(store.search(SearchQuery(limit=0)).rows) == 1


def test_a_reader_is_found_by_login_or_name(store: Store) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    first, second = report_one(store, "a", li), report_one(store, "b", wang)
    held = store.claim(store.add_object(arrival("c")).study_id, li, "seat").study
    assert _found(store, reader="li") == [held, first]
    assert _found(store, reader="医师wang") == [second]
    assert _found(store, reader="医师") == [held, second, first]
    assert _found(store, reader="%") == []


def test_a_finding_is_what_screening_suggests_or_the_report_in_force_says(store: Store) -> None:
    li = reader(store)
    suggested = store.add_object(arrival("a")).study_id
    store.save_screening(suggested, screening(Severity.URGENT))
    reported = report_one(store, "b", li)
    assert _found(store, ("rate.slow",), finding="x") == [suggested]
    assert _found(store, ("1A",), finding="x") == [reported]
    assert _found(store, ("1A", "rate.slow"), finding="x") == [reported, suggested]
    assert _found(store, (), finding="x") == []  # nothing known is not everything
    store.save_screening(suggested, screening(Severity.NORMAL))
    assert _found(store, ("rate.slow",), finding="x") == []
    (version,) = store.reports(reported)
    claim = store.amend(version.id, li, "seat", "错了")
    assert _found(store, ("1A",), finding="x") == [reported]  # until the new one is signed
    other = Draft(statements=(Statement("2B", "房颤", "AF"),))
    store.finish(claim, replace(signed(store, li), draft=other, pdf_sha256="f" * 64), ["u1"])
    assert _found(store, ("1A",), finding="x") == []
    assert _found(store, ("2B",), finding="x") == [reported]


def test_a_report_that_was_sent_back_is_found_by_what_it_says_then(store: Store) -> None:
    li, chen = reader(store), reader(store, "chen", Role.SENIOR_READER)
    study = store.add_object(arrival("a")).study_id
    claim = store.claim(study, li, "seat")
    store.first_sign(claim, signed(store, li), urgent=False)
    store.send_back(store.claim(study, chen, "seat"), chen, [Remark("conclusion", "不对")])
    assert _found(store, ("1A",), finding="x") == []
    again = replace(
        signed(store, li, "二"), draft=Draft(statements=(Statement("2B", "房颤", "AF"),))
    )
    store.first_sign(store.claim(study, li, "seat"), again, urgent=False)
    assert _found(store, ("1A",), finding="x") == []
    assert _found(store, ("2B",), finding="x") == [study]


def test_found_rows_are_those_of_the_list(store: Store) -> None:
    study = store.add_object(arrival("a")).study_id
    store.save_draft(store.claim(study, reader(store), "seat"), draft())
    (found,) = store.search(SearchQuery()).rows
    (listed,) = store.worklist().rows
    assert found == listed
