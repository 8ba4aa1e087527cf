"""What discriminating sensors read of a body: its class, with the body's own deviation and the noise of the look.

A reading has up to two axes: how the body moves and glows, which sets decoys apart, and how large it is, which sets
spent tanks and debris apart. Classes differ in their means; within a class bodies differ by one unit on every axis
(K-factor: distance of class means in units of the common spread; Sessler et al. 2000, Countermeasures, ch. 11).
"""

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector

FEATURE_LOOK_NOISE = 1.0  # one look's feature noise over the spread of the population, assumed
CLASS_NAMES = ("warhead", "decoy", "tank", "debris")
WARHEAD, DECOY, TANK, DEBRIS = range(len(CLASS_NAMES))

DIRECTIONS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.6, -0.8]])
"""(4, 2) where each class lies from warheads, times its K. Decoys are made to a warhead's size and differ in motion and
heat; a tank is larger; debris is smaller and tumbles as well. Assumed: public sources give distances, not axes."""


def class_means(distances: Vector, axes: int = 2) -> Vector:
    """Return the (4, axes) class means of bodies whose K-factors from a warhead are ``distances`` (4,).

    With one axis every class lies on it at its own K.
    """
    k = np.asarray(distances, dtype=np.float64)
    if k.shape != (len(CLASS_NAMES),) or axes not in (1, 2):
        raise ValueError(
            f"got {k.shape} K-factors on {axes} axes, accepted are one per class ({', '.join(CLASS_NAMES)}) on 1 or 2"
        )
    return k[:, None] if axes == 1 else k[:, None] * DIRECTIONS


def own_deviations(
    generator: np.random.Generator, kinds: NDArray[np.int64], *, correlation: float = 0.0, axes: int = 1
) -> Vector:
    """Return (n, axes) what each object deviates by from its class as one sensor group sees it, fixed for a run.

    Standard normal over objects. Objects of one kind (``kinds`` (n,), any whole numbers) have the share ``correlation``
    of that variance in common: they were built or packed alike, and looking at more of them does not average it out.
    """
    if not 0.0 <= correlation <= 1.0:
        raise ValueError(f"got a feature correlation of {correlation}, accepted is 0 to 1")
    names, which = np.unique(np.asarray(kinds, dtype=np.int64), return_inverse=True)
    own = generator.standard_normal((len(which), axes))
    shared = generator.standard_normal((len(names), axes))
    return np.asarray(np.sqrt(correlation) * shared[which] + np.sqrt(1.0 - correlation) * own)


def read_features(means: Vector, quality: Vector, deviation: Vector, normals: Vector) -> Vector:
    """Return feature readings (k,) or (k, axes): ``quality`` times the class mean, plus deviation and look noise.

    ``means`` are the bodies' true class means at full quality (a scalar K on one axis: 0 for warheads), ``quality``
    (k,) the share of them that the sensor resolves, ``deviation`` as :func:`own_deviations` drew it for the run:
    looking longer does not remove it. ``normals`` are standard normal, one look's noise; all but ``quality`` have the
    readings' shape.
    """
    share = quality if means.ndim == 1 else quality[:, None]
    return np.asarray(means * share + deviation + FEATURE_LOOK_NOISE * normals)
