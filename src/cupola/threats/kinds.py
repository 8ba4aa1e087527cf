"""Every kind of threat behind one call."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from cupola.threats.ballistic import fly_ballistic
from cupola.threats.cruise import fly_cruise
from cupola.threats.cruise_spec import CruiseSpec
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.spec import BallisticSpec

# What a catalogue threat may be: the union of the kinds' specs, told apart by ``kind``.
ThreatSpec = Annotated[BallisticSpec | CruiseSpec, Field(discriminator="kind")]


def fly(
    spec: Any,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    waypoints: Sequence[tuple[float, float]] = (),
    extra_payload_kg: float = 0.0,
) -> Flight:
    """Fly a threat of any kind from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude,
    longitude in rad).

    ``apogee_m`` lofts or depresses what is thrown and is refused for what flies on wings; ``waypoints`` (latitude,
    longitude in rad) are flown by on wings and refused for what is thrown. Raises
    :class:`cupola.threats.flight.InfeasibleFlight` where the threat cannot.
    """
    if isinstance(spec, CruiseSpec):
        if extra_payload_kg > 0.0:
            raise InfeasibleFlight(
                f"decoys: got {extra_payload_kg:.0f} kg on board a threat of kind 'cruise', accepted are none; "
                "hint: only ballistic missiles carry decoys"
            )
        return fly_cruise(spec, launch, aim, apogee_m, waypoints=waypoints)
    if waypoints:
        raise InfeasibleFlight(
            f"waypoints: got {len(waypoints)} for a threat of kind {spec.kind!r}, accepted are none; "
            "hint: only threats that fly on wings take way points"
        )
    return fly_ballistic(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
