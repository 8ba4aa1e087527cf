"""``cupola cite``: the bibliography of a scenario."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cupola.cli.exits import exit_codes

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML)", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


def command(scenario: ScenarioFile, as_json: AsJson = False) -> None:
    """Print the sources of every number that a scenario uses, what each gives, and what is assumed and why."""
    with exit_codes():
        from cupola.scenario.load import load

        resolved = load(scenario)
    used: dict[str, list[str]] = {}
    for value in resolved.values:
        used.setdefault(value.source, []).append(value.path)
    assumed = [value.model_dump() for value in resolved.values if value.confidence == "assumed"]
    references = [
        {**reference.model_dump(), "values": used.get(reference.key, [])} for reference in resolved.references
    ]
    if as_json:
        document = {"name": resolved.name, "references": references, "assumed": assumed}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _print(resolved.name, references, assumed)


def _print(name: str, references: list[dict[str, Any]], assumed: list[dict[str, Any]]) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]Sources of: {name}[/bold]\n")
    for reference in references:
        parts = (
            f"{reference['authors']} ({reference['year']})",
            reference["title"],
            reference["where"],
            reference["url"],
        )
        console.print(f"{reference['key']}  " + ". ".join(part for part in parts if part), markup=False)
        values = reference["values"]
        if values:
            more = f" and {len(values) - 3} more" if len(values) > 3 else ""
            console.print(f"    {len(values)} values: {', '.join(values[:3])}{more}", style="dim", markup=False)
    console.print(f"\n[bold]Assumed, {len(assumed)} values[/bold]\n")
    for value in assumed:
        quantity = f"{value['value']} {value['unit']}".strip()
        console.print(f"{value['path']} = {quantity}  {value['note']}", markup=False)
