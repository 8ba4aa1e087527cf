"""``cupola claim``: can a reported flight have happened as stated?"""

import json
import math
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import exit_codes

if TYPE_CHECKING:
    from cupola.threats.claim import ClaimCheck

Apogee = Annotated[str, typer.Option("--apogee", metavar="Q", help="Reported greatest height, e.g. '6040.9 km'")]
Range = Annotated[str, typer.Option("--range", metavar="Q", help="Reported ground range, e.g. '999.2 km'")]
Time = Annotated[str, typer.Option("--time", metavar="Q", help="Reported time of flight, e.g. '4135 s' or '53 min'")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]

_STYLES = {"possible": "bold green", "doubtful": "bold yellow", "impossible": "bold red"}


def command(apogee: Apogee, range_: Range, time: Time, as_json: AsJson = False) -> None:
    """Check a reported ballistic flight: possible, doubtful or impossible, and why.

    Apogee and range fix the shortest time that the flight can have taken: an impulse at the surface of a sphere, two
    bodies. What the report gives beyond that was spent under power, and is held against the burn of real boosters.
    Write the figures with the digits that were reported: they are taken as rounded to the last one.
    """
    with exit_codes():
        from cupola.studies.claims import claim

        document = describe(claim(apogee, range_, time, option="--"))
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print(document)


def describe(check: "ClaimCheck") -> dict[str, Any]:
    """Return the verdict as the document that ``--json`` prints."""
    return {
        "apogee_km": round(check.two_body.apogee / 1e3, 4),
        "range_km": round(check.range_m / 1e3, 4),
        "time_s": round(check.time_s, 4),
        "two_body_time_s": round(check.two_body.time_s, 3),
        "excess_time_s": round(check.excess_s, 3),
        "tolerance_s": round(check.tolerance_s, 3),
        "verdict": check.verdict,
        "reason": check.reason,
        "implied_speed_km_s": round(check.two_body.speed / 1e3, 5),
        "implied_angle_deg": round(math.degrees(check.two_body.elevation), 3),
        "implied_burn_s": None if math.isnan(check.burn_s) else round(check.burn_s, 1),
        "plausible_excess_s": [round(value, 1) for value in check.plausible_excess_s],
        "turning_earth_s": [round(value, 1) for value in check.turning_earth_s],
    }


def _print(document: dict[str, Any]) -> None:
    from rich.text import Text

    from cupola.cli.flightprint import duration, facts, terminal

    console = terminal()
    least, greatest = document["plausible_excess_s"]
    west, east = document["turning_earth_s"]
    burn = document["implied_burn_s"]
    console.print()
    console.print(Text(document["verdict"].upper(), style=_STYLES[document["verdict"]]))
    console.print(Text(f"{document['reason'][0].upper()}{document['reason'][1:]}"))
    console.print()
    console.print(
        facts(
            [
                (
                    "reported",
                    f"{document['apogee_km']:,.1f} km up, {document['range_km']:,.1f} km far, "
                    f"in {duration(document['time_s'])}",
                ),
                ("two-body time", duration(document["two_body_time_s"])),
                ("excess", f"{document['excess_time_s']:+,.1f} s, known to {document['tolerance_s']:,.1f} s"),
                (
                    "implied speed",
                    f"{document['implied_speed_km_s']:.3f} km/s at {document['implied_angle_deg']:.1f}°, an impulse",
                ),
                ("implied burn", "none fits" if burn is None else f"about {burn:,.0f} s"),
                ("plausible", f"{least:,.0f} to {greatest:,.0f} s of excess for a booster of this energy"),
                ("turning Earth", f"moves the two-body time by {west:+,.0f} s (due west) to {east:+,.0f} s (due east)"),
            ]
        )
    )
    if burn is None:
        return
    console.print(
        Text(
            "The burn is that of one equivalent stage of 285 s specific impulse that climbs straight; real boosters "
            "differ by some 20 %. The turning Earth is that of the equator.",
            style="dim",
        )
    )
