"""The re-entry case of cupola.tracking.reentry in plain NumPy, and followed by NumPy, filterpy and Stone Soup.

The motion, its derivative and the measurement are written here a second time, in matrices, from the same published
formulas; only the Earth's constants are shared. ``motion`` and ``sight`` take states (7, n), one per column.
"""

import datetime

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, FLATTENING, J2, MU, Vector


class Problem:
    """Constants of the motion (5,), a radar's place (3,) and axes (3, 3), interval in s and variances (3,)."""

    def __init__(self, constants: Vector, site: Vector, axes: Vector, interval: float, variances: Vector) -> None:
        self.rotation, self.density, self.inverse_height, white, parameter = constants
        self.site, self.axes, self.h, self.r = site, axes, float(interval), np.diag(variances)
        h, eye = self.h, np.eye(3)
        self.q = np.zeros((7, 7))
        self.q[:6, :6] = white * np.block([[h**3 / 3 * eye, h**2 / 2 * eye], [h**2 / 2 * eye, h * eye]])
        self.q[6, 6] = parameter * h

    def acceleration(self, x: Vector) -> Vector:
        r2 = (x[:3] ** 2).sum(axis=0)
        u = x[2] ** 2 / r2
        k = 1.5 * J2 * EQUATORIAL_RADIUS**2 / r2
        flat = np.stack([1 + k * (1 - 5 * u), 1 + k * (1 - 5 * u), 1 + k * (3 - 5 * u)])
        height = np.sqrt(r2) - EQUATORIAL_RADIUS * (1 - FLATTENING * u)
        push = self.density * np.exp(-height * self.inverse_height) * x[6] * np.sqrt((x[3:6] ** 2).sum(axis=0)) / 2
        spin = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]) * self.rotation
        return -MU / r2**1.5 * flat * x[:3] - push * x[3:6] - spin @ spin @ x[:3] + 2 * spin @ x[3:6]

    def motion(self, x: Vector) -> Vector:
        middle = x.copy()
        middle[:3] += self.h / 2 * x[3:6]
        middle[3:6] += self.h / 2 * self.acceleration(x)
        after = x.copy()
        after[:3] += self.h * middle[3:6]
        after[3:6] += self.h * self.acceleration(middle)
        return after

    def sight(self, x: Vector) -> Vector:
        east, north, up = self.axes @ (x[:3] - self.site.reshape(3, *[1] * (x.ndim - 1)))
        level = np.hypot(east, north)
        return np.stack([np.arctan2(east, north), np.arctan2(up, level), np.hypot(level, up)])

    def slope(self, function: object, x: Vector) -> Vector:
        """Central differences: what a user of these libraries has without deriving fourteen partials by hand."""
        step = np.array([1.0, 1.0, 1.0, 1e-2, 1e-2, 1e-2, 1e-7])
        around = x[:, None] + np.hstack([np.diag(step), -np.diag(step)])
        values = function(around)  # type: ignore[operator]
        return np.asarray((values[:, :7] - values[:, 7:]) / (2 * step))


def numpy_extended(problem: Problem, x: Vector, p: Vector, z: Vector) -> tuple[Vector, Vector]:
    """Textbook extended Kalman filter: states (k, 7), covariances (k, 7, 7)."""
    xs, ps = [], []
    for row in z:
        f = problem.slope(problem.motion, x)
        x = problem.motion(x)
        p = f @ p @ f.T + problem.q
        h = problem.slope(problem.sight, x)
        gain = np.linalg.solve(h @ p @ h.T + problem.r, h @ p).T
        x = x + gain @ (row - problem.sight(x))
        left = np.eye(7) - gain @ h
        p = left @ p @ left.T + gain @ problem.r @ gain.T
        xs.append(x)
        ps.append(p)
    return np.array(xs), np.array(ps)


def filterpy_filter(problem: Problem, x: Vector, p: Vector, z: Vector, *, unscented: bool) -> tuple[Vector, Vector]:
    """filterpy's extended or unscented filter with its own update."""
    from filterpy.kalman import ExtendedKalmanFilter, MerweScaledSigmaPoints, UnscentedKalmanFilter

    xs, ps = [], []
    if unscented:
        points = MerweScaledSigmaPoints(7, alpha=1.0, beta=2.0, kappa=-4.0)
        ukf = UnscentedKalmanFilter(7, 3, problem.h, problem.sight, lambda x, dt: problem.motion(x), points)
        ukf.x, ukf.P, ukf.Q, ukf.R = x.copy(), p.copy(), problem.q, problem.r
        for row in z:
            ukf.predict()
            ukf.update(row)
            xs.append(ukf.x.copy())
            ps.append(ukf.P.copy())
        return np.array(xs), np.array(ps)
    ekf = ExtendedKalmanFilter(7, 3)
    ekf.x, ekf.P, ekf.Q, ekf.R = x.copy(), p.copy(), problem.q, problem.r
    ekf.predict_x = lambda u=0: setattr(ekf, "x", problem.motion(ekf.x))
    for row in z:
        ekf.F = problem.slope(problem.motion, ekf.x)
        ekf.predict()
        ekf.update(row, lambda x: problem.slope(problem.sight, x), problem.sight)
        xs.append(ekf.x.copy())
        ps.append(ekf.P.copy())
    return np.array(xs), np.array(ps)


def stonesoup_filter(
    problem: Problem, x: Vector, p: Vector, z: Vector, *, unscented: bool, own_slopes: bool = False
) -> tuple[Vector, Vector]:
    """Stone Soup's predictor and updater with our central differences, or with the differences it takes itself.

    Its own are forward differences with steps of 1e-8 wherever a state is negative (version 1.9.1: the step is a
    multiple of numpy.spacing, which has the sign of its argument), and cost metres here. Ranges are given in units of
    1,000 km, since its gain goes through the inverse of the innovation's covariance.
    """
    from stonesoup.models.base import GaussianModel, TimeVariantModel
    from stonesoup.models.measurement.nonlinear import NonLinearGaussianMeasurement
    from stonesoup.models.transition.base import TransitionModel
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor, UnscentedKalmanPredictor
    from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater, UnscentedKalmanUpdater

    class Fall(TransitionModel, GaussianModel, TimeVariantModel):
        @property
        def ndim_state(self) -> int:
            return 7

        def function(self, state, noise=False, **kwargs):  # type: ignore[no-untyped-def]
            return problem.motion(np.asarray(state.state_vector, float)).view(StateVectors)

        def jacobian(self, state, **kwargs):  # type: ignore[no-untyped-def]
            if own_slopes:
                return super().jacobian(state, **kwargs)
            return problem.slope(problem.motion, np.asarray(state.state_vector, float).ravel())

        def covar(self, **kwargs):  # type: ignore[no-untyped-def]
            return CovarianceMatrix(problem.q)

    class Radar(NonLinearGaussianMeasurement):
        @property
        def ndim_meas(self) -> int:
            return 3

        def function(self, state, noise=False, **kwargs):  # type: ignore[no-untyped-def]
            return (unit * problem.sight(np.asarray(state.state_vector, float))).view(StateVectors)

        def jacobian(self, state, **kwargs):  # type: ignore[no-untyped-def]
            if own_slopes:
                return super().jacobian(state, **kwargs)
            return unit * problem.slope(problem.sight, np.asarray(state.state_vector, float).ravel())

    unit = np.array([[1.0], [1.0], [1e-6]])
    motion = Fall()
    radar = Radar(ndim_state=7, mapping=(0, 1, 2), noise_covar=CovarianceMatrix(unit * problem.r * unit.T))
    spread = {"alpha": 1.0, "beta": 2.0, "kappa": -4.0} if unscented else {}
    predictor = (UnscentedKalmanPredictor if unscented else ExtendedKalmanPredictor)(motion, **spread)
    updater = (UnscentedKalmanUpdater if unscented else ExtendedKalmanUpdater)(radar, **spread)
    time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    state = GaussianState(StateVector(x), CovarianceMatrix(p), timestamp=time)
    xs, ps = [], []
    for row in z:
        time += datetime.timedelta(seconds=problem.h)
        prediction = predictor.predict(state, timestamp=time)
        seen = Detection(StateVector(row * unit[:, 0]), timestamp=time, measurement_model=radar)
        state = updater.update(SingleHypothesis(prediction, seen))
        xs.append(np.asarray(state.state_vector, float).ravel())
        ps.append(np.asarray(state.covar, float))
    return np.array(xs), np.array(ps)
