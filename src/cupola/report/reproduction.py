"""Published results beside ours as Markdown: the whole table, and a short one of the headlines."""

from collections.abc import Iterable, Sequence

from cupola.studies.reproduce import Row
from cupola.studies.reproduce_case import Case, heading
from cupola.studies.reproduce_words import (
    Played,
    counted,
    counts,
    difference_text,
    inputs_text,
    ours_text,
    published_text,
    solutions_text,
)

MARKS = ("<!-- reproduction: begin -->", "<!-- reproduction: end -->")
HEAD = ("claim", "quantity", "published", "ours", "difference", "verdict")


def between_marks(page: str, table: str) -> str:
    """Return a Markdown page with a table put between its marks. Raises ``ValueError`` where there are none."""
    before, begin, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not begin or not end:
        raise ValueError(f"got a page without {MARKS[0]} and {MARKS[1]}")
    return f"{before}{begin}\n\n{table}\n{end}{after}"


def stored_claims(page: str) -> list[tuple[str, ...]]:
    """Return the claims that a page's whole table holds, as :func:`claim_cells` writes them."""
    rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `"))
    return [tuple(row[:3]) for row in rows]


def claim_cells(topic: str, case: Case, quantity: str) -> tuple[str, str, str]:
    """Return the cells of a row that do not depend on playing it: id, quantity, published."""
    return f"`{topic}/{case.id}`", quantity.replace("_", " "), _escaped(published_text(case, quantity))


def whole_table(played: Played) -> str:
    """Return every topic as a section: a table of its rows, then each case in words with its source."""
    rows = [row for _, part in played for row in part]
    topics = list(dict.fromkeys(topic for topic, _ in played))
    parts = [f"{len(played):,} cases, {len(rows):,} figures: {counted(counts(rows))}.\n"]
    for topic in topics:
        cases = [part for other, part in played if other == topic]
        parts.append(f"## {heading(topic)}\n")
        parts.append(_table(HEAD, [_cells(topic, row) for part in cases for row in part]))
        parts += [_told(topic, part) for part in cases]
    return "\n".join(parts)


def short_table(played: Played) -> str:
    """Return the headlines, one row for each figure, and how the rest came out."""
    chosen = [part for _, part in played if part[0].case.headline]
    head = ("who", "claim", "published", "ours, or what it would take", "verdict")
    body = [
        (
            row.case.headline,
            _escaped(row.case.title),
            _escaped(f"{row.quantity.replace('_', ' ')} {published_text(row.case, row.quantity)}"),
            _escaped(_answer(row)),
            row.verdict,
        )
        for part in chosen
        for row in _leading(part)
    ]
    rows = [row for _, part in played for row in part]
    return _table(head, body) + f"\nOf {len(rows):,} figures of {len(played):,} cases {counted(counts(rows))}.\n"


def _leading(part: Sequence[Row]) -> list[Row]:
    """Return the rows of a case that stand in the short table: those that its claim is about, otherwise the first."""
    return [row for row in part if row.quantity in ("satellites", "total_cost", "range")] or [part[0]]


def _answer(row: Row) -> str:
    if not row.reproduced_by:
        return ours_text(row)
    ends = row.reproduced_by if len(row.reproduced_by) < 3 else (row.reproduced_by[0], row.reproduced_by[-1])
    return f"takes {' up to '.join(inputs_text(each) for each in ends)}"


def _cells(topic: str, row: Row) -> Sequence[str]:
    ours = _escaped(ours_text(row))
    return *claim_cells(topic, row.case, row.quantity), ours, difference_text(row), _verdict(row)


def _verdict(row: Row) -> str:
    return f"**{row.verdict}**" if row.verdict in ("disagrees", "error") else row.verdict


def _told(topic: str, part: Sequence[Row]) -> str:
    case = part[0].case
    said = f"- `{topic}/{case.id}`, {case.status}: {case.title}. *{case.source}.*"
    if case.inputs:
        said += f" Inputs: {inputs_text(case.inputs)}."
    said += "".join(
        f" {name.replace('_', ' ')[0].upper()}{name.replace('_', ' ')[1:]} is open: {spec.why}."
        for name, spec in case.open.items()
        if spec.why
    )
    told = dict.fromkeys(text for row in part for text in (solutions_text(row), row.note) if text)
    return _escaped(said + "".join(f" {text}" for text in told)) + "\n"


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("$", "\\$")
