"""Write reentry.npz beside this file: Stone Soup's extended and unscented filters on our re-entry case, kept raw.

Run once from the repository, with stonesoup installed (1.9.1 was used): python -m validation.stonesoup.build
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from benchmarks.reentry_rivals import Problem, stonesoup_filter

from cupola.studies.tracking_cases import draw, radar_reentry


def main() -> None:
    """Draw one run's measurements, follow them with Stone Soup and write both with the inputs."""
    case = radar_reentry()
    plan = case.plan
    z = draw(case, 1, seed=2026).z[0]
    inputs = {
        "constants": case.model.constants,
        "site": plan.site[0],
        "axes": plan.axes[0],
        "interval": plan.interval_s[0],
        "sigma": plan.sigma[0],
        "x": case.mean,
        "p": case.covariance,
        "z": z,
    }
    problem = Problem(case.model.constants, plan.site[0], plan.axes[0], plan.interval_s[0], plan.sigma[0] ** 2)
    out = {}
    for name, unscented in (("ekf", False), ("ukf", True)):
        xs, ps = stonesoup_filter(problem, case.mean, case.covariance, z, unscented=unscented)
        # Every state, every twentieth covariance.
        out[f"{name}_x"], out[f"{name}_p"] = xs, ps[19::20]
    target = Path(__file__).with_name("reentry.npz")
    np.savez_compressed(target, version=version("stonesoup"), **inputs, **out)


if __name__ == "__main__":
    main()
