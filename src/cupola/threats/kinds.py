"""Every kind of threat behind one call."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from cupola.threats.ballistic import fly_ballistic
from cupola.threats.cruise import fly_cruise
from cupola.threats.cruise_spec import CruiseSpec
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.fractional import fly_fractional
from cupola.threats.fractional_spec import FractionalOrbitalSpec
from cupola.threats.glide import fly_glide
from cupola.threats.glide_spec import GlideSpec
from cupola.threats.quasi import fly_quasi
from cupola.threats.quasi_spec import QuasiBallisticSpec
from cupola.threats.spec import BallisticSpec

AnyThreat = BallisticSpec | GlideSpec | CruiseSpec | QuasiBallisticSpec | FractionalOrbitalSpec

# What a catalogue threat may be: the union of the kinds' specs, told apart by ``kind``.
ThreatSpec = Annotated[AnyThreat, Field(discriminator="kind")]

Points = Sequence[tuple[float, float]]


def fly(
    spec: AnyThreat,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    waypoints: Points = (),
    further_aims: Points = (),
    extra_payload_kg: float = 0.0,
) -> Flight:
    """Fly a threat of any kind from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude,
    longitude in rad).

    ``apogee_m`` lofts or depresses what is thrown and is refused for what flies on wings; ``waypoints`` (rad) are flown
    by on wings and refused for what is thrown. ``further_aims`` (rad) are the aim points of the second and later
    re-entry vehicles of a ballistic missile that carries several; ``extra_payload_kg`` are decoys. Raises
    :class:`cupola.threats.flight.InfeasibleFlight` where the threat cannot.
    """
    if waypoints and not isinstance(spec, CruiseSpec):
        raise _refused(
            "waypoints", f"{len(waypoints)}", spec.kind, "only threats that fly on wings all the way take way points"
        )
    if further_aims and not isinstance(spec, BallisticSpec):
        raise _refused(
            "further aims", f"{len(further_aims)}", spec.kind, "only ballistic missiles carry several vehicles"
        )
    match spec:
        case CruiseSpec():
            if extra_payload_kg > 0.0:
                raise _refused("decoys", f"{extra_payload_kg:.0f} kg", spec.kind, "it never leaves the air")
            return fly_cruise(spec, launch, aim, apogee_m, waypoints=waypoints)
        case GlideSpec():
            return fly_glide(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
        case QuasiBallisticSpec():
            return fly_quasi(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
        case FractionalOrbitalSpec():
            return fly_fractional(spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg)
        case _:
            return fly_ballistic(
                spec, launch, aim, apogee_m, extra_payload_kg=extra_payload_kg, further_aims=further_aims
            )


def _refused(what: str, given: str, kind: str, why: str) -> InfeasibleFlight:
    return InfeasibleFlight(f"{what}: got {given} for a threat of kind {kind!r}, accepted are none; hint: {why}")
