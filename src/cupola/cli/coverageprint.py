"""Coverage on the terminal."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cupola.cli.flightprint import facts, terminal


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
