"""A page about any study: what was asked, the answer in sentences and numbers, figures, tables, the data for machines.

    page = StudyPage(title="...", answer="...", parts=(Part("curves", "How it moves", figure(svg, "...")), ...))
    write_study_page(page, folder / "report.html")

Figures come from :func:`cupola.report.draw.render`, the pieces of HTML from :mod:`cupola.report.markup`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cupola import __version__
from cupola.report.frame import contents, framed, write_html
from cupola.report.markup import Headline, data_block, headline_row, section, text

NOTIONAL = "From open literature with notional public parameters."


@dataclass(frozen=True)
class Part:
    """One section: ``name`` is its anchor, ``title`` plain text, ``html`` its figures, tables and paragraphs."""

    name: str
    title: str
    html: str


@dataclass(frozen=True, kw_only=True)
class StudyPage:
    """What a page says.

    ``answer`` is one paragraph of HTML set large; ``data`` is embedded for machines as ``summary``; ``credits`` is HTML
    for the foot of the page: what was used that must be named.
    """

    title: str
    parts: Sequence[Part]
    data: Any
    about: str = ""
    answer: str = ""
    headlines: Sequence[Headline] = ()
    credits: str = ""


def build_study_page(page: StudyPage) -> str:
    """Return the whole page; it needs no network and no scripts, and the same content gives the same bytes.

    Raises ``ValueError`` when two parts have the same name.
    """
    names = [part.name for part in page.parts]
    if len(set(names)) < len(names):
        raise ValueError(f"got the parts {', '.join(names)}, accepted are parts with names of their own")
    head = f'<p class="answer">{page.answer}</p>\n' if page.answer else ""
    head += headline_row(page.headlines) if page.headlines else ""
    if len(page.parts) > 1:
        head += contents((part.name, part.title) for part in page.parts)
    body = "".join(section(part.name, part.title, part.html) for part in page.parts)
    footer = f"Made by Cupola {text(__version__)}. {NOTIONAL} {page.credits}".strip()
    return framed(
        title=page.title, about=page.about, head=head, body=body + data_block("summary", page.data), footer=footer
    )


def write_study_page(page: StudyPage, target: Path) -> Path:
    """Write the page, there entirely or not at all, and return where."""
    return write_html(target, build_study_page(page))
