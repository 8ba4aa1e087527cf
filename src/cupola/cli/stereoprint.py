"""The smallest layer of tracking satellites on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import facts, terminal
from cupola.cli.orbitalprint import columns, shell_in_words, short

if TYPE_CHECKING:
    from cupola.studies.stereo import Layers


def print_layers(found: "Layers", files: Sequence[str], console: Console | None = None) -> None:
    """Print how layers hold flights in stereo and the smallest that is enough; ``files`` are those written."""
    console = console or terminal()
    document = found.document
    need = document["requirement"]
    console.print()
    console.print(Text.assemble((document["name"], "bold"), (f"  {len(document['flights'])} flights", "dim")))
    where = "on each of them" if need["over"] == "worst" else "over all of them"
    console.print(
        Text(
            f"wanted: no longer than {need['gap_s']:g} s without two lines of sight that cross at "
            f"{need['minimum_crossing_deg']:g}°, {need['probability']:.1%} of the times, {where}"
        )
    )
    for one in document["layers"]:
        _layer(console, "given", one)
    search = document["search"]
    if search is not None:
        console.print()
        console.print(_grid(search["table"]))
        if search["best"] is None:
            console.print(Text(f"no layer found: {search['none_because']}", style="bold"))
        else:
            _layer(console, "smallest", search["best"])
            console.print(_sizes(search["sizes"]))
    console.print()
    for line in document["assumptions"]:
        console.print(Text(f"{line[0].upper()}{line[1:]}.", style="dim"))
    source = document["sensor"]
    console.print(
        Text(
            f"Notional sensor of {source['values']} values, {source['assumed']} of them assumed: cupola catalog show "
            f"{source['model']}.",
            style="dim",
        )
    )
    for name in files:
        console.print(Text(f"written: {name}"), soft_wrap=True)


def _layer(console: Console, word: str, one: dict[str, Any]) -> None:
    rows = [
        (word, f"{one['satellites']:,} satellites: {shell_in_words(one['shell'])}"),
        ("requirement", f"{'met' if one['enough'] else 'NOT met'}: {one['probability_met']:.1%} of the times"),
    ]
    console.print()
    console.print(facts(rows))
    table = columns("flight", "in stereo", "gap: 50 %", "95 %", "worst", "enough")
    for row in one["flights"]:
        table.add_row(
            short(row["name"]),
            f"{row['stereo_fraction']:.1%}",
            *(f"{row[f'longest_gap_{key}_s']:.0f} s" for key in ("median", "p95", "worst")),
            f"{row['probability_met']:.1%}",
        )
    console.print(table)


def _grid(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the smallest size over all numbers of planes, by inclination (rows) and height (columns)."""
    heights = sorted({row["altitude_km"] for row in rows})
    table = columns("satellites (planes)", *(f"{height:g} km" for height in heights))
    for tilt in sorted({row["inclination_deg"] for row in rows}):
        cells = []
        for height in heights:
            here = [
                (row["satellites"], row["planes"])
                for row in rows
                if row["inclination_deg"] == tilt and row["altitude_km"] == height and row["satellites"] is not None
            ]
            cells.append(f"{min(here)[0]} ({min(here)[1]})" if here else "-")
        table.add_row(f"{tilt:g}°", *cells)
    return table


def _sizes(rows: Sequence[dict[str, Any]]) -> Table:
    table = columns("other sizes of it", *(f"{row['satellites']}" for row in rows))
    table.add_row("enough", *(f"{row['probability_met']:.0%}" for row in rows))
    table.add_row("gap, 95 %", *(f"{row['longest_gap_p95_s']:.0f} s" for row in rows))
    table.add_row("in stereo", *(f"{row['stereo_fraction']:.0%}" for row in rows))
    return table
