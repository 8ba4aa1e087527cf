"""Tables of published results: what stands in README and docs is what the cases say, and pages are whole."""

import json
import re
from pathlib import Path

import pytest

from cupola.report.reproduction import between_marks, claim_cells, short_table, stored_claims, whole_table
from cupola.report.reproduction_page import build_page
from cupola.studies.reproduce_case import cases, topics
from cupola.studies.reproduce_play import play

ROOT = Path(__file__).parents[3]


@pytest.fixture(name="played", scope="module")
def _played():
    return list(play(["aei", "budget-office"]))


def test_the_table_in_the_docs_holds_every_claim_of_the_cases_and_no_other():
    page = (ROOT / "docs/reproduction.md").read_text(encoding="utf-8")
    listed = [claim_cells(topic, case, name) for topic in topics() for case in cases(topic) for name in case.expected]
    assert stored_claims(page) == listed, "run `make tables`"
    for topic in topics():
        for case in cases(topic):
            assert f"`{topic}/{case.id}`, {case.status}: " in page, "run `make tables`"


def test_the_table_in_the_readme_holds_every_headline():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.split("<!-- reproduction: begin -->")[1].split("<!-- reproduction: end -->")[0]
    headlines = [case for topic in topics() for case in cases(topic) if case.headline]
    assert headlines
    for case in headlines:
        assert f"| {case.headline} | {case.title} |".replace("$", "\\$") in section, "run `make tables`"
    figures = sum(len(case.expected) for topic in topics() for case in cases(topic))
    number = sum(len(cases(topic)) for topic in topics())
    assert f"Of {figures:,} figures of {number:,} cases" in section, "run `make tables`"


def test_the_whole_table_tells_claims_ours_and_what_it_would_take(played):
    table = whole_table(played)
    assert "| `aei/defaults` | satellites | 998 | 998 | +0 | agrees |" in table
    assert "interceptor mass 2346 kg" in table
    assert stored_claims(table) == [
        claim_cells(topic, part[0].case, row.quantity) for topic, part in played for row in part
    ]
    for line in table.splitlines():
        assert re.search(r"(?<!\\)\$", line) is None, line


def test_the_short_table_holds_headlines_alone(played):
    table = short_table(played)
    assert "| AEI, 2025 | Five missiles launched together | satellites 4,990 | 4,986 | agrees |" in table
    assert "shots per threat" not in table


def test_a_table_goes_between_its_marks_and_nowhere_else():
    page = "before\n<!-- reproduction: begin -->\nold\n<!-- reproduction: end -->\nafter\n"
    new = between_marks(page, "| new |\n")
    assert new == "before\n<!-- reproduction: begin -->\n\n| new |\n\n<!-- reproduction: end -->\nafter\n"
    assert between_marks(new, "| new |\n") == new
    with pytest.raises(ValueError, match="a page without"):
        between_marks("nothing", "| new |")


def test_the_page_holds_each_verdict_and_the_data_for_machines(played):
    page = build_page(played)
    assert page == build_page(played)
    data = re.search(r'<script type="application/json" id="summary">\n(.*?)\n</script>', page, re.DOTALL)
    assert len(json.loads(data[1])["rows"]) == sum(len(part) for _, part in played)
    assert page.count("<figure") == 7  # one for each row with an open input
    for part in ("Published results beside ours", "AEI&#x27;s calculator", "not enough published inputs", "2346 kg"):
        assert part in page
