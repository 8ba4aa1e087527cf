"""Write stonesoup.json beside this file: OSPA and GOSPA of random sets by Stone Soup, kept raw as our authority.

Run once, in an environment of its own that holds `stonesoup` (1.9.1 was used).
"""

import json
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
from stonesoup.types.state import State

TIME = datetime(2026, 1, 1)


def states(points: np.ndarray) -> list[State]:
    """Return Stone Soup's states at one time."""
    return [State(point[:, None], timestamp=TIME) for point in points]


def main() -> None:
    """Compare sets of 0 to 7 objects and tracks: near ones, lost ones and false ones; orders 1 and 2."""
    g = np.random.Generator(np.random.PCG64(20260104))
    cases = []
    for number in range(120):
        truth = 10.0 * g.normal(size=(int(g.integers(0, 8)), 3))
        kept = truth[g.random(len(truth)) < 0.8]
        false = 10.0 * g.normal(size=(int(g.integers(0, 3)), 3))
        tracks = np.concatenate([kept + 3.0 * g.normal(size=kept.shape), false])
        if len(truth) + len(tracks) == 0:
            continue
        order, cutoff = 1 + number % 2, float(g.uniform(3.0, 20.0))
        ospa = OSPAMetric(c=cutoff, p=order).compute_OSPA_distance(states(tracks), states(truth))
        gospa, _ = GOSPAMetric(c=cutoff, p=order).compute_gospa_metric(states(tracks), states(truth))
        cases.append(
            {
                "truth": truth.tolist(),
                "tracks": tracks.tolist(),
                "order": order,
                "cutoff": cutoff,
                "ospa": float(ospa.value),
                "gospa": {name: float(value) for name, value in gospa.value.items()},
            }
        )
    lines = ",\n".join(json.dumps(case) for case in cases)
    text = f'{{"stonesoup": "{version("stonesoup")}", "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name("stonesoup.json").write_text(text)


if __name__ == "__main__":
    main()
