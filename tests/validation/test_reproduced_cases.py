"""Every published case of every topic, as ``cupola reproduce`` plays it."""

import json

import pytest

from cupola.studies.reproduce import run_case
from cupola.studies.reproduce_case import Case, cases, topics
from cupola.studies.reproduce_words import record

CASES = [pytest.param(case, id=f"{topic}/{case.id}") for topic in topics() for case in cases(topic)]


@pytest.mark.parametrize("case", CASES)
def test_a_published_case_is_reproduced(case: Case) -> None:
    rows = run_case(case)
    assert rows
    assert json.dumps([record("a topic", row) for row in rows], allow_nan=False)
    failed = [row for row in rows if row.fails]
    assert not failed, "; ".join(f"{r.quantity}: {r.published} {r.unit}, ours {r.ours} {r.note}" for r in failed)
    # A finding excuses a difference: without one there is nothing to excuse.
    if case.finding:
        assert any(row.verdict not in ("agrees", "within stated spread") for row in rows), "nothing to be explained"
