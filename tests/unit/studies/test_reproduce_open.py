"""Inputs that were left open: swept, and solved for what would reproduce the claim."""

import json
import math
from collections.abc import Mapping

import pytest

from cupola.studies.reproduce import Row, run_case
from cupola.studies.reproduce_case import Case, OpenInput
from cupola.studies.reproduce_methods import METHODS
from cupola.studies.reproduce_words import document, ours_text, solutions_text


def _case(opened: dict[str, OpenInput], value: object = "100 km", tolerance: str = "0.001 km", **more: object) -> Case:
    return Case.model_validate(
        {
            "id": "made-up",
            "title": "A case",
            "status": "published",
            "source": "nobody",
            "method": "fake",
            "open": {name: spec.model_dump() for name, spec in opened.items()},
            "expected": {"range": {"value": value, "tolerance": tolerance}},
        }
        | more
    )


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    def method(inputs: Mapping[str, str]) -> dict[str, float | str]:
        """A range of t^2 kilometres, times a factor."""
        number = float(inputs["time"].split()[0])
        if number > 30.0:
            raise ValueError("too late")
        return {"range": 1e3 * number**2 * float(inputs.get("factor", "1"))}

    monkeypatch.setitem(METHODS, "fake", method)


def _only(case: Case) -> Row:
    (row,) = run_case(case)
    return row


def test_the_value_that_reproduces_the_claim_is_found_between_two_that_do_not() -> None:
    row = _only(_case({"time": OpenInput(values=("0 s", "9 s", "20 s"))}))
    assert row.verdict == "not enough published inputs"
    assert row.reproduced_by == ({"time": "10 s"},)
    assert row.ours == (0.0, 400.0)
    assert row.difference == 0.0
    assert not row.fails
    assert [point.ours for point in row.sweep] == [0.0, 81.0, 400.0]
    assert solutions_text(row) == "Open: time. It takes time 10 s."
    assert ours_text(row) == "0.0 to 400.0 km"


def test_both_sides_of_a_curve_are_found() -> None:
    row = _only(_case({"time": OpenInput(values=("-20 s", "0 s", "20 s"))}))
    assert row.reproduced_by == ({"time": "-10 s"}, {"time": "10 s"})


def test_several_open_inputs_give_one_answer_for_each_of_the_first() -> None:
    opened = {"factor": OpenInput(values=("1", "4", "1e9")), "time": OpenInput(values=("1 s", "20 s"))}
    row = _only(_case(opened))
    assert row.reproduced_by == ({"factor": "1", "time": "10 s"}, {"factor": "4", "time": "5 s"})


def test_a_claim_that_no_value_reproduces_disagrees_and_fails() -> None:
    row = _only(_case({"time": OpenInput(values=("1 s", "9 s"))}))
    assert (row.verdict, row.reproduced_by, row.fails) == ("disagrees", (), True)
    assert row.difference == pytest.approx(81.0 - 100.0)
    assert solutions_text(row) == "No value gives it: time 1 s to 9 s."
    explained = _only(_case({"time": OpenInput(values=("1 s", "9 s"))}, finding="it is too short"))
    assert (explained.verdict, explained.fails) == ("disagrees", False)


def test_a_straight_line_stands_for_halving_where_a_method_takes_long() -> None:
    row = _only(_case({"time": OpenInput(values=("9 s", "11 s"), refine=0)}))
    # From 81 at 9 s to 121 at 11 s in a straight line: 100 at 9.95 s.
    assert row.reproduced_by == ({"time": "about 9.95 s"},)


def test_counts_jump_over_a_claim_near_a_value_and_poles_do_not_reproduce_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(inputs: Mapping[str, str]) -> dict[str, float | str]:
        number = float(inputs["time"].split()[0])
        return {"range": 1e3 * (99.0 if number < 7.0 else 102.0)}

    monkeypatch.setitem(METHODS, "fake", counted)
    row = _only(_case({"time": OpenInput(values=("1 s", "20 s"))}, tolerance="0 km"))
    assert row.reproduced_by == ({"time": "about 7 s"},)

    def pole(inputs: Mapping[str, str]) -> dict[str, float | str]:
        return {"range": 1e3 / (float(inputs["time"].split()[0]) - 7.0)}

    monkeypatch.setitem(METHODS, "fake", pole)
    row = _only(_case({"time": OpenInput(values=("1 s", "6.9 s", "20 s"))}, value="-0.1 km"))
    assert (row.verdict, row.reproduced_by) == ("disagrees", ())


def test_neighbours_that_all_agree_are_one_span() -> None:
    row = _only(_case({"time": OpenInput(values=("9.9 s", "10 s", "10.1 s", "20 s"))}, tolerance="3 km"))
    assert row.reproduced_by == ({"time": "9.9 s to 10.1 s"},)


def test_values_that_cannot_be_played_are_left_out_and_all_of_them_are_an_error() -> None:
    row = _only(_case({"time": OpenInput(values=("5 s", "20 s", "31 s"))}))
    assert row.reproduced_by == ({"time": "10 s"},)
    assert [point.ours for point in row.sweep] == [25.0, 400.0, None]
    failed = _only(_case({"time": OpenInput(values=("31 s", "32 s"))}))
    assert (failed.verdict, failed.note, failed.fails) == ("error", "too late", True)


def test_a_published_span_is_met_anywhere_in_it() -> None:
    row = _only(_case({"time": OpenInput(values=("1 s", "20 s"))}, value=["90 km", "110 km"]))
    (found,) = row.reproduced_by
    assert 90.0 <= float(found["time"].split()[0]) ** 2 <= 110.0


def test_what_was_not_published_is_told_and_never_fails() -> None:
    case = _case({}, method="", missing="where it was launched.")
    row = _only(case)
    assert (row.verdict, row.ours, row.fails) == ("not enough published inputs", None, False)
    assert row.note == "Not published: where it was launched."


def test_words_and_prices_are_swept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def priced(inputs: Mapping[str, str]) -> dict[str, float | str]:
        return {"range": 1e3 * {"first": 1.0, "second": 100.0}.get(inputs.get("kind", "second"), 0.0)}

    monkeypatch.setitem(METHODS, "fake", priced)
    assert _only(_case({"kind": OpenInput(values=("first", "second"))})).reproduced_by == ({"kind": "second"},)

    def price(inputs: Mapping[str, str]) -> dict[str, float | str]:
        assert inputs["price"].startswith("$")
        return {"range": 1e3 * float(inputs["price"].split()[0][1:])}

    monkeypatch.setitem(METHODS, "fake", price)
    row = _only(_case({"price": OpenInput(values=("$1 M", "$500 M"))}))
    assert row.reproduced_by == ({"price": "$100 M"},)


def test_a_case_says_how_it_is_played_or_what_is_missing_and_no_input_twice() -> None:
    with pytest.raises(ValueError, match="either a 'method' or what is 'missing'"):
        _case({}, missing="all")
    with pytest.raises(ValueError, match="time is both among"):
        _case({"time": OpenInput(values=("1 s", "2 s"))}, inputs={"time": "3 s"})


def test_a_spread_that_the_publication_states_is_a_verdict_of_its_own() -> None:
    for time, verdict in (("10 s", "agrees"), ("10.4 s", "within stated spread"), ("10.6 s", "disagrees")):
        case = _case(
            {}, inputs={"time": time}, expected={"range": {"value": "100 km", "tolerance": "1 km", "spread": "10 %"}}
        )
        assert _only(case).verdict == verdict


def test_the_document_holds_sweeps_and_can_be_written() -> None:
    case = _case({"time": OpenInput(values=("1 s", "31 s"), why="nobody says")})
    found = document([("fakes", run_case(case))])
    text = json.dumps(found, allow_nan=False)
    (row,) = json.loads(text)["rows"]
    assert row["open"] == {"time": {"values": ["1 s", "31 s"], "why": "nobody says"}}
    assert row["sweep"] == [{"inputs": {"time": "1 s"}, "ours": 1.0}, {"inputs": {"time": "31 s"}, "ours": None}]
    assert found["verdicts"]["disagrees"] == 1


def test_an_endless_answer_is_null_in_the_document_and_left_out_of_the_range(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(inputs: Mapping[str, str]) -> dict[str, float | str]:
        number = float(inputs.get("time", "0 s").split()[0])
        return {"range": 1e3 * number if number < 50.0 else math.inf}

    monkeypatch.setitem(METHODS, "fake", endless)
    swept = run_case(_case({"time": OpenInput(values=("1 s", "9 s", "99 s"))}, value="5 km"))
    assert swept[0].ours == (1.0, 9.0)
    assert swept[0].reproduced_by == ({"time": "5 s"},)
    monkeypatch.setitem(METHODS, "fake", lambda inputs: {"range": math.nan})
    found = document([("fakes", swept), ("fakes", run_case(_case({})))])
    rows = json.loads(json.dumps(found, allow_nan=False))["rows"]
    assert [point["ours"] for point in rows[0]["sweep"]] == [1.0, 9.0, None]
    assert (rows[1]["ours"], rows[1]["difference"], rows[1]["verdict"]) == (None, None, "disagrees")
