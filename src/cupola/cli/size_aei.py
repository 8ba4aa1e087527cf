"""``cupola size aei``: the published calculator of space-based interceptors."""

import json
import sys
from typing import Annotated, Any

import typer

from cupola.cli.exits import exit_codes

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="INPUT=VALUE",
        help="Change an input, e.g. salvo=5, orbit_altitude='500 km', speed=8; repeatable. --inputs lists them",
        show_default=False,
    ),
]


def command(
    settings: Settings = None,
    inputs: Annotated[
        bool, typer.Option("--inputs", help="List the inputs with units and defaults, and leave")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
) -> None:
    """Say how many space-based interceptors cover the Earth and what they cost over 20 years (Harrison, AEI, 2025).

    Bare numbers are in the publication's units: km, km/s, g, s, kg, deg, years, millions of dollars; chances 0 to 1.
    Inputs: orbit_altitude (km), acceleration (g), speed (km/s), divert (km/s), isp (s), kill_vehicle_mass, body_mass,
    support_mass (kg), lifetime (yr), kill_probability, composite_kill_probability, salvo, intercept_altitude (km),
    max_latitude (deg), flyout_time (s), development_cost, first_unit_cost (M$), unit_learning, operations_cost (M$/yr),
    period (yr), launch_capacity (t or kg, said), first_launch_cost (M$), launch_learning.
    """
    with exit_codes():
        from cupola.studies.aei import size_aei

        document = size_aei(_given(settings or []))
    if inputs:
        document = {"model": document["model"], "inputs": document["inputs"]}
    if as_json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif inputs:
        _print_inputs(document)
    else:
        _print(document)


def _given(settings: list[str]) -> dict[str, str]:
    from cupola.scenario.errors import ScenarioError

    found: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip()
        if not equals or not name or not value.strip():
            raise ScenarioError(f"--set: got {setting!r}, accepted is INPUT=VALUE, e.g. salvo=5 or speed='8 km/s'")
        if name in found:
            raise ScenarioError(f"--set: got {name} twice, {found[name]!r} and {value.strip()!r}")
        found[name] = value.strip()
    return found


def _print(document: dict[str, Any]) -> None:
    from rich.text import Text

    from cupola.cli.flightprint import facts, terminal

    console = terminal()
    console.print()
    console.print(
        Text.assemble(
            (f"{document['satellites']:,} interceptors in orbit, ${document['total_busd']:,.2f} B", "bold"),
            (f"  {document['model']}", "dim"),
        )
    )
    console.print(facts(_sizes(document)))
    console.print()
    console.print(facts(_costs(document)))
    given = [f"{name} {_value(entry)}" for name, entry in document["inputs"].items() if entry["source"] == "given"]
    console.print()
    console.print(
        Text(f"Changed: {', '.join(given)}." if given else "All inputs at their published defaults.", style="dim")
    )
    for line in document["assumptions"]:
        console.print(Text(f"{line[0].upper()}{line[1:]}.", style="dim"))
    console.print(Text("Every input with its unit and source: cupola size aei --inputs", style="dim"))


def _sizes(document: dict[str, Any]) -> list[tuple[str, str]]:
    values = {name: entry["value"] for name, entry in document["inputs"].items()}
    return [
        (
            "shots",
            f"{document['shots_per_threat']} at each missile: {values['kill_probability']:g} each, "
            f"{document['composite_kill_probability_reached']:.4g} together "
            f"({values['composite_kill_probability']:g} wanted)",
        ),
        (
            "interceptor",
            f"{document['interceptor_mass_kg']:,.2f} kg in orbit: propellant {document['main_propellant_kg']:,.1f} kg "
            f"for {values['speed']:g} km/s and {document['kill_vehicle_propellant_kg']:,.1f} kg for a divert of "
            f"{values['divert']:g} km/s",
        ),
        ("burn", f"{document['burn_time_s']:.2f} s at {values['acceleration']:g} g"),
        ("flies out", f"{document['flyout_range_km']:,.2f} km in {values['flyout_time']:g} s"),
        (
            "covers",
            f"a disc of {document['coverage_radius_km']:,.2f} km around the point below it, at "
            f"{values['intercept_altitude']:g} km, from {values['orbit_altitude']:g} km",
        ),
        (
            "absentees",
            f"{document['absentee_ratio']:,.2f} in orbit for each one in reach, up to latitude "
            f"{values['max_latitude']:g} deg",
        ),
        (
            "constellation",
            f"{values['salvo']:,} at once x {document['shots_per_threat']} shots x "
            f"{document['absentee_ratio']:,.2f} = {document['satellites']:,}, {document['mass_in_orbit_t']:,.0f} t",
        ),
        (
            "launches",
            f"{document['launches']:,} of {document['satellites_per_launch']:,} each for a generation; "
            f"{document['generations']} generations in {values['period']:g} years, "
            f"{document['replacements_per_year']:,.0f} replaced a year",
        ),
    ]


def _costs(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("development", f"${document['development_busd']:,.2f} B, once"),
        (
            "procurement",
            f"${document['procurement_busd']:,.2f} B: {document['satellites_in_period']:,} at "
            f"${document['mean_unit_cost_musd']:,.2f} M each on the average",
        ),
        (
            "launch",
            f"${document['launch_busd']:,.2f} B: {document['launches'] * document['generations']:,} at "
            f"${document['mean_launch_cost_musd']:,.2f} M",
        ),
        ("operations", f"${document['operations_busd']:,.2f} B"),
        ("total", f"${document['total_busd']:,.2f} B"),
    ]


def _print_inputs(document: dict[str, Any]) -> None:
    from cupola.cli.flightprint import facts, terminal

    console = terminal()
    console.print()
    console.print(
        facts(
            [
                (name, f"{_value(entry)}: {entry['what']}" + (" (given)" if entry["source"] == "given" else ""))
                for name, entry in document["inputs"].items()
            ]
        )
    )
    console.print()
    console.print(document["model"], style="dim")


def _value(entry: dict[str, Any]) -> str:
    return f"{entry['value']:,g} {entry['unit']}".rstrip()
