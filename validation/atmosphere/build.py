"""Write ussa1976.csv beside this file: the `ussa1976` package's own values, kept raw as the authority for our kernel.

Run once, in an environment of its own that holds `ussa1976` (0.3.4 was used) and nothing of Cupola.
"""

import csv
from importlib.metadata import version
from pathlib import Path

import numpy as np
import ussa1976

ALTITUDES_M = np.concatenate(
    [
        np.arange(0.0, 86_000.0, 500.0),
        np.arange(86_000.0, 200_000.0, 1_000.0),
        np.arange(200_000.0, 1_000_001.0, 10_000.0),
    ]
)


def main() -> None:
    """Compute density, pressure, temperature and speed of sound, and write them with every digit."""
    names = ["rho", "p", "t", "cs"]
    data = ussa1976.compute(z=ALTITUDES_M, variables=names)
    target = Path(__file__).with_name("ussa1976.csv")
    with target.open("w", newline="") as file:
        file.write(f"# ussa1976 {version('ussa1976')}; z m, rho kg/m3, p Pa, t K, cs m/s\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["z", *names])
        for i, z in enumerate(ALTITUDES_M):
            writer.writerow([repr(float(z)), *(repr(float(data[name].values[i])) for name in names)])


if __name__ == "__main__":
    main()
