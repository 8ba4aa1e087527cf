"""One engagement on the terminal."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cupola.campaign.wording import clock, km
from cupola.cli.flightprint import terminal

if TYPE_CHECKING:
    from cupola.campaign.engagement import Engagement, Shot
    from cupola.campaign.shooters import Shooter

_NAMED = 6
"""Groups of one line that are named"""


def print_engagement(engagement: "Engagement", files: Sequence[str], console: Console | None = None) -> None:
    """Print an engagement; ``files`` are what was written."""
    console = console or terminal()
    console.print()
    console.print(
        Text.assemble(
            (f"Run {engagement.run}: ", "dim"), (engagement.title, "bold"), (f"  seed {engagement.seed}", "dim")
        )
    )
    console.print(Text(engagement.verdict, style="red" if engagement.leaked else "green"))
    console.print()
    lines = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    lines.add_column(justify="right", style="cyan", no_wrap=True)
    lines.add_column()
    for line in engagement.timeline:
        lines.add_row(clock(line.time_s), Text(line.text))
    console.print(lines)
    if engagement.shots:
        console.print(_shots(engagement.shots))
    if engagement.shooters:
        console.print("\nWhat every group of interceptors did", style="bold")
    for text in shooter_lines(engagement.shooters):
        console.print(Padding(Text(text), (0, 0, 0, 2)))
    console.print("\nTimes are minutes and seconds after the launch of its missile.", style="dim")
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def shooter_lines(shooters: "Sequence[Shooter]") -> list[str]:
    """Return a line for every group of interceptors; groups of a layer with the same to say share one."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in shooters:
        groups.setdefault((each.layer, each.text), []).append(each.group)
    return [f"{_listed(names)} (layer {layer}): {text}" for (layer, text), names in groups.items()]


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _shots(shots: "Sequence[Shot]") -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("shot", style="cyan", justify="right")
    for name in ("shooter", "release", "seeker", "end", "up", "miss", "outcome"):
        words = name in ("shooter", "outcome")
        table.add_column(name, justify="left" if words else "right", no_wrap=name != "outcome")
    for shot in shots:
        table.add_row(
            str(shot.shot),
            shot.shooter,
            _time(shot.release_s),
            _time(shot.handover_s),
            _time(shot.intercept_s),
            km(shot.intercept_alt_m),
            f"{shot.miss_m:.2f} m" if math.isfinite(shot.miss_m) else "-",
            shot.outcome.replace("-", " "),
        )
    return table


def _time(seconds: float) -> str:
    return clock(seconds) if math.isfinite(seconds) else "-"
