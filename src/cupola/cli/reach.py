"""``cupola reach``: what an interceptor reaches, how soon and how fast."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing

Interceptor = Annotated[
    str,
    typer.Argument(
        metavar="INTERCEPTOR",
        help="Interceptor of the catalogue (cupola catalog list interceptors)",
        show_default=False,
    ),
]
Site = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="NAME|LAT,LON",
        help="Site of the catalogue, city, or '63.9,-145.7': in eight directions over the turning Earth",
    ),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.png", help="Draw it (png, svg, pdf)")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


def command(interceptor: Interceptor, site: Site = None, out: Out = None, as_json: AsJson = False) -> None:
    """Tell what one interceptor reaches: the shortest flight time and the speed left over ground range and altitude.

    For one that waits in orbit: the circle that it covers by time since release.
    """
    with exit_codes():
        from cupola.studies.reach import reach
        from cupola.studies.reach_document import describe

        if out is not None:
            check_picture(out, "--out")
        found = reach(interceptor, site=site, named=lambda name: f"--{name}")
        document = describe(found)
        if out is not None:
            from cupola.report.reachplot import draw_reach

            with replacing(out, "--out") as temporary:
                draw_reach(found, temporary)
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print(document, [] if out is None else [str(out)])


def _print(document: dict[str, Any], files: list[str]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from cupola.cli.flightprint import facts, terminal

    console = terminal()
    console.print()
    console.print(Text.assemble((document["title"], "bold"), (f"  {document['interceptor']}", "dim")))
    limits = ", ".join(f"{key.rpartition('_')[0].replace('_', ' ')} {value:,g} {key.rpartition('_')[2]}"
                       for key, value in document["limits"].items())  # fmt: skip
    rows = [("layer", document["layer"]), ("limits", limits)]
    if document.get("site"):
        rows.append(("site", document["site"]["name"]))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    if "circles" in document:
        rows.append(("intercept at", f"{document['intercept_altitude_km']:,g} km"))
        columns, lines = _circles(document)
    else:
        rows.append(("burnout", f"{document['burnout_s']:,.1f} s"))
        columns, lines = _fans(document)
    console.print(facts(rows))
    for column in columns:
        table.add_column(column, justify="right")
    for line in lines:
        table.add_row(*line)
    console.print(table)
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def _circles(document: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    lines = []
    for circle in document["circles"][4::5]:
        radii = ", ".join(f"{each['radius_km']:,.0f} km" for each in circle["radius_km"]) or "none yet"
        lines.append([f"{circle['time_s']:,.0f} s", f"{circle['displacement_km']:,.0f} km", radii])
    return ["after", "displacement", "radius of the circle, by orbit"], lines


def _fans(document: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return a row for each direction; where there is one alone, for each altitude at three ranges."""
    if len(document["fans"]) > 1:
        lines = [
            [f"{fan['azimuth_deg']:.0f}°", f"{fan['soonest_s']:,.0f} s", f"{fan['farthest_km']:,.0f} km",
             f"{fan['highest_km']:,.0f} km"]
            for fan in document["fans"]
        ]  # fmt: skip
        return ["azimuth", "soonest", "farthest", "highest"], lines
    fan = document["fans"][0]
    lines = []
    for edge in fan["edge"]:
        level = [row for row in fan["table"] if row["altitude_km"] == edge["altitude_km"]]
        if level:
            first, last = level[0], level[-1]
            lines.append(
                [f"{edge['altitude_km']:,.0f} km", f"{edge['range_km']:,.0f} km", f"{first['time_s']:,.0f} s",
                 f"{last['time_s']:,.0f} s", f"{last['speed_km_s']:.2f} km/s"]
            )  # fmt: skip
    return ["altitude", "farthest", "soonest", "out there", "speed out there"], lines[::-1]
