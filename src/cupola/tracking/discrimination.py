"""What objects are, as far as features tell: Bayesian probabilities of warhead, decoy, tank and debris.

The model is that of :mod:`cupola.sensors.features`: a sensor group of quality q reads y = q mu(class) + d + noise of
the look, with d the object's own deviation, standard normal over the population and the same however often that group
looks. Looking on removes the look noise and nothing else; another group sees another, independent d. A defender that
knows of a correlation rho believes that objects of one class share the part s of their deviations, of variance rho:
what it reads of many of them then tells where the class lies this time.
"""

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.features import CLASS_NAMES, FEATURE_LOOK_NOISE, WARHEAD
from cupola.sensors.looks import Flags, Indices

CLASSES = len(CLASS_NAMES)
ROUNDS = 12  # of the fixed point between classes and shared deviations; it settles to 1e-3 in fewer than ten


class Discriminator:
    """Believed class probabilities of the objects in ``n`` track slots, from features that ``groups`` sensor groups
    read.

    Give the two-class form, ``prior`` (scalar or (n,)) the believed probability of a warhead and ``feature_distance``
    the K that the defender assumes of decoys; or ``class_prior`` (4,) or (n, 4) in the order of
    :data:`cupola.sensors.features.CLASS_NAMES` with ``means`` (4, axes) the class means it assumes, or (groups, 4,
    axes) where sensor groups see different features. ``correlation`` is the rho it believes in. Assuming K too large or
    rho too small makes probabilities too sure: that is the defender's risk and stays in the result.
    """

    def __init__(
        self,
        n: int,
        groups: int,
        *,
        prior: float | Vector | None = None,
        feature_distance: float | None = None,
        class_prior: Vector | None = None,
        means: Vector | None = None,
        correlation: float = 0.0,
    ) -> None:
        if not 0.0 <= correlation < 1.0:
            raise ValueError(f"got a feature correlation of {correlation}, accepted is 0 to below 1")
        self._prior = np.log(np.maximum(_class_prior(n, prior, class_prior), 1e-300))
        assumed = _means(means, feature_distance)
        axes = assumed.shape[-1]
        self._means = np.array(np.broadcast_to(assumed, (groups, CLASSES, axes)))
        self._correlation = correlation
        # Sums over looks: 1, q, q^2 (n, groups, 3), and y, q y (2, n, groups, axes). All that a Gaussian model needs.
        self._looks = np.zeros((n, groups, 3))
        self._read = np.zeros((2, n, groups, axes))
        self._scores = self._prior
        self._believed: Vector | None = None

    def absorb(self, rows: Indices, groups: Indices, readings: Vector, quality: Vector) -> None:
        """Take in feature ``readings`` (k, axes), or (k,) on one axis, of the tracks ``rows`` (k,) by sensor ``groups``
        (k,) at their ``quality`` (k,).
        """
        axes = self._means.shape[-1]
        y = np.asarray(readings, dtype=np.float64)
        y = y[:, None] if y.ndim == 1 else y
        if y.shape != (len(rows), axes):
            raise ValueError(f"got readings of shape {y.shape}, accepted is {(len(rows), axes)}, the class means' axes")
        q = np.asarray(quality, dtype=np.float64)
        np.add.at(self._looks, (rows, groups), np.stack([np.ones_like(q), q, q * q], axis=-1))
        np.add.at(self._read[0], (rows, groups), y)
        np.add.at(self._read[1], (rows, groups), q[:, None] * y)
        self._believed = None

    def class_probabilities(self) -> Vector:
        """Return (n, 4) believed probabilities in the order of :data:`cupola.sensors.features.CLASS_NAMES`."""
        if self._believed is None:
            self._believed = self._infer()
        return self._believed.copy()

    def lethal_probability(self) -> Vector:
        """Return (n,) believed probabilities of being a warhead."""
        return np.asarray(self.class_probabilities()[:, WARHEAD])

    def log_odds(self) -> Vector:
        """Return (n,) log odds of being a warhead; finite however sure the belief is."""
        self.class_probabilities()
        others = np.delete(self._scores, WARHEAD, axis=1)
        return np.asarray(self._scores[:, WARHEAD] - _log_sum(others))

    def looked_at(self) -> Flags:
        """Return which tracks (n,) any discriminating sensor has read."""
        return np.asarray((self._looks[:, :, 0] > 0.0).any(axis=1))

    def resize(self, n: int) -> None:
        """Change the number of track slots. New ones have the prior that all have; ``ValueError`` where they differ."""
        before = len(self._prior)
        if n == before:
            return
        if n > before and not np.all(self._prior == self._prior[:1]):
            raise ValueError("got slots of different priors, accepted is one prior for all where slots are added")
        if n > before and before == 0:
            raise ValueError("got no slot to take a prior from, accepted is a discriminator of at least one slot")
        more = max(n - before, 0)
        self._prior = np.concatenate([self._prior[:n], np.repeat(self._prior[:1], more, axis=0)])
        self._looks = np.concatenate([self._looks[:n], np.zeros((more, *self._looks.shape[1:]))])
        self._read = np.concatenate([self._read[:, :n], np.zeros((2, more, *self._read.shape[2:]))], axis=1)
        self._believed = None

    def _infer(self) -> Vector:
        """Return the class probabilities (n, 4).

        Given s and the class, one group's readings on one axis are Gaussian with covariance sigma^2 I + (1 - rho) 11^T,
        whose inverse Sherman and Morrison give: the log likelihood is mu b - mu^2 a / 2 for s = 0, and j is what the
        readings know of s, h / j where they put it. s is then integrated out against its prior and against what the
        other objects, by their own class probabilities, say of it (collapsed variational inference to zeroth order:
        Asuncion et al. 2009, On smoothing and inference for topic models; exact for rho = 0 and for a single object).
        """
        own, noise = 1.0 - self._correlation, FEATURE_LOOK_NOISE**2
        count, q, q2 = (self._looks[:, :, i, None] for i in range(3))
        y, qy = self._read
        divisor = noise + own * count
        b = (qy - own * q * y / divisor) / noise
        a = (q2 - own * q * q / divisor) / noise
        mu = self._means[None]
        likelihood = (mu * b[:, :, None] - 0.5 * mu * mu * a[:, :, None]).sum(axis=(1, 3))
        self._scores = self._prior + likelihood
        probability = _softmax(self._scores)
        if self._correlation == 0.0:
            return probability
        known = np.broadcast_to((count / divisor)[:, :, None], (*count.shape[:2], CLASSES, y.shape[-1]))
        pulled = (y / divisor)[:, :, None] - mu * (q / divisor)[:, :, None]
        seen = known > 0.0
        safe = np.where(seen, known, 1.0)
        for _ in range(ROUNDS):
            weight = probability[:, None, :, None]
            precision = 1.0 / self._correlation + (weight * known).sum(axis=0) - weight * known
            mean = ((weight * pulled).sum(axis=0) - weight * pulled) / precision
            # Gaussian in s: exp(h s - j s^2 / 2) integrated over N(mean, 1 / precision).
            spread = 1.0 / precision
            apart = pulled / safe - mean
            gain = 0.5 * pulled**2 / safe - 0.5 * apart**2 / (1.0 / safe + spread) - 0.5 * np.log1p(known * spread)
            self._scores = self._prior + likelihood + np.where(seen, gain, 0.0).sum(axis=(1, 3))
            probability = _softmax(self._scores)
        return probability


def _class_prior(n: int, prior: float | Vector | None, class_prior: Vector | None) -> Vector:
    """Return (n, 4) prior probabilities from either form."""
    if (prior is None) == (class_prior is None):
        raise ValueError("got both or neither of prior and class_prior, accepted is one of them")
    if class_prior is None:
        chance = np.clip(np.broadcast_to(np.asarray(prior, dtype=np.float64), (n,)), 1e-9, 1.0 - 1e-9)
        return np.column_stack([chance, 1.0 - chance, np.zeros((n, CLASSES - 2))])
    shares = np.asarray(class_prior, dtype=np.float64)
    if shares.shape not in ((CLASSES,), (n, CLASSES)) or np.any(shares < 0.0):
        raise ValueError(
            f"got class priors {class_prior}, accepted are {CLASSES} shares of at least 0, or that per track"
        )
    total = shares.sum(axis=-1, keepdims=True)
    if np.any(np.abs(total - 1.0) > 1e-6):
        raise ValueError(f"got class priors that add up to {total.ravel().tolist()}, accepted is a sum of 1")
    return np.array(np.broadcast_to(shares, (n, CLASSES)))


def _means(means: Vector | None, feature_distance: float | None) -> Vector:
    if (means is None) == (feature_distance is None):
        raise ValueError("got both or neither of means and feature_distance, accepted is one of them")
    if means is None:
        return np.array([[0.0], [float(feature_distance or 0.0)], [0.0], [0.0]])
    given = np.asarray(means, dtype=np.float64)
    if given.ndim not in (2, 3) or given.shape[-2] != CLASSES:
        raise ValueError(f"got class means of shape {given.shape}, accepted is ({CLASSES}, axes) or that per group")
    return given


def _log_sum(scores: Vector) -> Vector:
    top = scores.max(axis=1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(scores - top).sum(axis=1)))


def _softmax(scores: Vector) -> Vector:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
