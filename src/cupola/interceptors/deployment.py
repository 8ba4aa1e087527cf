"""How weapons stand ready at a site: rounds on launchers with more behind them, aircraft on patrol or on alert."""

from pydantic import Field

from cupola.core.spec import PositiveCount, Probability, Spec, Time


class LauncherSpec(Spec):
    """Rounds that can be fired at once, refilled from the rest of the inventory."""

    ready: PositiveCount = Field(description="Rounds on launchers when all are full")
    reload_time: Time = Field(gt=0.0, description="Time to bring up one round; a site brings up one at a time")


class PatrolSpec(Spec):
    """Aircraft about a station."""

    aircraft: PositiveCount = Field(description="Aircraft of the patrol, which fly together")
    on_station: Probability = Field(
        default=1.0, description="Share of the time in which the patrol is up; otherwise it waits on alert"
    )
    alert_delay: Time = Field(
        default="15 min", description="First firm track to arrival at the station of a patrol that waited on alert"
    )
