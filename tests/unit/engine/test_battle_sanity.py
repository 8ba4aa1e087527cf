"""What any change of the defence must and must not do: more never leaks more, and nobody fires what he has not got."""

import functools
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cupola.battle.reasons import NoShot
from cupola.engine.bookkeeping import LEAK_OF
from cupola.engine.record import EventKind, LeakReason
from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.scenario.load import load
from cupola.scenario.raids import decoys
from cupola.scenario.user import DecoyCounts
from cupola.scenario.values import with_values

SMALL = """
cupola: 1
name: Missiles at one city, interceptors far from it and near it
extends: presets/today-2026.yaml
raid:
  - threat: icbm-solid-notional
    count: 3
    from: {region: north-korea}
    to: {city: Los Angeles}
    timing: {salvo: "60 s"}
defended: {assets: us-cities, nations: [US]}
sensors:
  - {constellation: tracking-layer-t3, name: eyes}
  - {site: lrdr, at: clear, name: radar}
interceptors:
  - {site: gbi, at: fort-greely, inventory: 6, layer: upper}
battle:
  doctrine: {upper: {shots: 1, maximum_shots: 3}}
  network: {own_sensors: {upper: [radar]}}
"""
LOWER = "  - {site: thaad, at: {name: near, latitude: 34 deg, longitude: -118.2 deg}, inventory: 3, layer: lower}\n"
RUNS = 4


@pytest.fixture(scope="module")
def one_layer(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("sanity") / "small.yaml"
    path.write_text(SMALL)
    return load(path)


@pytest.fixture(scope="module")
def two_layers(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("sanity") / "two.yaml"
    text = SMALL.replace("battle:\n", f"{LOWER}battle:\n").replace("count: 3", "count: 2")
    path.write_text(text.replace("own_sensors: {", "own_sensors: {lower: [eyes], "))
    return load(path)


@pytest.fixture(scope="module")
def leaked(one_layer):
    @functools.cache
    def played(*values: tuple[str, str]) -> np.ndarray:
        """Warheads leaked in each run; runs of one index share every random draw but what the values change."""
        world = build(with_values(one_layer, dict(values)))
        return np.array([simulate(world, 3, run).leaked for run in range(RUNS)])

    return played


@pytest.mark.parametrize(
    ("path", "worse"),
    [("gbi.kill_probability", "0.2"), ("battle.commit_delay", "1100 s"), ("gbi.maximum_flight_time", "200 s")],
)
def test_a_better_defence_leaks_less_under_common_random_numbers(leaked, path: str, worse: str) -> None:
    """Paired over runs: the mean difference lies below zero by more than two of its standard errors."""
    difference = leaked() - leaked((path, worse))
    error = difference.std(ddof=1) / np.sqrt(RUNS)
    assert difference.mean() < -2.0 * error
    assert difference.max() <= 1


def test_sure_shots_without_delay_leak_nothing_that_can_be_reached(leaked) -> None:
    sure = (
        ("gbi.kill_probability", "1"), ("gbi.reliability", "1"), ("battle.commit_delay", "0 s"),
        ("battle.assessment.false_kill", "0"),
    )  # fmt: skip
    assert leaked(*sure).sum() == 0


def test_second_looks_win_back_what_was_wrongly_declared_dead(one_layer) -> None:
    values = {"battle.assessment.false_kill": "0.5", "gbi.kill_probability": "0.3"}
    again = {"battle.assessment.further_looks": "6", "battle.assessment.look_interval": "20 s"}
    once, more = build(with_values(one_layer, values)), build(with_values(one_layer, {**values, **again}))
    fooled, revived, shots = 0, 0, [0, 0]
    for run in range(2):
        before, after = simulate(once, 3, run), simulate(more, 3, run)
        fooled += sum(row.reason == "assessed-dead" for row in before.objects)
        fooled -= sum(row.reason == "assessed-dead" for row in after.objects)
        looks = [event for event in after.events if event.kind is EventKind.ASSESSMENT and "look" in event.data]
        revived += sum(not event.data["believed_dead"] for event in looks)
        shots[0] += len(before.shots)
        shots[1] += len(after.shots)
    assert revived > 0
    assert fooled > 0
    assert shots[1] >= shots[0], "what lives again is fired at again"


def test_every_reason_not_to_fire_explains_a_leak() -> None:
    assert set(LEAK_OF) == set(NoShot)


def test_decoys_cost_shots_as_far_as_no_sensor_tells_them_from_warheads(one_layer) -> None:
    """Told apart not at all and surely, by a layer that looks on as long as a later shot is possible."""
    (group,) = one_layer.raid
    (site,) = one_layer.interceptors
    change = {
        "raid": (group.model_copy(update={"decoys": decoys(DecoyCounts(light=2))}),),
        "interceptors": (site.model_copy(update={"inventory": 40}),),
    }
    case = one_layer.model_copy(update=change)
    wasted = []
    for k in ("0", "12"):
        values = {"decoy-light-notional.feature_distance": k, "battle.assumed_feature_distance": k}
        world = build(
            with_values(
                case, {**values, "battle.doctrine.upper.certainty": "0.95", "battle.doctrine.upper.patience": "900 s"}
            )
        )
        records = [simulate(world, 3, run) for run in range(2)]
        role = {row.object: row.role for record in records for row in record.objects}
        wasted.append(sum(role.get(shot.object) == "decoy" for record in records for shot in record.shots))
    assert 0 < wasted[1] < 0.5 * wasted[0]


def test_a_dead_object_is_fired_at_only_while_it_is_believed_alive(one_layer) -> None:
    world = build(with_values(one_layer, {"battle.assessment.missed_kill": "0.5", "gbi.kill_probability": "1"}))
    at_dead = 0
    for run in range(2):
        believed_dead: set[int] = set()
        gone: set[str] = set()
        track: dict[int, int] = {}
        for event in simulate(world, 3, run).events:
            data = event.data
            if event.kind is EventKind.ORDER:
                assert data["track"] not in believed_dead
                track[data["shot"]] = data["track"]
                at_dead += event.subject in gone
            elif event.kind is EventKind.INTERCEPT and data["outcome"] == "kill":
                gone.add(event.subject)
            elif event.kind is EventKind.ASSESSMENT and data["declared_dead"]:
                believed_dead.add(track[data["shot"]])
    assert at_dead > 0, "half of the kills are missed, and cost a further shot"


def test_the_only_interceptor_goes_where_the_people_are(one_layer, tmp_path) -> None:
    desert = "    to: {latitude: 39.5 deg, longitude: -116.5 deg}\n"
    text = SMALL.replace("count: 3", "count: 1").replace('    timing: {salvo: "60 s"}\n', "")
    city = text.split("raid:\n")[1].split("defended:")[0]
    text = text.replace(city, city.replace("    to: {city: Los Angeles}\n", desert) + city)
    path = tmp_path / "desert.yaml"
    path.write_text(text.replace("inventory: 6", "inventory: 1").replace("maximum_shots: 3", "maximum_shots: 1"))
    case = load(path)
    alike, people = build(case), build(with_values(case, {"battle.priorities.by": "people"}))
    assert alike.assets.shape == (0, 3)
    assert people.assets.shape == (case.defended.places, 3)
    targets = [[simulate(world, 3, run).shots[0].object for run in (0, 3)] for world in (alike, people)]
    assert "M01-RV1" in targets[0], "otherwise the desert is as good as the city"
    assert set(targets[1]) == {"M02-RV1"}


LINKS = st.sampled_from([{}, {"latency": "20 s"}, {"loss": "0.5", "tries": "2"}, {"loss": "1"}])


@settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    stock=st.tuples(st.integers(0, 3), st.integers(0, 2)),
    shots=st.integers(1, 4),
    policy=st.sampled_from(["barrage", "shoot-look-shoot"]),
    links=st.tuples(LINKS, LINKS),
    cut_s=st.sampled_from([None, 0.0, 300.0, 1500.0]),
    looks=st.integers(0, 2),
    run=st.integers(0, 3),
)
def test_nobody_fires_what_he_has_not_got_whatever_the_network_does(
    two_layers, stock, shots, policy, links, cut_s, looks, run
) -> None:
    values = {
        "interceptors.0.inventory": str(stock[0]),
        "interceptors.1.inventory": str(stock[1]),
        "battle.doctrine.upper.shots": str(shots),
        "battle.doctrine.upper.policy": policy,
        "battle.assessment.further_looks": str(looks),
    }
    for name, link in zip(("from_sensors", "to_layers"), links, strict=True):
        values.update({f"battle.network.{name}.{key}": value for key, value in link.items()})
    if cut_s is not None:
        values["battle.network.cut_at"] = f"{cut_s} s"
    record = simulate(build(with_values(two_layers, values)), 11, run)
    fired = Counter(shot.layer for shot in record.shots)
    assert fired["upper"] <= stock[0]
    assert fired["lower"] <= stock[1]
    released = [event.data["shot"] for event in record.events if event.kind is EventKind.RELEASE]
    assert len(released) == len(set(released)) == len(record.shots)
    codes = {reason.code for reason in LeakReason} - {"none"}
    for row in record.objects:
        assert (row.reason in codes) == (row.lethal and row.outcome == "leaked")
    told = {event.data["no_shot"] for event in record.events if event.kind is EventKind.PLAN}
    assert told <= {reason.code for reason in NoShot}
