"""Staged rockets as point masses: what a stage is. (The powered-flight kernel lives here too.)"""

from pydantic import Field

from cupola.core.spec import Area, Length, Mass, Spec, Time


class StageSpec(Spec):
    """One rocket stage; vacuum thrust follows as propellant mass x specific impulse x g0 / burn time."""

    propellant_mass: Mass = Field(gt=0.0, description="Propellant burnt")
    inert_mass: Mass = Field(description="Structure dropped at separation")
    specific_impulse: Time = Field(gt=0.0, description="Specific impulse in vacuum")
    burn_time: Time = Field(gt=0.0, description="Ignition to burnout")
    exit_area: Area = Field(description="Nozzle exit area, for thrust lost to ambient pressure")
    diameter: Length = Field(gt=0.0, description="Reference diameter for drag while this stage flies")
    coast_after: Time = Field(default="0 s", description="Unpowered time between burnout and the next ignition")
