"""How many interceptors a raid of given size asks for: Wilkening's closed form, and the same played out in whole shots.

Wilkening, D. A. (1999), "A Simple Model for Calculating Ballistic Missile Defense Effectiveness", Science & Global
Security 8(2), 183-215. A warhead is tracked with T and killed by each of n independent shots with k, so that it dies
with K = T [1 - (1 - k)^n]; W warheads all die with K^W. Solved for n, a real number, a barrage takes n shots at every
object; with a look after the first s, the remaining n - s go only to what survived. Decoys that pass for warheads draw
the same shots and die of them alike.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cupola.scenario.errors import ScenarioError, did_you_mean
from cupola.studies.doctrine_magazine import MOST_OBJECTS, least_magazine

Policy = Literal["barrage", "sls"]
POLICIES: tuple[str, ...] = get_args(Policy)
MOST = 1_000_000
_WHOLE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """One way of firing at objects that all look alike.

    ``kill`` k and ``track`` T are chances per shot and per warhead; ``first`` the shots before the look, infinite for a
    barrage; ``false_kill`` and ``missed_kill`` the chances that the look takes a live object for dead, a dead for live.
    """

    kill: float
    track: float
    first: float = math.inf
    false_kill: float = 0.0
    missed_kill: float = 0.0

    def survival(self, shots: float) -> float:
        """Return the chance (1 - k)^n that an object lives through ``shots`` n."""
        return math.pow(1.0 - self.kill, shots)

    def kill_per_warhead(self, shots: float) -> float:
        """Return K of ``shots`` n at each object that is not believed dead (Wilkening 1999).

        K = T [1 - (1-k)^n]; with a look that is wrong of a survivor with f, K = T {1 - (1-k)^s [f + (1-f)(1-k)^(n-s)]}.
        """
        first = min(self.first, shots)
        alive = self.survival(first)
        if shots > first:
            alive *= self.false_kill + (1.0 - self.false_kill) * self.survival(shots - first)
        return self.track * (1.0 - alive)

    def ceiling(self) -> float:
        """Return the K that no number of shots exceeds."""
        if math.isinf(self.first):
            return self.track
        return self.track * (1.0 - self.false_kill * self.survival(self.first))

    def shots_for(self, kill_per_warhead: float) -> float:
        """Return the real n that reaches K; infinite from the ceiling on."""
        missed = 1.0 - kill_per_warhead / self.track
        miss = math.log1p(-self.kill)
        if missed <= 0.0:
            return math.inf
        shots = math.log(missed) / miss
        if shots <= self.first:
            return shots
        left = (missed / self.survival(self.first) - self.false_kill) / (1.0 - self.false_kill)
        return self.first + math.log(left) / miss if left > 0.0 else math.inf

    def fired_at_each(self, shots: float) -> float:
        """Return the shots that a tracked object draws on the average: s, and n - s if the look finds it alive."""
        first = min(self.first, shots)
        alive = self.survival(first)
        again = alive * (1.0 - self.false_kill) + (1.0 - alive) * self.missed_kill
        return first + again * (shots - first)


def size_doctrine(
    *,
    warheads: int,
    kill: float,
    goal: float | None = None,
    shots: float | None = None,
    decoys: int = 0,
    track: float = 1.0,
    policy: str = "barrage",
    first: int = 2,
    false_kill: float = 0.0,
    missed_kill: float = 0.0,
) -> dict[str, Any]:
    """Return the interceptors that reach ``goal``, the chance that no warhead leaks, as the document of ``--json``.

    Instead of the goal, ``shots`` asks what so many at each object achieve. ``interceptors_exact`` is the real number
    of the formula, ``interceptors`` the nearest whole one as the publication rounds, ``magazine`` the fewest whole
    interceptors that reach the goal when played out. Raises :class:`ScenarioError` for what is not accepted, and when
    no number of shots reaches the goal.
    """
    _check(warheads, decoys, goal, shots, kill, track, policy, first, false_kill, missed_kill)
    way = Engagement(
        kill=kill,
        track=track,
        first=float(first) if policy == "sls" else math.inf,
        false_kill=false_kill,
        missed_kill=missed_kill,
    )
    if goal is not None:
        needed = math.pow(goal, 1.0 / warheads)
        each = way.shots_for(needed)
        if math.isinf(each):
            raise _out_of_reach(way, goal, warheads)
    else:
        each = float(shots or 0.0)
        needed = way.kill_per_warhead(each)
    objects = warheads + decoys
    exact = objects * way.fired_at_each(each)
    whole = max(math.ceil(each - _WHOLE), 1)
    reached = way.kill_per_warhead(whole)
    document: dict[str, Any] = {
        "model": "Wilkening (1999), Science & Global Security 8(2)",
        "policy": policy,
        "warheads": warheads,
        "decoys": decoys,
        "goal": goal,
        "kill": kill,
        "track": track,
        "first_salvo": first if policy == "sls" else None,
        "false_kill": false_kill,
        "missed_kill": missed_kill,
        "interceptors_exact": exact,
        "interceptors": math.floor(exact + 0.5),
        "shots_per_object_exact": each,
        "kill_per_warhead_needed": needed,
        "probability_no_leak_exact": way.kill_per_warhead(each) ** warheads,
        "shots_per_object": whole,
        "kill_per_warhead": reached,
        "probability_no_leak": reached**warheads,
        "expected_leakers": warheads * (1.0 - reached),
        "expected_shots": objects * way.fired_at_each(whole),
        "most_shots": objects * whole,
        "leakers": _leakers(warheads, reached),
        "ceiling": way.ceiling() ** warheads,
    }
    document |= _magazine(way, warheads, decoys, goal)
    document["assumptions"] = _assumptions(policy, decoys)
    return document


def _magazine(way: Engagement, warheads: int, decoys: int, goal: float | None) -> dict[str, Any]:
    """Return the fewest whole interceptors that reach the goal; null without a goal and for raids too large to play."""
    none = {"magazine": None, "probability_no_leak_of_magazine": None}
    if goal is None or warheads + decoys > MOST_OBJECTS:
        return none
    found = least_magazine(
        warheads,
        decoys,
        goal / way.track**warheads,
        way.kill,
        first=None if math.isinf(way.first) else int(way.first),
        false_kill=way.false_kill,
        missed_kill=way.missed_kill,
    )
    if found is None:
        return none
    return {"magazine": found[0], "probability_no_leak_of_magazine": found[1] * way.track**warheads}


def _leakers(warheads: int, kill_per_warhead: float) -> list[float]:
    """Return the binomial chances of 0, 1, 2... leakers, up to all but 1e-4 and at most eleven."""
    leak = 1.0 - kill_per_warhead
    chances = [kill_per_warhead**warheads]
    while sum(chances) < 1.0 - 1e-4 and len(chances) <= min(warheads, 10):
        n = len(chances)
        log = math.lgamma(warheads + 1) - math.lgamma(n + 1) - math.lgamma(warheads - n + 1)
        chances.append(math.exp(log + n * math.log(leak) + (warheads - n) * math.log(kill_per_warhead)))
    return chances


def _assumptions(policy: str, decoys: int) -> list[str]:
    lines = [
        "shots are independent, all with one kill probability: common failures and bad tracks are not in this model",
        "the interceptors are those for a raid that is tracked in full; a warhead that is not tracked leaks",
    ]
    if policy == "sls":
        lines.append(
            "one look after the first salvo, in time for the second; the exact number is a mean, so that half of such "
            "raids ask for more: the magazine leaves room for them"
        )
    if decoys:
        lines.append("decoys pass for warheads: they draw the same shots and die of them alike")
    return lines


def _out_of_reach(way: Engagement, goal: float, warheads: int) -> ScenarioError:
    most = way.ceiling()
    several = f"{warheads:,} warheads" if warheads > 1 else "one warhead"
    why = f"kills each with less than {most:.6g}" if most < way.track else f"tracks each with {most:.6g}"
    return ScenarioError(
        f"--goal: got {goal:g}, accepted is less than {most**warheads:.6g}: a defense that {why} stops {several} with "
        f"no more than {most:.6g}^{warheads}, however many it fires; hint: raise --track"
        + (", lower --false-kill" if most < way.track else "")
        + (" or face fewer warheads" if warheads > 1 else "")
    )


def _check(
    warheads: int,
    decoys: int,
    goal: float | None,
    shots: float | None,
    kill: float,
    track: float,
    policy: str,
    first: int,
    false_kill: float,
    missed_kill: float,
) -> None:
    """Refuse what the formula has no answer for."""
    if policy not in POLICIES:
        raise ScenarioError(
            f"--policy: got {policy!r}, accepted are {', '.join(POLICIES)}{did_you_mean(policy, POLICIES)}"
        )
    for name, count, least in (("--warheads", warheads, 1), ("--decoys", decoys, 0), ("--first", first, 1)):
        if not least <= count <= MOST:
            raise ScenarioError(f"{name}: got {count}, accepted is {least} to {MOST:,}")
    if (goal is None) == (shots is None):
        raise ScenarioError(
            "--goal: give either --goal, the wanted chance that nothing leaks, or --shots, how many are fired at each"
        )
    if goal is not None and not 0.0 < goal < 1.0:
        raise ScenarioError(f"--goal: got {goal:g}, accepted is more than 0 and less than 1, e.g. 0.8{_percent(goal)}")
    if shots is not None and not 0.0 < shots <= MOST:
        raise ScenarioError(f"--shots: got {shots:g}, accepted is more than 0 and at most {MOST:,}")
    if not 0.0 < kill < 1.0:
        raise ScenarioError(f"--kill: got {kill:g}, accepted is more than 0 and less than 1, e.g. 0.7{_percent(kill)}")
    if not 0.0 < track <= 1.0:
        raise ScenarioError(f"--track: got {track:g}, accepted is more than 0 and at most 1{_percent(track)}")
    for name, chance in (("--false-kill", false_kill), ("--missed-kill", missed_kill)):
        if not 0.0 <= chance < 1.0:
            raise ScenarioError(f"{name}: got {chance:g}, accepted is 0 to less than 1{_percent(chance)}")
        if chance and policy == "barrage":
            raise ScenarioError(f"{name}: a barrage does not look; accepted with --policy sls")


def _percent(value: float) -> str:
    return f"; hint: {value:g} % is {value / 100.0:g}" if 1.0 < value < 100.0 else ""
