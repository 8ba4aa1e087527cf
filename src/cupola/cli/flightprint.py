"""Flights, claims and reproduced cases on the terminal."""

import shutil
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDEST = 120


def terminal() -> Console:
    """Return the console, no wider than reads well."""
    return Console(width=min(shutil.get_terminal_size((80, 24)).columns, _WIDEST), highlight=False)


def place(point: dict[str, float]) -> str:
    """Return ``39.00° N, 125.70° E``."""
    lat, lon = point["latitude_deg"], point["longitude_deg"]
    return f"{abs(lat):.2f}° {'S' if lat < 0.0 else 'N'}, {abs(lon):.2f}° {'W' if lon < 0.0 else 'E'}"


def duration(seconds: float) -> str:
    """Return ``4,135.2 s (68 min 55 s)``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{seconds:,.1f} s" + (f" ({minutes:,} min {rest:02d} s)" if minutes else "")


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Return a two-column table of names and values."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for name, value in rows:
        table.add_row(name, Text(value))
    return table


def print_flight(document: dict[str, Any], files: Sequence[str], console: Console | None = None) -> None:
    """Print a flight; ``document`` is what ``--json`` prints, ``files`` what was written."""
    console = console or terminal()
    burnout, impact, start = document["burnout"], document["impact"], document["from"]
    console.print()
    console.print(Text.assemble((document["title"], "bold"), (f"  {document['threat']}", "dim")))
    payloads = document["payloads"]
    single = payloads == 1
    height = f", {start['altitude_km']:,.2f} km up" if start["altitude_km"] else ""
    console.print(
        facts(
            [
                ("from", f"{place(start)}{height}, azimuth {document['azimuth_deg']:.1f}°"),
                ("to", place(document["to"])),
                ("apogee", _height(document["apogee_km"])),
                ("range", f"{document['range_km']:,.1f} km"),
                ("flight time", duration(document["flight_time_s"])),
                (
                    "burnout",
                    f"{burnout['time_s']:,.1f} s, {_height(burnout['altitude_km'])}, {burnout['speed_km_s']:.3f} km/s "
                    f"inertial, {burnout['flight_path_deg']:.1f}° above the horizontal",
                ),
                ("full burn", f"{document['full_burn_s']:,.1f} s with all propellant"),
                (
                    "impact",
                    f"{place(impact)}, {impact['speed_km_s']:.3f} km/s over the ground",
                ),
                ("miss", _distance(document["miss_km"]) + ("" if single else f", the farthest of {payloads} payloads")),
            ]
        )
    )
    console.print()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("phase", style="cyan")
    for column in ("from, s", "to, s", "lasts, s"):
        table.add_column(column, justify="right")
    for phase in document["phases"]:
        start_s, end_s = phase["start_s"], phase["end_s"]
        table.add_row(phase["name"], f"{start_s:,.1f}", f"{end_s:,.1f}", f"{end_s - start_s:,.1f}")
    console.print(table)
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)
    console.print(
        Text(
            f"Notional model of {document['values']} values, {document['assumed']} of them assumed. "
            f"Every one with its source: cupola catalog show {document['threat']}",
            style="dim",
        )
    )


def print_closed_form(document: dict[str, Any], console: Console | None = None) -> None:
    """Print an answer of a few numbers."""
    console = console or terminal()
    words = {
        "start_speed_km_s": ("start speed", "{:,.4f} km/s"),
        "start_altitude_km": ("start altitude", "{:,.2f} km"),
        "speed_km_s": ("speed", "{:,.4f} km/s"),
        "angle_deg": ("angle", "{:.2f}° above the horizontal"),
        "apogee_km": ("apogee", "{:,.1f} km"),
        "range_km": ("range", "{:,.1f} km"),
    }
    rows = [(words[key][0], words[key][1].format(value)) for key, value in document.items() if key in words]
    console.print()
    console.print(Text.assemble((document["threat"], "bold"), (f"  {document['model']}", "dim")))
    console.print(facts([*rows, ("flight time", duration(document["flight_time_s"]))]))


def _distance(kilometres: float) -> str:
    return f"{kilometres * 1e3:,.0f} m" if kilometres < 1.0 else f"{kilometres:,.1f} km"


def _height(kilometres: float) -> str:
    return f"{kilometres * 1e3:,.0f} m" if kilometres < 1.0 else f"{kilometres:,.1f} km"
