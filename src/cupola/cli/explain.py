"""``cupola explain``: why one object of one run leaked or died, step by step."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cupola.cli.exits import exit_codes

if TYPE_CHECKING:
    from cupola.campaign.story import Story

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Run folder", show_default=False)]
Run = Annotated[int, typer.Option("--run", metavar="K", help="Run index, from 0", show_default=False)]
Object = Annotated[str, typer.Option("--object", metavar="ID", help="Object, e.g. M03 or M03-RV1", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


def command(folder: Folder, run: Run, object_id: Object, as_json: AsJson = False) -> None:
    """Tell what happened to one threat object in one run: who saw it, who tracked it, who fired, what came of it.

    Plays the run again from the folder's scenario and plan, so that every run can be explained, kept or not.
    """
    with exit_codes():
        from cupola.campaign.bench import simulate_run
        from cupola.campaign.engagement import windows_at
        from cupola.campaign.repeat import check_run
        from cupola.campaign.scenario_chain import ScenarioChain, stored_campaign
        from cupola.campaign.story import tell

        scenario, plan = stored_campaign(folder)
        check_run(plan, run)
        simulator = ScenarioChain(scenario=scenario).open()
        record = simulate_run(simulator, plan, run, keep_tracks=True)
        world = simulator.world(plan.values(run))
        delay = world.scenario.battle.commit_delay
        windows = windows_at(record, world, object_id, seed=plan.seed)
        story = tell(record, object_id, commit_delay_s=delay, windows=windows)
    if as_json:
        from cupola.campaign.tables import finite

        sys.stdout.write(json.dumps(finite(asdict(story)), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print(story)


def _print(story: "Story") -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from cupola.campaign.wording import clock
    from cupola.cli.engageprint import shooter_lines

    console = Console(highlight=False)
    console.print()
    console.print(Text.assemble((f"Run {story.run}: ", "dim"), (story.title, "bold")))
    console.print(Text(story.verdict, style="red" if story.verdict.startswith("LEAKED") else "green"))
    console.print()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="cyan", no_wrap=True)
    table.add_column()
    for line in story.lines:
        table.add_row(clock(line.time_s), Text(line.text))
    console.print(table)
    shooters = shooter_lines(story.shooters)
    for heading, texts in (("What every group of interceptors did", shooters), ("What the sensors saw", story.sensors)):
        if texts:
            console.print(f"\n{heading}", style="bold")
            for text in texts:
                console.print(Padding(Text(text), (0, 0, 0, 2)))
    console.print("\nTimes are minutes and seconds after the launch of its missile.", style="dim")
