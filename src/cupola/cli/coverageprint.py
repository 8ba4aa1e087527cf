"""Coverage on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import facts, terminal

if TYPE_CHECKING:
    from cupola.studies.coverage import Coverage, ShellMap

_SHADES = " ░▒▓█"
_ROWS, _COLUMNS = 18, 72


def print_coverage(found: "Coverage", files: Sequence[str], console: Console | None = None) -> None:
    """Print what the sensors of a coverage file see; ``files`` are those written."""
    console = console or terminal()
    document = found.document
    console.print()
    hours = document["duration_s"] / 3600.0
    console.print(
        Text.assemble(
            (document["name"], "bold"),
            (f"  {document['area']}, {hours:g} h in steps of {document['step_s']:g} s", "dim"),
        )
    )
    console.print(Text(", ".join(_sensor(sensor) for sensor in document["sensors"])))
    console.print()
    console.print(_shells(document["shells"]))
    for each in found.maps:
        _print_map(console, found, each)
    if document["custody"]:
        console.print(_custody(document["custody"]))
    if document["losses"]:
        console.print(_losses(document["losses"]))
    for line in document["assumptions"]:
        console.print(Text(line, style="dim"))
    total, assumed = (sum(sensor[key] for sensor in document["sensors"]) for key in ("values", "assumed"))
    console.print(
        Text(f"Notional sensors of {total} values, {assumed} of them assumed: cupola catalog show NAME.", style="dim")
    )
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def text_map(values: Any, rows: int = _ROWS, columns: int = _COLUMNS) -> list[str]:
    """Return lines of shades, north on top, of shares (latitudes, longitudes) in 0 to 1; NaN is a dot.

    A full block is a share of more than 0.995, a blank less than 0.005; between them in three even steps.
    """
    lines = []
    for band in np.array_split(np.asarray(values)[::-1], min(rows, len(values))):
        shades = []
        for cell in np.array_split(band, min(columns, band.shape[1]), axis=1):
            here = cell[np.isfinite(cell)]
            shades.append(_shade(float(here.mean())) if len(here) else "·")
        lines.append("".join(shades))
    return lines


def _shade(share: float) -> str:
    if share < 0.005:
        return _SHADES[0]
    return _SHADES[4] if share > 0.995 else _SHADES[1 + min(int(share * 3.0), 2)]


def _print_map(console: Console, found: "Coverage", each: "ShellMap") -> None:
    title = f"in view at {each.shell.altitude / 1e3:g} km, {each.shell.shows}"
    console.print(Text(f"{title}: ░ under 33 %, ▒ 67 %, ▓ 99.5 % of the time, █ always", style="cyan"))
    lines = text_map(each.covered, columns=min(_COLUMNS, max(console.width - 8, 24)))
    for k, line in enumerate(lines):
        north = 90.0 - (k + 0.5) * 180.0 / len(lines)
        console.print(Text(f"{abs(north):3.0f}° {'S' if north < 0.0 else 'N'} {line}"), soft_wrap=True)
    console.print(Text(f"       180° W{'0°':^{max(len(lines[0]) - 12, 2)}}180° E", style="dim"), soft_wrap=True)
    console.print()


def _sensor(sensor: dict[str, Any]) -> str:
    lost = f", {sensor['removed']} taken out" if sensor["removed"] else ""
    return f"{sensor['name']}: {sensor['count']} {'sites' if sensor['kind'] != 'infrared' else 'satellites'}{lost}"


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left", style="" if index else "cyan")
    return table


def _shells(shells: Sequence[dict[str, Any]]) -> Table:
    table = _table("shell", "covered", "stereo", "always", "mean in view", "longest gap", "mean gap", "mean age")
    for row in shells:
        revisit = row["mean_revisit_s"]
        table.add_row(
            f"{row['altitude_km']:g} km, {row['shows']}",
            f"{row['fraction_covered']:.2%}",
            f"{row['fraction_stereo']:.2%}",
            f"{row['fraction_always_covered']:.2%}",
            f"{row['mean_visible']:.2f}",
            _time(row["largest_gap_s"]),
            "never seen" if revisit is None else _time(revisit),
            _time(row["age_mean_s"]),
        )
    return table


def _custody(flights: Sequence[dict[str, Any]]) -> Table:
    table = _table("flight", "lasts", "first seen", "in custody", "least", "stereo", "longest gap")
    for row in flights:
        first = row["first_detection_s"]
        table.add_row(
            row["name"],
            _time(row["flight_time_s"]),
            "never" if first is None else _time(first),
            f"{row['custody_fraction']:.1%}",
            f"{row['custody_fraction_least']:.1%}",
            f"{row['stereo_fraction']:.1%}",
            _time(row["longest_gap_s"]),
        )
    return table


def _losses(losses: Sequence[dict[str, Any]]) -> Table:
    flights = [row["name"] for row in losses[0]["custody"]]
    table = _table("satellites lost", "covered", "stereo", "longest gap", *(f"{name} in custody" for name in flights))
    for row in losses:
        table.add_row(
            f"{row['satellites_lost']}",
            f"{row['fraction_covered']:.2%}",
            f"{row['fraction_stereo']:.2%}",
            _time(row["largest_gap_s"]),
            *(f"{each['custody_fraction']:.1%}" for each in row["custody"]),
        )
    return table


def _time(seconds: float) -> str:
    if seconds < 120.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.1f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def print_walker(document: dict[str, Any], console: Console | None = None) -> None:
    """Print a Walker pattern's geometry; ``document`` is what ``--json`` prints."""
    console = console or terminal()
    star = document["streets"]
    console.print()
    console.print(
        Text.assemble(
            (f"Walker {document['kind']} {document['pattern']}", "bold"),
            (f"  {document['inclination_deg']:g}°, {document['altitude_km']:,g} km", "dim"),
        )
    )
    verdict = (
        "the whole globe is always in view" if document["continuous"] else "there are points that no satellite sees"
    )
    needed = document["least_altitude_for_continuous_km"]
    rows = [
        (
            "footprint",
            f"{document['footprint_half_angle_deg']:.2f}° at {document['min_elevation_deg']:g}° of elevation, "
            f"{document['footprint_fraction']:.2%} of the globe",
        ),
        (
            "worst point",
            f"{document['worst_angle_deg']:.2f}° from its nearest satellite, at "
            f"{abs(document['worst_latitude_deg']):.1f}° of latitude",
        ),
        ("continuous", f"{'yes' if document['continuous'] else 'no'}: {verdict}"),
        (
            "margin",
            f"{document['margin_deg']:+.2f}°; at the worst point the satellite stands "
            f"{document['elevation_at_worst_deg']:+.1f}° over the horizon",
        ),
        ("altitude needed", "none is high enough" if needed is None else f"{needed:,.0f} km for all to be in view"),
        ("mean in view", f"{document['mean_visible']:.2f} satellites"),
    ]
    if star is not None:
        rows += _streets(star)
    console.print(facts(rows))
    console.print()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("latitude, °", "mean in view", "least in view"):
        table.add_column(column, justify="right")
    for row in document["by_latitude"]:
        table.add_row(f"{row['latitude_deg']}", f"{row['mean_visible']:.2f}", f"{row['min_visible']}")
    console.print(table)
    console.print(Text(f"{'; '.join(document['assumptions'])}.", style="dim"))


def _streets(star: dict[str, Any]) -> list[tuple[str, str]]:
    if star["sum_deg"] is None:
        return [("streets", "none: the satellites of one plane leave gaps under their own track")]
    return [
        ("street", f"{2.0 * star['street_half_width_deg']:.2f}° wide, always covered along each plane"),
        (
            "streets' sum",
            f"{star['sum_deg']:.2f}°, {'at least' if star['closes'] else 'less than'} the 180° that polar planes must "
            f"close when neighbours are half a seat apart (F = {star['phasing_for_streets']:g})",
        ),
        (
            "planes",
            f"{star['spacing_deg']:g}° apart (at most {star['widest_spacing_deg']:.2f}°), "
            f"seam {star['seam_deg']:.2f}° (at most {star['widest_seam_deg']:.2f}°)",
        ),
    ]
