"""Assigning 50 reports to 50 tracks, distances included, beside Stone Soup's global nearest neighbour.

Both are given the same Gaussian predictions and position reports, and must assign alike; Stone Soup's costs are bare
distances, so that the comparison uses equal covariances, where likelihood and distance order pairs alike.
Run: python -m benchmarks association
"""

import importlib
import json
import time
from datetime import datetime
from typing import Any

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.looks import Indices
from cupola.tracking.association import (
    assignment_cost,
    chi_square_gate,
    nearest_neighbour,
    statistical_distance,
)
from cupola.tracking.jpda import joint_association

COUNT = 50
REPEATS = 200


def scene(spread: float) -> tuple[Vector, Vector]:
    """Return predictions and reports (COUNT, 3) in m of objects ``spread`` m apart, one sigma 1 m each."""
    g = np.random.Generator(np.random.PCG64(11))
    truth = spread * g.normal(size=(COUNT, 3))
    return truth + g.normal(size=truth.shape), truth + g.normal(size=truth.shape)


def ours(predicted: Vector, reported: Vector) -> Indices:
    """Return the report of each track; distances, gate, likelihood ratios and assignment."""
    z, s = np.zeros((COUNT, COUNT, 4)), np.zeros((COUNT, COUNT, 4, 4))
    z[:, :, :3] = reported[None] - predicted[:, None]
    s[:] = 2.0 * np.eye(4)
    distance, log_likelihood = statistical_distance(z, s, np.full(COUNT, 3))
    cost, miss = assignment_cost(log_likelihood, detection_probability=0.9, extraneous_density=1e-6)
    return nearest_neighbour(cost, distance < chi_square_gate(0.9999, 3), miss_cost=miss)


def best_time(work: Any, *arguments: Any, repeats: int = REPEATS) -> float:
    """Return the least time of one call in s."""
    least = np.inf
    for _ in range(repeats):
        begin = time.perf_counter()
        work(*arguments)
        least = min(least, time.perf_counter() - begin)
    return float(least)


def stone_soup(predicted: Vector, reported: Vector) -> tuple[Indices, float] | None:
    """Return Stone Soup's assignment and its time in s, None where it is not installed."""
    try:
        associator = importlib.import_module("stonesoup.dataassociator.neighbour").GNNWith2DAssignment
    except ImportError:
        return None
    kalman = importlib.import_module("stonesoup.predictor.kalman").KalmanPredictor
    updater = importlib.import_module("stonesoup.updater.kalman").KalmanUpdater
    linear = importlib.import_module("stonesoup.models.transition.linear")
    measure = importlib.import_module("stonesoup.models.measurement.linear").LinearGaussian
    hypothesise = importlib.import_module("stonesoup.hypothesiser.distance").DistanceHypothesiser
    mahalanobis = importlib.import_module("stonesoup.measures").Mahalanobis
    state = importlib.import_module("stonesoup.types.state").GaussianState
    detection = importlib.import_module("stonesoup.types.detection").Detection
    track = importlib.import_module("stonesoup.types.track").Track
    now = datetime(2026, 1, 1)
    walk = linear.CombinedLinearGaussianTransitionModel([linear.RandomWalk(0.0)] * 3)
    model = measure(3, (0, 1, 2), np.eye(3))
    gate = float(np.sqrt(chi_square_gate(0.9999, 3)))
    work = associator(hypothesise(kalman(walk), updater(model), mahalanobis(), missed_distance=gate))
    tracks = [track([state(p[:, None], np.eye(3), timestamp=now)]) for p in predicted]
    detections = [detection(r[:, None], timestamp=now, measurement_model=model) for r in reported]
    begin = time.perf_counter()
    found = work.associate(set(tracks), set(detections), now)
    seconds = time.perf_counter() - begin
    number = {id(each): j for j, each in enumerate(detections)}
    return np.array([number.get(id(found[each].measurement), -1) for each in tracks]), seconds


def main() -> None:
    """Compare, then time, then print one JSON document."""
    predicted, reported = scene(20.0)
    ours(predicted, reported)
    crowded = scene(1.0)
    g = np.random.Generator(np.random.PCG64(12))
    likelihood, mask = g.normal(size=(COUNT, COUNT)), np.abs(np.subtract.outer(range(COUNT), range(COUNT))) < 3

    def joint() -> bool:
        found = joint_association(likelihood, mask, detection_probability=0.9, clutter_density=0.5)
        return bool(found.exact.all())

    joint()
    out: dict[str, float | bool] = {
        "cupola ms, 50 tracks x 50 reports": 1e3 * best_time(ours, predicted, reported),
        "cupola ms, the same in one crowd": 1e3 * best_time(ours, *crowded),
        "cupola ms, joint probabilities of a chain of 50, each gating 5": 1e3 * best_time(joint, repeats=20),
        "joint probabilities exact": joint(),
    }
    rival = stone_soup(predicted, reported)
    if rival is not None:
        out["Stone Soup ms"] = 1e3 * rival[1]
        out["tracks assigned alike"] = int((rival[0] == ours(predicted, reported)).sum())
    else:
        out["Stone Soup missing"] = True
    print(json.dumps(out, indent=2))


if __name__ == "__main__":
    main()
