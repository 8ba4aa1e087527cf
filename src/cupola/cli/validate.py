"""``cupola validate``: is this scenario sound, and what does it resolve to?"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import BAD_INPUT, exit_codes

if TYPE_CHECKING:
    from cupola.engine.world import World

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML)", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


def command(scenario: ScenarioFile, as_json: AsJson = False) -> None:
    """Check a scenario in full: keys, units, names, places, and whether every missile can fly to its aim point.

    Prints what it resolves to. Exit code 0 when it is sound, 2 when not, with every problem found.
    """
    with exit_codes():
        from cupola.scenario.errors import ScenarioError

        try:
            document = _summary(scenario)
        except ScenarioError as error:
            if as_json:
                problems = [vars(problem) for problem in error.problems]
                sys.stdout.write(json.dumps({"valid": False, "problems": problems}, indent=2) + "\n")
                raise SystemExit(BAD_INPUT) from None
            raise
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _print(document)


def _summary(path: Path) -> dict[str, Any]:
    from cupola.engine.world import build
    from cupola.scenario.load import load, scenario_hash

    scenario = load(path)
    world = build(scenario)
    return {
        "valid": True,
        "name": scenario.name,
        "hash": scenario_hash(scenario),
        "runs": scenario.runs,
        "seed": scenario.seed,
        "raid": [_flights(world, index) for index in range(len(scenario.raid))],
        "sensors": [
            {"name": group.name, "model": group.model, "count": len(group.sites) or _satellites(group.constellation)}
            for group in scenario.sensors
        ],
        "interceptors": [
            {"name": group.name, "model": group.model, "layer": group.layer, "inventory": group.inventory}
            for group in scenario.interceptors
        ],
        "uncertainty": scenario.uncertainty,
        "overrides": [override.model_dump() for override in scenario.overrides],
        "allies": [ally.model_dump() for ally in scenario.allies],
        "values": len(scenario.values),
        "assumed": sum(value.confidence == "assumed" for value in scenario.values),
    }


def _satellites(constellation: Any) -> int:
    listed = getattr(constellation, "longitudes", None) or getattr(constellation, "nodes", None)
    return int(constellation.total) if listed is None else len(listed)


def _flights(world: "World", index: int) -> dict[str, Any]:
    group = world.scenario.raid[index]
    flights = [missile.flight for missile in world.missiles if missile.group is group]

    def span(read: Callable[[Any], float], unit: float) -> list[float]:
        values = [read(flight) / unit for flight in flights]
        return [round(min(values), 1), round(max(values), 1)]

    return {
        "name": group.name,
        "missiles": len(flights),
        "range_km": span(lambda f: f.range_m, 1e3),
        "apogee_km": span(lambda f: f.apogee_m, 1e3),
        "flight_time_min": span(lambda f: f.flight_time_s, 60.0),
        "burnout_s": span(lambda f: f.burnout.time_s, 1.0),
    }


def _print(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(f"[bold]{document['name']}[/bold]\nsound; hash {document['hash'][:12]}\n")
    for raid in document["raid"]:
        low_to_high = {key: " to ".join(f"{value:,.0f}" for value in dict.fromkeys(raid[key])) for key in _SPANS}
        text = ", ".join(words.format(low_to_high[key]) for key, words in _SPANS.items())
        console.print(f"raid {raid['name']}: {raid['missiles']} missiles, {text}")
    for part in ("sensors", "interceptors"):
        table = Table(title=part, title_justify="left", box=None, padding=(0, 2, 0, 0))
        for column in document[part][0] if document[part] else ():
            table.add_column(column, justify="right" if column in ("count", "inventory") else "left")
        for row in document[part]:
            table.add_row(*(f"{value:,}" if isinstance(value, int) else value for value in row.values()))
        console.print()
        console.print(table if document[part] else f"{part}: none")
    console.print()
    for path, distribution in document["uncertainty"].items():
        console.print(f"uncertain: {path} ~ {distribution}")
    for override in document["overrides"]:
        console.print(f"override: {override['path']}: {override['from_']} -> {override['to']}")
    for ally in document["allies"]:
        console.print(f"{ally['nation']}: {len(ally['used'])} sites used", end="")
        console.print(f", removed {', '.join(ally['removed'])}" if ally["removed"] else "")
        for missing in ally["not_simulated"]:
            console.print(f"  not simulated: {missing}")
    console.print(f"{document['values']} sourced values, {document['assumed']} of them assumed; see cupola cite")


_SPANS = {
    "range_km": "range {} km",
    "apogee_km": "apogee {} km",
    "flight_time_min": "{} min of flight",
    "burnout_s": "burnout at {} s",
}
