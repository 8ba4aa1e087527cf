"""The tracking of one run on the terminal."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import terminal

_MOMENTS = 6


def print_tracking(document: dict[str, Any], files: Sequence[str], console: Console | None = None) -> None:
    """Print a run's tracking; ``document`` is what ``--json`` prints, ``files`` what was written."""
    console = console or terminal()
    console.print()
    console.print(Text.assemble((f"Run {document['run']}", "bold"), (f"  seed {document['seed']}", "dim")))
    table = _table("object", "seen", "firm", "custody", "at 300 s", "at 900 s", "NEES", "in band", "numbers")
    for item in document["objects"]:
        inside = item["nees_fraction_inside"]
        table.add_row(
            item["object"],
            _seconds(item["detected_after_s"]),
            _seconds(item["firm_after_s"]),
            f"{100.0 * item['custody_fraction']:.0f} %",
            _error(item["at_300_s"]),
            _error(item["at_900_s"]),
            "-" if item["nees_mean"] is None else f"{item['nees_mean']:.1f}",
            "-" if inside is None else f"{100.0 * inside:.0f} %",
            str(len(item["tracks"])),
        )
    console.print(table)
    low, high = document["nees_band"]
    console.print(
        Text(
            "Position error and, in brackets, its stated sigma; NEES of an honest track has a mean of "
            f"{document['nees_dimension']} and lies in {low:.2f} to {high:.2f} for 95 % of the time.",
            style="dim",
        )
    )
    for item in document["objects"]:
        _print_impacts(console, item)
    if any(item["impact"] for item in document["objects"]):
        console.print(
            Text(
                "An impact point, its sigma and CEP hold if the object flies as said under 'if'; 'lift' is the chance "
                "that the track gives to flight on lift, '?' where it does not show.",
                style="dim",
            )
        )
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def _print_impacts(console: Console, item: dict[str, Any]) -> None:
    launch, rows = item["launch_point"], item["impact"]
    if launch is not None:
        console.print(
            Text(
                f"\n{item['object']}: launch point {_length(launch['error_m'])} off "
                f"(stated {_length(launch['major_m'])} by {_length(launch['minor_m'])}), "
                f"launch time {launch['time_error_s']:+.1f} s "
                f"(stated {launch['sigma_time_s']:.1f} s), {launch['after_s']:.0f} s after launch"
            )
        )
    if not rows:
        console.print(Text(f"{item['object']}: no impact point was foretold", style="dim"))
        return
    table = _table("impact of", "after", "if", "lift", "error", "one sigma", "CEP", "time off")
    for k in sorted({round(i * (len(rows) - 1) / (_MOMENTS - 1)) for i in range(_MOMENTS)}):
        row = rows[k]
        off = row["time_error_s"]
        table.add_row(
            item["object"],
            f"{row['after_s']:,.0f} s",
            row["condition"],
            "?" if row["lift_probability"] is None else f"{100.0 * row['lift_probability']:.0f} %",
            _length(row["error_m"]),
            f"{_length(row['major_m'])} by {_length(row['minor_m'])}",
            _length(row["circular_error_m"]),
            "-" if off is None else f"{off:+.1f} ({row['sigma_time_s']:.1f}) s",
        )
    console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(
            column, justify="left" if i == 0 else "right", style="cyan" if i == 0 else None, no_wrap=i == 0
        )
    return table


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:,.0f} s"


def _error(instant: dict[str, Any] | None) -> str:
    return "lost" if instant is None else f"{_length(instant['error_m'])} ({_length(instant['sigma_m'])})"


def _length(metres: float) -> str:
    if metres < 1e3:
        return f"{metres:,.0f} m"
    return f"{metres / 1e3:,.1f} km" if metres < 1e5 else f"{metres / 1e3:,.0f} km"
