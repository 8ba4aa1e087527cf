"""The quality ladder of one run on the terminal."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import terminal

_RUNGS = ("detect", "cue", "track", "fire_control")
_REASONS = 2
_SHOWN = 0.005  # share of the time from which a reason is worth a line


def print_quality(document: dict[str, Any], console: Console | None = None) -> None:
    """Print how long each sensor group's view of each object was good for what; ``document`` is what ``--json``
    prints.
    """
    console = console or terminal()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("object", style="cyan", no_wrap=True)
    table.add_column("sensors", overflow="fold")
    for name in _RUNGS:
        table.add_column(name.replace("_", "\n"), justify="right", no_wrap=True)
    table.add_column("not seen")
    for item in document["objects"]:
        before = ""
        for group, view in item["quality"].items():
            cells = [_rung(view["rungs"][name]) for name in _RUNGS]
            table.add_row(item["object"] if item["object"] != before else "", group, *cells, _unseen(view))
            before = item["object"]
    console.print(table)
    asked = document["quality_thresholds"]
    weapon = asked["fire_control_of"]
    console.print(
        Text(
            "Share of the time that a group watched, and when after launch its view was first so good or better. "
            f"Track: within {asked['track_error_m'] / 1e3:g} km, where the battle manager calls a track firm. Fire "
            f"control: within {asked['fire_control_error_m'] / 1e3:g} km, "
            + (f"half the handover basket of {weapon}." if weapon else "assumed: no interceptor is deployed."),
            style="dim",
        )
    )


def _rung(rung: dict[str, Any]) -> str:
    if rung["first_after_s"] is None:
        return "-"
    return f"{100.0 * rung['fraction']:.0f} %\n{rung['first_after_s']:,.0f} s"


def _unseen(view: dict[str, Any]) -> str:
    """Return the share of the time without a detection and what it was for the most part."""
    shares = {code.replace("-", " "): s / view["watched_s"] for code, s in view["unseen_s"].items()}
    parts = [f"{reason} {100.0 * share:.0f} %" for reason, share in shares.items() if share >= _SHOWN]
    return "\n".join(parts[:_REASONS])
