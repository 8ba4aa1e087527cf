"""Studies on the terminal: the answer, one table, where the rest lies."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import terminal
from cupola.cli.outcome import estimate

MOST_ROWS = 40


def print_study(document: dict[str, Any], answer: str, rows: Sequence[Sequence[str]]) -> None:
    """Print a study: ``answer`` in words, ``rows`` as a table whose first row is its head."""
    console = terminal()
    runs = f"{document['runs']:,} run{'' if document['runs'] == 1 else 's'} a point, seed {document['seed']}"
    console.print()
    console.print(Text(document["name"], style="bold"))
    console.print(Text(answer))
    console.print(Text(f"{runs}; means a run with 95 % intervals", style="dim"))
    head, *body = rows
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 0))
    for index, title in enumerate(head):
        table.add_column(title, justify="left" if index == 0 else "right", no_wrap=index > 0)
    for row in body[:MOST_ROWS]:
        table.add_row(*row)
    console.print(table)
    if len(body) > MOST_ROWS:
        console.print(Text(f"... and {len(body) - MOST_ROWS} more rows in points.parquet", style="dim"))
    console.print(Text(f"folder  {document['out']}", style="dim"))
    if document.get("report"):
        console.print(Text(f"report  {document['report']}", style="dim"))


def with_unpriced(answer: str, *costs: dict[str, Any]) -> str:
    """Return the answer with a line that names what the costs leave out."""
    parts = dict.fromkeys(part for cost in costs for part in cost["not_priced"])
    return f"{answer}\nNot priced: {', '.join(parts)}." if parts else answer


def value_cell(data: dict[str, float | None] | None) -> str:
    """Return ``mean [low, high]`` with the digits that the interval warrants; what is not known is a dash."""
    return " ".join(estimate(data)).rstrip()
