"""The page of a study: complete, self-contained, safe, and the same bytes for the same content."""

from pathlib import Path

import numpy as np
import pytest
from test_report_page import check_figure, check_page

from cupola.report.draw import render
from cupola.report.markup import Headline, figure, paragraph
from cupola.report.study_page import Part, StudyPage, build_study_page, write_study_page
from cupola.report.theme import ink


def drawn(name: str) -> str:
    def paint(sheet):
        axes = sheet.add_axes((0.1, 0.1, 0.8, 0.8))
        axes.plot(np.arange(3), [1.0, 3.0, 2.0], color=ink("accent"))

    return render(paint, name=name, title="A line", description="Up, then down.", width=400, height=300)


def page_of(**changes) -> StudyPage:
    parts = (
        Part("first", "How it moves", figure(drawn("first-line"), "<b>A line.</b>") + paragraph("Words.")),
        Part("second", "And then", figure(drawn("second-line"), "<b>The same.</b>")),
    )
    given = {
        "title": 'A "study" of <b> & <script>',
        "about": "What it is for.",
        "answer": "<strong>Three</strong> of four.",
        "headlines": (Headline(name="leaked", value="3.0", beside="95 %: 2 to 4", kind="leak"),),
        "parts": parts,
        "data": {"hostile": "</script><script>alert(1)</script>"},
    }
    return StudyPage(**{**given, **changes})


def test_page_is_whole_and_loads_nothing(tmp_path: Path) -> None:
    target = write_study_page(page_of(), tmp_path / "report.html")
    html = target.read_text(encoding="utf-8")
    check_page(html)
    check_figure(html[html.index("<svg") : html.index("</svg>") + 6])
    assert '<a href="#second">And then</a>' in html
    assert "<strong>Three</strong>" in html
    assert html == build_study_page(page_of())
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_one_part_needs_no_contents_and_names_are_unique() -> None:
    alone = page_of(parts=(Part("only", "All of it", paragraph("x")),))
    assert "<nav" not in build_study_page(alone)
    with pytest.raises(ValueError, match="names of their own"):
        build_study_page(page_of(parts=(Part("a", "A", ""), Part("a", "B", ""))))
