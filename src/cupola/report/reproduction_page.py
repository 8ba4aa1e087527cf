"""Published results beside ours as a page: what agrees, what does not, and what it would take."""

from collections.abc import Sequence

from cupola.report.markup import Headline, figure, paragraph, table, text
from cupola.report.openplot import open_figure
from cupola.report.study_page import Part, StudyPage, build_study_page
from cupola.studies.reproduce import Row
from cupola.studies.reproduce_case import heading
from cupola.studies.reproduce_words import (
    Played,
    counted,
    counts,
    difference_text,
    document,
    inputs_text,
    ours_text,
    published_text,
    solutions_text,
)

_HEAD = ("claim", "quantity", "published", "ours", "difference", "allowed", "verdict")


def build_page(played: Played) -> str:
    """Return the page as HTML; it needs no network and no scripts."""
    rows = [row for _, part in played for row in part]
    numbers = counts(rows)
    topics = list(dict.fromkeys(topic for topic, _ in played))
    failed = sum(row.fails for row in rows)
    answer = f"Of {len(rows):,} published or exact figures {text(counted(numbers))}."
    answer += f" {failed} of them count against us." if failed else " No difference is left unexplained."
    page = StudyPage(
        title="Published results beside ours",
        about="Each row is a claim that somebody published, or an exact result, played with the inputs given there.",
        answer=answer,
        headlines=tuple(
            Headline(name=verdict, value=f"{number:,}", kind="leak" if verdict in ("disagrees", "error") else "")
            for verdict, number in numbers.items()
            if number
        ),
        parts=[
            Part(topic, heading(topic), _topic(topic, [part for other, part in played if other == topic]))
            for topic in topics
        ],
        data=document(played),
    )
    return build_study_page(page)


def _topic(topic: str, cases: Sequence[Sequence[Row]]) -> str:
    body = [_cells(row, first=row is part[0]) for part in cases for row in part]
    told = "".join(_told(part) + _drawn(topic, part) for part in cases)
    return table(_HEAD, body, caption="Claims and ours", numeric=(2, 3, 4)) + told


def _drawn(topic: str, part: Sequence[Row]) -> str:
    """Return a figure for every row with open inputs."""
    drawn = [(row, open_figure(row, f"{topic}-{row.case.id}-{row.quantity}")) for row in part if row.sweep]
    return "".join(figure(svg, text(_caption(row))) for row, svg in drawn if svg)


def _caption(row: Row) -> str:
    last = list(row.case.open)[-1].replace("_", " ")
    circled = "Circled: where they meet" if row.reproduced_by else "They do not meet"
    return f"Ours by {last}, and what was published (red). {circled}."


def _cells(row: Row, *, first: bool) -> Sequence[str]:
    verdict = text(row.verdict)
    return (
        text(row.case.title if first else ""),
        text(row.quantity.replace("_", " ")),
        text(published_text(row.case, row.quantity)),
        text(ours_text(row)),
        text(difference_text(row)),
        text(row.allowed),
        f"<strong>{verdict}</strong>" if row.verdict in ("disagrees", "error") else verdict,
    )


def _told(part: Sequence[Row]) -> str:
    case = part[0].case
    said = f"<strong>{text(case.title)}</strong> ({text(case.status)}). {text(case.source)}."
    if case.inputs:
        said += f" Inputs: {text(inputs_text(case.inputs))}."
    told = dict.fromkeys(line for row in part for line in (solutions_text(row), row.note) if line)
    return paragraph(said + "".join(f" {text(line)}" for line in told))
