"""``cupola catalog``: what models, sites and presets there are, and where every number of them comes from."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import exit_codes

if TYPE_CHECKING:
    from cupola.scenario.catalogue import Entry

app = typer.Typer(help="List and show the catalogue: models, sites, regions, assets, programmes.", no_args_is_help=True)

Group = Annotated[
    str | None, typer.Argument(metavar="[GROUP]", help="Only this group, e.g. sensors", show_default=False)
]
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Entry, e.g. sbi-notional or sensors/uewr", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


@app.command("list")
def list_command(group: Group = None, as_json: AsJson = False) -> None:
    """List what a scenario can name."""
    with exit_codes():
        from cupola.scenario.catalogue import listing

        rows = listing(group)
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    for name in dict.fromkeys(row["group"] for row in rows):
        table = Table(
            title=name, title_justify="left", title_style="bold", box=None, show_header=False, padding=(0, 2, 0, 0)
        )
        table.add_column(no_wrap=True, style="cyan")
        table.add_column()
        for row in rows:
            if row["group"] == name:
                table.add_row(row["name"], row["title"])
        console.print(table)
        console.print()


@app.command("show")
def show_command(name: Name, as_json: AsJson = False) -> None:
    """Show one entry: every value with its unit, source, confidence and note."""
    with exit_codes():
        from cupola.scenario.catalogue import cited, find

        found = find(name)
        references = cited({value.source for value in found.values})
    if as_json:
        document: dict[str, Any] = {
            "group": found.group,
            "name": found.name,
            "title": found.title,
            "note": found.note,
            "values": [value.model_dump() for value in found.values],
            "references": [reference.model_dump() for reference in references],
        }
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _print(found, [f"{r.key}: {r.authors} ({r.year}). {r.title}. {r.where}" for r in references])


def _print(found: "Entry", references: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text.assemble((found.title, "bold"), f"\n{found.group}/{found.name}\n\n{found.note}"))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("value", "", "confidence", "source", "note"):
        table.add_column(column)
    for value in found.values:
        path = value.path.removeprefix(f"{found.name}.")
        table.add_row(path, f"{value.value} {value.unit}".strip(), value.confidence, value.source, value.note)
    console.print(table)
    console.print()
    for reference in references:
        console.print(Text(reference, style="dim"))
