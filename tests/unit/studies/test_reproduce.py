"""Published cases as data: what is read, how a figure is judged, and what counts against us."""

import math
from collections.abc import Mapping

import pytest

import cupola
from cupola.scenario.errors import ScenarioError
from cupola.studies import reproduce_case
from cupola.studies.reproduce import run_case
from cupola.studies.reproduce_case import Case, Expected, cases, chosen, topics
from cupola.studies.reproduce_methods import METHODS, QUANTITIES
from cupola.studies.reproduce_play import play
from cupola.studies.reproduce_quantities import WORDS
from cupola.studies.reproduce_words import document


def _case(status: str = "exact", method: str = "fake", **expected: Expected) -> Case:
    return Case.model_validate(
        {
            "id": "made-up",
            "title": "A case",
            "status": status,
            "source": "nobody",
            "method": method,
            "inputs": {},
            "expected": {name: value.model_dump() for name, value in expected.items()},
        }
    )


@pytest.fixture(name="fake")
def _fake(monkeypatch: pytest.MonkeyPatch) -> dict[str, float | str]:
    found: dict[str, float | str] = {}

    def method(inputs: Mapping[str, str]) -> dict[str, float | str]:
        return found

    monkeypatch.setitem(METHODS, "fake", method)
    return found


@pytest.mark.parametrize(
    ("ours", "tolerance", "verdict", "difference"),
    [
        (100e3, "1 km", "agrees", 0.0),
        (100.9e3, "1 km", "agrees", 0.9),
        (101.1e3, "1 km", "disagrees", 1.1),
        (98.5e3, "1 km", "disagrees", -1.5),
        (102.9e3, "3 %", "agrees", 2.9),
        (96.9e3, "3 %", "disagrees", -3.1),
        (math.nan, "3 %", "disagrees", math.nan),
    ],
)
def test_a_figure_is_judged_by_its_tolerance(
    ours: float, tolerance: str, verdict: str, difference: float, fake: dict[str, float | str]
) -> None:
    fake["apogee"] = ours
    (row,) = run_case(_case(apogee=Expected(value="100 km", tolerance=tolerance)))
    assert row.verdict == verdict
    assert row.difference == pytest.approx(difference, abs=1e-9, nan_ok=True)
    assert row.fails == (verdict != "agrees")
    assert (row.unit, row.allowed) == ("km", tolerance)


@pytest.mark.parametrize(("ours", "difference"), [(3_200.0, 0.0), (3_170.0, -10.0), (3_260.0, 20.0)])
def test_a_span_is_judged_from_its_nearer_end(ours: float, difference: float, fake: dict[str, float | str]) -> None:
    fake["flight_time"] = ours
    (row,) = run_case(_case(flight_time=Expected(value=("3180 s", "54 min"), tolerance="15 s")))
    assert row.difference == pytest.approx(difference)
    assert row.verdict == ("within stated spread" if abs(difference) <= 15.0 else "disagrees")


def test_what_is_only_recalled_is_shown_and_never_fails(fake: dict[str, float | str]) -> None:
    fake["apogee"] = 1.0
    (row,) = run_case(_case("recalled", apogee=Expected(value="100 km", tolerance="1 km")))
    assert row.verdict == "disagrees"
    assert not row.fails


def test_a_figure_without_a_unit_is_judged_and_shown_without_one(fake: dict[str, float | str]) -> None:
    for ours, tolerance, verdict in ((4.55, "0.1", "agrees"), (4.65, "0.1", "disagrees"), (4.72, "5 %", "agrees")):
        fake["average_nees"] = ours
        (row,) = run_case(_case(average_nees=Expected(value="4.5", tolerance=tolerance)))
        assert (row.verdict, row.unit, row.published) == (verdict, "", (4.5, 4.5))
        assert row.difference == pytest.approx(ours - 4.5)


def test_a_method_s_wrong_word_says_what_is_accepted() -> None:
    (case,) = [case for case in cases("tracking") if case.id == "planar-extended-filter"]
    wrong = case.model_copy(update={"inputs": case.inputs | {"filter": "particle"}})
    assert {row.verdict for row in run_case(wrong)} == {"error"}
    assert run_case(wrong)[0].note == "got the filter 'particle', accepted are extended and unscented"


def test_words_are_compared_as_they_stand(fake: dict[str, float | str]) -> None:
    fake["verdict"] = "doubtful"
    for word, verdict in (("doubtful", "agrees"), ("possible", "disagrees")):
        (row,) = run_case(_case(verdict=Expected(value=word)))
        assert row.verdict == verdict


def test_a_method_that_cannot_is_an_error_row_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def method(inputs: Mapping[str, str]) -> dict[str, float | str]:
        raise ValueError("out of reach")

    monkeypatch.setitem(METHODS, "fake", method)
    rows = run_case(_case(apogee=Expected(value="1 km", tolerance="1 m"), verdict=Expected(value="possible")))
    assert [(row.verdict, row.note, row.fails) for row in rows] == [("error", "out of reach", True)] * 2


@pytest.mark.parametrize("topic", topics())
def test_every_case_names_a_method_and_quantities_that_exist(topic: str) -> None:
    listed = cases(topic)
    assert len({case.id for case in listed}) == len(listed)
    for case in listed:
        assert case.missing or case.method in METHODS, case.id
        assert set(case.expected) <= {*QUANTITIES, *WORDS}, case.id
        assert all(name in WORDS or expected.tolerance for name, expected in case.expected.items()), case.id


def test_cases_are_chosen_by_topic_or_by_name() -> None:
    assert {topic for topic, _ in chosen([])} == set(topics()) >= {"aei", "coverage", "doctrine", "flight"}
    assert len(chosen(["flight", "tracking"])) == len(cases("flight")) + len(cases("tracking"))
    ((topic, case),) = chosen(["flight/hwasong-17-2022-11-18"])
    assert (topic, case.method) == ("flight", "flight")
    with pytest.raises(ScenarioError, match="did you mean 'flight/boost-solid'"):
        chosen(["flight/boost-sold"])


def test_a_case_file_with_an_unknown_key_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        (reproduce_case.CASES / "flight.yaml")
        .read_text(encoding="utf-8")
        .replace("    status: exact", "    stauts: exact", 1)
    )
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(reproduce_case, "CASES", tmp_path)
    with pytest.raises(ScenarioError, match=r"broken\.yaml:\d+: .*stauts"):
        reproduce_case.case_file.__wrapped__("broken")


def test_topics_side_by_side_give_the_same_rows_in_the_same_order() -> None:
    names = ["stability", "aei/salvo-5", "budget-office"]
    assert cupola.reproduce(*names, workers=2) == document(list(play(names)))


def test_how_far_it_is_can_be_followed() -> None:
    for workers in (1, 2):
        told: list[tuple[int, int]] = []
        list(play(["aei/salvo-5", "stability"], workers, lambda done, total, told=told: told.append((done, total))))
        assert told[-1] == (7, 7)
        assert [done for done, _ in told] == sorted(done for done, _ in told)
