"""Every published case of every topic, as ``cupola reproduce`` plays it."""

import pytest

from cupola.studies.reproduce import Case, cases, run_case, topics

CASES = [pytest.param(case, id=f"{topic}/{case.id}") for topic in topics() for case in cases(topic)]
EXPLAINED = [pytest.param(case, id=case.id) for topic in topics() for case in cases(topic) if case.finding]


@pytest.mark.parametrize("case", CASES)
def test_a_published_case_is_reproduced(case: Case) -> None:
    rows = run_case(case)
    assert rows
    failed = [row for row in rows if row.fails]
    assert not failed, "; ".join(f"{r.quantity}: {r.published} {r.unit}, ours {r.ours} {r.note}" for r in failed)


@pytest.mark.parametrize("case", EXPLAINED)
def test_an_explained_difference_is_still_one(case: Case) -> None:
    assert {row.verdict for row in run_case(case)} == {"differs"}
