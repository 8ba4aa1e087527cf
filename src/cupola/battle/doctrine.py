"""How many shots doctrine wants at a track."""

from cupola.battle.belief import Belief
from cupola.battle.reasons import NoShot
from cupola.battle.spec import LayerDoctrine


def wanted_shots(
    doctrine: LayerDoctrine, belief: Belief, layer: str, lethal: float, threshold: float
) -> tuple[int, NoShot | None]:
    """Return how many shots a layer wants at a track now, or why none; ``threshold`` is its line between warheads and
    the rest in the believed chance ``lethal``.
    """
    fired = belief.shots_by_layer.get(layer, 0)
    if belief.believed_dead:
        return 0, NoShot.BELIEVED_DEAD
    if lethal < threshold:
        return 0, NoShot.BELIEVED_DECOY
    if fired >= doctrine.maximum_shots:
        return 0, NoShot.SHOTS_EXHAUSTED
    if doctrine.policy == "barrage":
        left = doctrine.shots - fired
        return (left, None) if left > 0 else (0, NoShot.WAITING if belief.pending else NoShot.SHOTS_EXHAUSTED)
    if fired and belief.pending:
        return 0, NoShot.WAITING
    return min(doctrine.shots, doctrine.maximum_shots - fired), None
