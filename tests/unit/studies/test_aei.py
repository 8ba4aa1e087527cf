"""AEI's calculator: the published figures, every figure by a count of its own, and what is refused."""

import math
import subprocess
import sys

import pytest

import cupola
from cupola.scenario.errors import ScenarioError
from cupola.studies.aei import shots_per_threat, size_aei
from cupola.studies.aei_inputs import INPUTS

# Key -> (published figure, half of its last digit): targets as read in the publication or recomputed from its formulas.
DEFAULTS = {
    "shots_per_threat": (2, 0),
    "interceptor_mass_kg": (1_294.07, 0.005),
    "burn_time_s": (40.79, 0.005),
    "flyout_range_km": (597.63, 0.005),
    "coverage_radius_km": (589.21, 0.005),
    "absentee_ratio": (498.57, 0.005),
    "satellites": (998, 0),
    "satellites_per_launch": (34, 0),
    "launches": (30, 0),
    "mean_unit_cost_musd": (18.20, 0.005),
    "mean_launch_cost_musd": (131.34, 0.005),
    "procurement_busd": (72.66, 0.005),
    "launch_busd": (15.76, 0.005),
    "operations_busd": (9.0, 0),
    "total_busd": (104.43, 0.005),
}
SALVO_OF_FIVE = {"satellites": (4_986, 0), "launches": (147, 0), "total_busd": (330.6, 0.05)}


@pytest.mark.parametrize(("settings", "published"), [({}, DEFAULTS), ({"salvo": 5}, SALVO_OF_FIVE)])
def test_the_published_figures_come_out(settings: dict[str, object], published: dict[str, tuple[float, float]]) -> None:
    answer = size_aei(settings)
    for key, (value, half_digit) in published.items():
        assert answer[key] == pytest.approx(value, abs=half_digit + 1e-12, rel=0.0), key


# The defaults and other cases, bare numbers as the publication writes them.
CASES: list[dict[str, float]] = [
    {},
    {"salvo": 5},
    {"salvo": 30, "max_latitude": 45},
    {"orbit_altitude": 500},
    {"speed": 8, "acceleration": 10},
    {"speed": 4, "divert": 1.5, "isp": 300, "kill_vehicle_mass": 60, "support_mass": 20},
    {"kill_probability": 0.5, "composite_kill_probability": 0.9},
    {"kill_probability": 0.9, "composite_kill_probability": 0.8},
    {"intercept_altitude": 100, "flyout_time": 150},
    {"lifetime": 3, "period": 10, "unit_learning": 0.9, "launch_learning": 1, "first_unit_cost": 20},
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ",".join(f"{k}={v}" for k, v in case.items()) or "defaults")
def test_every_figure_agrees_with_a_count_of_its_own(case: dict[str, float]) -> None:
    """Shots by firing one after the other, ranges by stepping the flight, launches and units one by one."""
    x = {name: spec.default for name, spec in INPUTS.items()} | case
    answer = size_aei(case)

    shots, alive = 0, 1.0
    while 1.0 - alive < x["composite_kill_probability"] - 1e-12:
        shots, alive = shots + 1, alive * (1.0 - x["kill_probability"])
    assert answer["shots_per_threat"] == shots
    assert answer["composite_kill_probability_reached"] == pytest.approx(1.0 - alive)

    exhaust = 9.81 * x["isp"] / 1e3
    vehicle = x["kill_vehicle_mass"] * math.exp(x["divert"] / exhaust)
    stack = (vehicle + x["body_mass"]) * math.exp(x["speed"] / exhaust)
    mass = stack + x["support_mass"]
    assert answer["interceptor_mass_kg"] == pytest.approx(mass, rel=1e-12)
    assert answer["main_propellant_kg"] + answer["kill_vehicle_propellant_kg"] == pytest.approx(
        mass - x["kill_vehicle_mass"] - x["body_mass"] - x["support_mass"]
    )

    a = 9.80665e-3 * x["acceleration"]
    step, flown = x["flyout_time"] / 200_000, 0.0
    for k in range(200_000):
        flown += step * min(a * (k + 0.5) * step, x["speed"])
    radius = math.sqrt(flown**2 - (x["orbit_altitude"] - x["intercept_altitude"]) ** 2)
    assert answer["burn_time_s"] == pytest.approx(x["speed"] / a)
    assert answer["flyout_range_km"] == pytest.approx(flown, rel=1e-8)
    assert answer["coverage_radius_km"] == pytest.approx(radius, rel=1e-8)

    zone = 4.0 * math.pi * (6378.1 + x["intercept_altitude"]) ** 2 * math.sin(x["max_latitude"] * math.pi / 180.0)
    ratio = zone / (math.pi * radius**2)
    satellites = math.ceil(x["salvo"] * shots * ratio)
    assert answer["absentee_ratio"] == pytest.approx(ratio, rel=1e-8)
    assert answer["satellites"] == satellites

    a_launch = 0
    while (a_launch + 1) * mass <= x["launch_capacity"]:
        a_launch += 1
    launches = -(-satellites // a_launch)
    generations = max(1, int(x["period"] // x["lifetime"]))
    assert (answer["satellites_per_launch"], answer["launches"]) == (a_launch, launches)
    assert answer["generations"] == generations

    def mean(first: float, learning: float, n: int) -> float:
        power = 1.0 + math.log(learning) / math.log(2.0)
        return first * (n**power + 1.0) / (n * power)

    unit = mean(x["first_unit_cost"], x["unit_learning"], satellites)
    launch = mean(x["first_launch_cost"], x["launch_learning"], launches)
    assert answer["mean_unit_cost_musd"] == pytest.approx(unit)
    assert answer["mean_launch_cost_musd"] == pytest.approx(launch)
    assert answer["procurement_busd"] == pytest.approx(unit * satellites * generations / 1e3)
    assert answer["launch_busd"] == pytest.approx(launch * launches * generations / 1e3)
    assert answer["operations_busd"] == pytest.approx(x["operations_cost"] * x["period"] / 1e3)
    parts = ("development_busd", "procurement_busd", "launch_busd", "operations_busd")
    assert answer["total_busd"] == pytest.approx(sum(answer[key] for key in parts))


@pytest.mark.parametrize(
    ("kill", "composite", "shots"),
    [
        (0.8, 0.96, 2),  # ln 0.04 / ln 0.2 is 2 but for rounding
        (0.8, 0.992, 3),
        (0.9, 0.99, 2),
        (0.9, 0.999, 3),
        (0.5, 0.875, 3),
        (0.5, 0.8751, 4),
        (0.96, 0.96, 1),
        (0.99, 0.5, 1),
        (1.0, 0.96, 1),
        (0.01, 0.99, 459),
    ],
)
def test_shots_are_whole_where_the_logarithms_only_nearly_are(kill: float, composite: float, shots: int) -> None:
    assert shots_per_threat(kill, composite) == shots


@pytest.mark.parametrize(
    ("name", "bare", "written"),
    [
        ("orbit_altitude", 500, "500 km"),
        ("orbit_altitude", "500", "500000 m"),
        ("development_cost", "5,000", "$5 B"),
        ("acceleration", 10, "10 g"),
        ("acceleration", 10, "98.0665 m/s^2"),
        ("acceleration", 10, "10 g_0"),
        ("speed", 8, "8 km/s"),
        ("flyout_time", 150, "2.5 min"),
        ("kill_probability", 0.7, "70 %"),
        ("max_latitude", 45, "45 deg"),
        ("lifetime", 3, "3 yr"),
        ("period", 10, "10 years"),
        ("development_cost", 5000, "$5 B"),
        ("first_unit_cost", 20, "$20 M"),
        ("first_unit_cost", 20, "20 M$"),
        ("first_unit_cost", 20, "$20,000,000"),
        ("operations_cost", 500, "$0.5 B/yr"),
        ("support_mass", 60, "0.06 t"),
    ],
)
def test_a_unit_and_a_bare_number_mean_the_same(name: str, bare: object, written: str) -> None:
    one, other = size_aei({name: bare}), size_aei({name: written})
    for key, value in one.items():
        if isinstance(value, float):
            assert other[key] == pytest.approx(value, rel=1e-12), key
    assert other["inputs"][name]["value"] == pytest.approx(one["inputs"][name]["value"])
    assert one["inputs"][name]["value"] != INPUTS[name].default
    assert one["inputs"][name]["source"] == "given"


REFUSED = {
    "unknown": ({"salv": 5}, "unknown input 'salv'; accepted are .*did you mean 'salvo'"),
    "no missile": ({"salvo": 0}, "salvo: got 0, accepted is a whole number, at least 1 and at most 1,000,000"),
    "half a missile": ({"salvo": 2.5}, "salvo: got 2.5, accepted is a whole number"),
    "nan": ({"speed": "nan"}, "speed: got 'nan', which is not finite"),
    "infinite": ({"orbit_altitude": math.inf}, "orbit_altitude: got inf, which is not finite"),
    "true": ({"salvo": True}, "salvo: got True"),
    "wrong unit": ({"speed": "8 kg"}, "speed: got '8 kg', whose unit kg is not a speed"),
    "negative": ({"divert": -1}, "divert: got -1, accepted is at least 0 and"),
    "huge": ({"salvo": 1e300}, "salvo: got 1e.300, accepted"),
    "per cent": ({"kill_probability": 80}, "hint: 80 % is 0.8"),
    "no chance": (
        {"kill_probability": 0},
        "kill_probability: got 0, accepted is at least 1e-06 and at most 1",
    ),
    "next to no chance": ({"kill_probability": "1e-308"}, "accepted is at least 1e-06 and at most 1"),
    "certainty": ({"composite_kill_probability": 1}, "accepted is at least 1e-06 and less than 1"),
    "learning": ({"unit_learning": 0.5}, "unit_learning: got 0.5, accepted is more than 0.5 and at most 1"),
    "tonnes or kilograms": ({"launch_capacity": 45}, "launch_capacity: got 45 without a unit.*e.g. 45 t"),
    "not a price": ({"first_unit_cost": "$x"}, "first_unit_cost: got '.x', which is not a price"),
    "a yearly price": ({"first_unit_cost": "$70 M/yr"}, "which is not a price"),
    "burn outlasts flight": ({"acceleration": 5}, r"it takes 122.37 s to reach 6 km/s.*raise acceleration to 5.1 g"),
    "out of range": ({"orbit_altitude": 2000}, "1800 km away, but an interceptor flies out only 597.63 km"),
    "too heavy": ({"launch_capacity": "1 t"}, "launch_capacity: got 1,000 kg, but one interceptor weighs 1,294.1 kg"),
    "no latitude": ({"max_latitude": 0}, "max_latitude: got 0, accepted is more than 0 and at most 90 deg"),
    "no text": ({"speed": None}, "speed: got None"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_answer_is_refused_with_what_is_accepted(name: str) -> None:
    settings, message = REFUSED[name]
    with pytest.raises(ScenarioError, match=message):
        size_aei(settings)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as refused:
        size_aei({"salvo": 0, "speed": "fast", "alitude": 3})
    assert len(refused.value.problems) == 3


def test_the_verb_takes_names_and_the_answer_can_be_written() -> None:
    import json

    assert cupola.size_aei(salvo=5, orbit_altitude="300 km")["satellites"] == 4_986
    assert json.loads(json.dumps(cupola.size_aei(), allow_nan=False))["inputs"]["isp"]["unit"] == "s"


def test_the_calculator_starts_light() -> None:
    loaded = (
        "import sys; from cupola.studies.aei import size_aei; size_aei({'speed': '8 km/s', 'acceleration': '15 g'});"
    )
    heavy = "print(sorted(name for name in ('numba', 'scipy', 'pint', 'numpy', 'matplotlib') if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded + heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
