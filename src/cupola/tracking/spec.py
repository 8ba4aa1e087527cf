"""How tracks are made and kept, as a scenario writes it."""

from typing import Literal

from pydantic import Field, model_validator

from cupola.core.spec import Length, PositiveCount, Probability, Spec, Speed, Time


class TrackingSpec(Spec):
    """The fusion centre: which report belongs to which track, and when a track begins and ends."""

    fusion: Literal["reports", "tracks"] = Field(
        default="reports",
        description="reports: every sensor's reports go to one tracker; tracks: every sensor group has its own, whose "
        "tracks the centre joins by covariance intersection",
    )
    association: Literal["nearest", "joint"] = Field(
        default="nearest",
        description="nearest: global nearest neighbour by optimal assignment; joint: joint probabilities in crowds of "
        "confirmed tracks",
    )
    filter: Literal["extended", "unscented"] = Field(
        default="extended",
        description="extended: motion and sight linearised at the estimate; unscented: sigma points through both, for "
        "errors so large that they bend",
    )
    gate_probability: Probability = Field(
        default=0.9999, gt=0.5, lt=1.0, description="Share of an object's own reports that fall into its track's gate"
    )
    detection_probability: Probability = Field(
        default=0.9, gt=0.0, lt=1.0, description="Chance of a report of what is tracked that association believes in"
    )
    confirm_hits: PositiveCount = Field(default=3, description="m of m-of-n: scans with a report that confirm a track")
    confirm_scans: PositiveCount = Field(default=5, description="n of m-of-n, scans of the groups that saw the track")
    pairing_time: Time = Field(
        default="6 s", gt=0.0, description="Time within which sight lines of two satellites still make a first fix"
    )
    separation_speed: Speed = Field(
        default="5 m/s", gt=0.0, description="Speed, one sigma per axis, at which a missile's payload is taken to part"
    )
    delete_after: Time = Field(default="900 s", gt=0.0, description="Time without a report after which a track ends")
    delete_error: Length = Field(
        default="300 km", gt=0.0, description="One-sigma position error beyond which a track ends"
    )

    @model_validator(mode="after")
    def _m_of_n(self) -> "TrackingSpec":
        if self.confirm_hits > self.confirm_scans:
            raise ValueError(f"confirm_hits {self.confirm_hits} exceed confirm_scans {self.confirm_scans}")
        return self
