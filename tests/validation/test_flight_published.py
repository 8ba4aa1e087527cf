"""Every published case of the topic flight, as ``cupola reproduce flight`` plays it."""

import pytest

from cupola.studies.reproduce import Case, cases, run_case


@pytest.mark.parametrize("case", cases("flight"), ids=lambda case: case.id)
def test_a_published_case_is_reproduced(case: Case) -> None:
    rows = run_case(case)
    assert rows
    failed = [row for row in rows if row.fails]
    assert not failed, "; ".join(f"{r.quantity}: {r.published} {r.unit}, ours {r.ours} {r.note}" for r in failed)


@pytest.mark.parametrize("case", [case for case in cases("flight") if case.finding], ids=lambda case: case.id)
def test_an_explained_difference_is_still_one(case: Case) -> None:
    assert {row.verdict for row in run_case(case)} == {"differs"}
