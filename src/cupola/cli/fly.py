"""``cupola fly``: one flight of one threat, or the closed form that it can be held against."""

import json
import math
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import PICTURES, check_picture, check_writable, replacing

if TYPE_CHECKING:
    from cupola.threats.flight import Flight

TWO_BODY = "two-body"
FAR_MISS_KM = 1.0  # what a solved flight keeps
_OPTIONS = {
    "launch": "--from",
    "aim": "--to",
    "altitude": "--from-altitude",
    "waypoints": "--waypoint",
    "range": "--range",
    "azimuth": "--azimuth",
    "apogee": "--apogee",
}

Threat = Annotated[
    str,
    typer.Argument(
        metavar="THREAT",
        help="Threat of the catalogue (cupola catalog list threats), or two-body for the impulsive closed form",
        show_default=False,
    ),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="LAT,LON", help="Launch point: '39.0,125.7', '39N,125.7E' or a city")
]
FromAltitude = Annotated[str, typer.Option("--from-altitude", metavar="Q", help="Height of the launch, e.g. '10 km'")]
To = Annotated[str | None, typer.Option("--to", metavar="LAT,LON", help="Aim point; or give --range")]
Range = Annotated[str | None, typer.Option("--range", metavar="Q", help="Ground range, e.g. '1000 km'; or give --to")]
Azimuth = Annotated[
    str | None,
    typer.Option(
        "--azimuth",
        metavar="Q",
        help="Direction of --range, clockwise from north; default '90 deg', east, as North Korea's lofted tests flew",
    ),
]
Apogee = Annotated[
    str | None, typer.Option("--apogee", metavar="Q", help="Greatest height, e.g. '9000 km'; default: least energy")
]
Waypoints = Annotated[
    list[str] | None, typer.Option("--waypoint", metavar="LAT,LON", help="Point to fly over on the way; repeatable")
]
StartSpeed = Annotated[
    str | None,
    typer.Option(
        "--start-speed", metavar="Q", help="Gliders: only the glide, wings level, from its equilibrium altitude"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Write the flight as a dense table")]
Step = Annotated[str, typer.Option("--step", metavar="Q", help="Time between the rows of --out")]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE.png", help="Draw altitude, speed, ground track (png, svg, pdf)"),
]


def command(
    threat: Threat,
    launch: From = None,
    aim: To = None,
    range_: Range = None,
    azimuth: Azimuth = None,
    apogee: Apogee = None,
    altitude: FromAltitude = "0 m",
    waypoints: Waypoints = None,
    start_speed: StartSpeed = None,
    as_json: AsJson = False,
    out: Out = None,
    step: Step = "1 s",
    plot: Plot = None,
) -> None:
    """Fly one threat: apogee, range, time, burnout, impact, and the whole path as a table or a picture.

    Give --from, and either --to or --range. An aim point out of reach is refused with what the threat could do instead.
    'cupola fly two-body --range Q' gives the impulsive answer on a sphere, for comparison.
    """
    given = {
        "--from": launch,
        "--to": aim,
        "--range": range_,
        "--azimuth": azimuth,
        "--apogee": apogee,
        "--waypoint": waypoints or None,
        "--start-speed": start_speed,
        "--out": out,
        "--plot": plot,
        "--from-altitude": None if altitude == "0 m" else altitude,
    }
    with exit_codes():
        from cupola.cli.flightprint import print_closed_form, print_flight

        if threat == TWO_BODY:
            _only(given, "--range", "--apogee", why="two-body is an impulse on a sphere, with no place and no path")
            document = two_body(range_, apogee)
        elif start_speed is not None:
            _only(given, "--start-speed", why="--start-speed asks for the glide alone, from no place along no course")
            document = glide(threat, start_speed)
        else:
            document = _fly(threat, launch, aim, range_, azimuth, apogee, altitude, waypoints or [], out, step, plot)
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif "burnout" in document:
        print_flight(document, [str(path) for path in (out, plot) if path is not None])
    else:
        print_closed_form(document)


def two_body(range_: str | None, apogee: str | None) -> dict[str, Any]:
    """Return the impulsive flight over a range, of least energy or to an apogee."""
    from cupola.scenario.errors import ScenarioError
    from cupola.studies.flights import apogee_height, ground_range
    from cupola.threats.impulsive import flight_to_apogee, minimum_energy

    if range_ is None:
        raise ScenarioError("--range: it is missing; two-body needs a ground range, e.g. --range '1000 km'")
    distance = ground_range(range_, "--range")
    if apogee is None:
        flight = minimum_energy(distance)
    else:
        flight = flight_to_apogee(apogee_height(apogee, "--apogee"), distance)
    return {
        "threat": TWO_BODY,
        "model": "impulse at the surface of a sphere of 6,371 km; no rotation, no air",
        "speed_km_s": round(flight.speed / 1e3, 5),
        "angle_deg": round(math.degrees(flight.elevation), 4),
        "apogee_km": round(flight.apogee / 1e3, 4),
        "flight_time_s": round(flight.time_s, 3),
        "range_km": round(distance / 1e3, 4),
    }


def glide(threat: str, start_speed: str) -> dict[str, Any]:
    """Return the planar glide of a glider from its equilibrium altitude at a speed."""
    from cupola.scenario.catalogue import entry
    from cupola.scenario.errors import ScenarioError
    from cupola.studies.flights import positive
    from cupola.threats.glide_plane import glide_from

    spec = entry("threats", threat).spec
    if spec.kind != "glide":
        raise ScenarioError(
            f"--start-speed: {threat!r} is of the kind {spec.kind}; accepted are gliders (cupola catalog list threats)"
        )
    speed = positive(start_speed, "speed", "--start-speed")
    try:
        answer = glide_from(spec, speed)
    except ValueError as error:
        raise ScenarioError(f"--start-speed: {str(error).removeprefix('start_speed: ')}") from None
    return {
        "threat": threat,
        "model": "wings level from the equilibrium altitude to the ground; Earth at rest",
        "start_speed_km_s": round(speed / 1e3, 5),
        "start_altitude_km": round(answer.start_altitude_m / 1e3, 4),
        "range_km": round(answer.range_m / 1e3, 3),
        "flight_time_s": round(answer.flight_time_s, 3),
    }


def _only(given: dict[str, Any], *accepted: str, why: str) -> None:
    from cupola.scenario.errors import ScenarioError

    wrong = [option for option, value in given.items() if value is not None and option not in accepted]
    if wrong:
        raise ScenarioError(f"{', '.join(wrong)}: {why}; accepted here: {', '.join(accepted)}")


def _fly(
    threat: str,
    launch: str | None,
    aim: str | None,
    range_: str | None,
    azimuth: str | None,
    apogee: str | None,
    altitude: str,
    waypoints: list[str],
    out: Path | None,
    step: str,
    plot: Path | None,
) -> dict[str, Any]:
    """Fly, write the files asked for, and return the document. Nothing is written unless the flight is possible."""
    from cupola.scenario.catalogue import entry
    from cupola.scenario.errors import ScenarioError
    from cupola.studies.flights import describe, fly, positive

    source = entry("threats", threat)
    if launch is None:
        raise ScenarioError("--from: it is missing; give the launch point, e.g. --from '39.0,125.7'")
    seconds = positive(step, "time", "--step")
    if out is not None and out.suffix.lower() in PICTURES:
        raise ScenarioError(f"--out: got {str(out)!r}, but it writes a table (CSV); hint: --plot draws the picture")
    if out is not None:
        check_writable(out, "--out")
    if plot is not None:
        check_picture(plot, "--plot")
    flight = fly(
        threat,
        launch,
        aim,
        range=range_,
        azimuth=azimuth,
        apogee=apogee,
        altitude=altitude,
        waypoints=waypoints,
        named=_OPTIONS.__getitem__,
    )
    document = describe(flight, source)
    if document["miss_km"] > FAR_MISS_KM:
        sys.stderr.write(
            f"warning: a payload lands {document['miss_km']:,.1f} km from the aim point; "
            "hint: near the limit of its reach small differences at release grow large\n"
        )
    _write(flight, document, out, seconds, plot)
    return document


def _write(flight: "Flight", document: dict[str, Any], out: Path | None, step: float, plot: Path | None) -> None:
    """Write table and picture; both appear when both are complete."""
    from cupola.scenario.errors import ScenarioError

    with ExitStack() as stack:
        if out is not None:
            from cupola.report.flighttable import write_table

            table = stack.enter_context(replacing(out, "--out"))
            try:
                write_table(flight, table, step)
            except ValueError as error:
                raise ScenarioError(f"--step: {error}") from None
        if plot is not None:
            from cupola.report.flightplot import draw_flight

            draw_flight(flight, document, stack.enter_context(replacing(plot, "--plot")))
