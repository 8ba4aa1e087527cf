"""Why a layer did not fire at a track."""

from cupola.core.reason import Reason


class NoShot(Reason):
    """Why a layer did not fire at an object, ordered from the earliest obstacle to the last."""

    NO_TRACK = "No track existed."
    NOT_FIRM = "The track was not yet firm."
    NOT_IN_OWN_PICTURE = "The layer fought alone, and none of its own sensors had reported the object lately."
    RAID_TOO_SMALL = "Fewer missiles were counted than doctrine fires at."
    NO_AUTHORITY = "Authority to release had not been given yet."
    UNCONFIRMED = "No sensor of a second kind had confirmed it."
    WRONG_PHASE = "The object was not in the phase of flight that this layer engages."
    OUT_OF_REACH = "No interceptor of the layer could reach the predicted path in time."
    NOT_ON_STATION = "Its aircraft had not reached their station yet."
    WEATHER = "Cloud, rain or haze stood between the laser and the sky in this run."
    DWELL_TOO_LONG = "The beam could not have stayed on it for as long as its skin withstands."
    TOO_EARLY = "A shot was planned, but its release still lay ahead."
    TRACK_TOO_COARSE = "The predicted error at every reachable point was larger than doctrine allows."
    BELIEVED_DECOY = "The object was believed to be a decoy, a spent tank or debris."
    UNDECIDED = "It was not yet told from decoys as surely as doctrine asks, and there was time to look on."
    NO_INVENTORY = "The interceptors that could have reached it were spent or held in reserve."
    RELOADING = "Its launchers were empty and being refilled."
    BEAM_BUSY = "The beam was on another target, and free too late."
    KEPT_FOR_LIKELIER = "The interceptors left were kept for objects that were likelier warheads."
    ASSIGNED_ELSEWHERE = "The interceptors that could have reached it were assigned to other objects."
    WAITING = "Earlier shots were still in flight or unassessed, and there was time to look first."
    MESSAGE_LOST = "A shot was ordered, but the order was lost on its way or came too late."
    BELIEVED_DEAD = "The object was believed destroyed."
    SHOTS_EXHAUSTED = "Doctrine's limit of shots at one object was reached."
    OTHERS_CHOSEN = "It could have fired, but another group of its layer was chosen for the shot."


RANK = {reason: rank for rank, reason in enumerate(NoShot)}


def further(known: NoShot | None, reason: NoShot) -> NoShot:
    """Return of two obstacles the one that lies nearer to a shot."""
    return reason if known is None or RANK[reason] > RANK[known] else known
