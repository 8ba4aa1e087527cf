"""A plain NumPy extended Kalman filter for ours to agree with, and measurements for both.

It is the textbook form: matrices of the whole problem, the sensors' biases as augmented states whose gain is
forced to zero (Schmidt 1966), full Joseph update. It shares no code with cupola.tracking beyond the model's constants.
"""

import math

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, FLATTENING, J2, MU, ROTATION_RATE, Vector
from cupola.sensors.looks import Measurements
from cupola.tracking import motion, motion_linear
from cupola.tracking.motion import BOOST
from cupola.tracking.reports import Reports

OMEGA = np.array([[0.0, ROTATION_RATE, 0.0], [-ROTATION_RATE, 0.0, 0.0], [0.0, 0.0, 0.0]])


def one_report(
    sensor: Vector,
    v_sensor: Vector,
    u: Vector,
    sigma_angle: Vector,
    bias_angle: float,
    range_m: float = math.nan,
    sigma_range: float = math.nan,
    bias_range: float = math.nan,
    range_rate: float = math.nan,
    sigma_range_rate: float = math.nan,
) -> tuple[Reports, int]:
    """Return a single report as the kernels take it: columns of length one, and its row."""
    lines = (np.array([value], dtype=np.float64) for value in (sensor, v_sensor, u, sigma_angle))
    rest = (bias_angle, range_m, sigma_range, bias_range, range_rate, sigma_range_rate)
    columns = (np.array([value], dtype=np.float64) for value in rest)
    yes = np.ones(1, np.bool_)
    return Reports(np.zeros(1, np.int64), np.zeros(1), *lines, *columns, yes, yes), 0


def _acceleration(mode: int, x: Vector) -> Vector:
    r = float(np.linalg.norm(x[:3]))
    k = 1.5 * J2 * (EQUATORIAL_RADIUS / r) ** 2
    z = 5.0 * (x[2] / r) ** 2
    out = np.zeros(7)
    out[:3] = x[3:6]
    out[3:6] = -MU / r**3 * x[:3] * np.array([1.0 + k * (1.0 - z), 1.0 + k * (1.0 - z), 1.0 + k * (3.0 - z)])
    w = x[3:6] + OMEGA @ x[:3]
    if mode == BOOST:
        a = x[6]
        out[3:6] += a * w / np.linalg.norm(w)
        rate = motion.STAGING_RATE * np.clip((a - motion.STAGING_LOW) / motion.STAGING_WIDTH, 0.0, 1.0)
        out[6] = a * a / motion.EXHAUST_SPEED - rate * (a - motion.RESTART)
        out[6] += max(motion.RESTART - a, 0.0) / motion.IGNITION_TIME
    return out


def _jacobian(mode: int, x: Vector) -> Vector:
    """The gradient of the equations of motion, less what the filter's model leaves out of it (J2)."""
    a = np.zeros((7, 7))
    a[:3, 3:6] = np.eye(3)
    r = float(np.linalg.norm(x[:3]))
    a[3:6, :3] = MU / r**5 * (3.0 * np.outer(x[:3], x[:3]) - r * r * np.eye(3))
    if mode == BOOST:
        w = x[3:6] + OMEGA @ x[:3]
        speed = float(np.linalg.norm(w))
        a[3:6, 3:6] = x[6] / speed * (np.eye(3) - np.outer(w, w) / speed**2)
        a[3:6, 6] = w / speed
        a[3:6, :3] += a[3:6, 3:6] @ OMEGA
        step = np.zeros(7)
        step[6] = 1e-4
        a[6, 6] = (_acceleration(mode, x + step)[6] - _acceleration(mode, x - step)[6]) / 2e-4
    return a


def _noise(mode: int, x: Vector, h: float, direction: Vector) -> Vector:
    q = np.zeros((7, 7))
    white = motion_linear.STEERING_NOISE if mode == BOOST else motion_linear.COAST_NOISE
    eye = np.eye(3)
    q[:3, :3], q[3:6, 3:6] = white * h**3 / 3.0 * eye, white * h * eye
    q[:3, 3:6] = q[3:6, :3] = white * h**2 / 2.0 * eye
    if mode == BOOST:
        a = x[6]
        rate = motion.STAGING_RATE * np.clip((a - motion.STAGING_LOW) / motion.STAGING_WIDTH, 0.0, 1.0)
        s = motion_linear.THRUST_NOISE + rate * (a - motion.RESTART) ** 2
        s += max(motion.RESTART - a, 0.0) ** 2 / motion.IGNITION_TIME
        dd = np.outer(direction, direction)
        q[:3, :3] += s * h**5 / 20.0 * dd
        q[:3, 3:6] += s * h**4 / 8.0 * dd
        q[3:6, :3] += s * h**4 / 8.0 * dd
        q[3:6, 3:6] += s * h**3 / 3.0 * dd
        q[:3, 6] += s * h**3 / 6.0 * direction
        q[6, :3] += s * h**3 / 6.0 * direction
        q[3:6, 6] += s * h**2 / 2.0 * direction
        q[6, 3:6] += s * h**2 / 2.0 * direction
        q[6, 6] += s * h
    return q


class PlainFilter:
    """One object's filter with ``sensors`` x 3 considered biases behind the seven states."""

    def __init__(self, x: Vector, p: Vector, mode: int, time_s: float, sensors: int) -> None:
        self.mode, self.time_s = mode, time_s
        self.x = x.copy()
        self.p = np.eye(7 + 3 * sensors)
        self.p[:7, :7] = p

    def propagate(self, time_s: float) -> None:
        """Runge-Kutta state, I + A h + (A h)^2 / 2 transition, in steps of at most 5 s (boost) or 30 s."""
        altitude = float(np.linalg.norm(self.x[:3])) - EQUATORIAL_RADIUS * (1.0 - FLATTENING)
        limit = motion.BOOST_STEP if self.mode == BOOST else (motion.COAST_STEP if altitude > 430e3 else 10.0)
        while time_s - self.time_s > 1e-9:
            h = min(limit, time_s - self.time_s)
            x = self.x
            k1 = _acceleration(self.mode, x)
            k2 = _acceleration(self.mode, x + 0.5 * h * k1)
            k3 = _acceleration(self.mode, x + 0.5 * h * k2)
            k4 = _acceleration(self.mode, x + h * k3)
            after = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            middle = 0.5 * (x + after)
            a = _jacobian(self.mode, middle)
            f = np.eye(len(self.p))
            f[:7, :7] = np.eye(7) + a * h + a @ a * h * h / 2.0
            f[:3, 6] += h**3 / 6.0 * (a @ a)[3:6, 6]
            self.p = f @ self.p @ f.T
            self.p[:7, :7] += _noise(self.mode, middle, h, a[3:6, 6])
            self.x, self.time_s = after, self.time_s + h

    def update(self, m: Measurements, row: int) -> None:
        """Take one report, one scalar at a time, relinearised in between."""
        u, sensor = m.u[row], m.r_sensor[row]
        first = np.cross(u, sensor)
        first /= np.linalg.norm(first)
        axes = [first, np.cross(first, u)]
        for component in range(3 if math.isfinite(m.range_m[row]) else 2):
            offset = self.x[:3] - sensor
            distance = float(np.linalg.norm(offset))
            p = offset / distance
            h = np.zeros(len(self.p))
            if component < 2:
                axis = axes[component]
                h[:3] = (axis - (axis @ p) * p) / distance
                residual, noise, bias = -float(axis @ p), m.sigma_angle[row, component], m.bias_angle[row]
            else:
                h[:3] = p
                residual, noise, bias = m.range_m[row] - distance, m.sigma_range[row], m.bias_range[row]
            h[7 + 3 * m.sensor[row] + component] = bias
            ph = self.p @ h
            gain = ph / (h @ ph + noise**2)
            gain[7:] = 0.0
            self.x = self.x + gain[:7] * residual
            left = np.eye(len(self.p)) - np.outer(gain, h)
            self.p = left @ self.p @ left.T + noise**2 * np.outer(gain, gain)


def reports(count: int, interval_s: float, seed: int, *, sensors: int = 3) -> tuple[list[Measurements], Vector]:
    """Return batches of angle reports, one sensor with range, of an object that boosts as the model believes; first
    state too.
    """
    g = np.random.Generator(np.random.PCG64(seed))
    x = np.array([6.45e6, 2e5, 1e5, 1500.0, 900.0, 300.0, 25.0])
    first = x.copy()
    stations = np.array([[7.0e6, 1.5e6, 0.3e6], [6.6e6, -1.2e6, 1.8e6], [6.2e6, 0.4e6, -1.9e6]])[:sensors]
    bias = g.normal(size=(sensors, 3))
    truth = PlainFilter(x, np.eye(7), BOOST, 0.0, 0)
    out = []
    for k in range(count):
        truth.propagate(interval_s * (k + 1))
        offset = truth.x[:3] - stations
        distance = np.sqrt((offset**2).sum(axis=1))
        u = offset / distance[:, None] + 3e-5 * g.normal(size=(sensors, 3)) + 2e-5 * bias
        u /= np.sqrt((u**2).sum(axis=1))[:, None]
        ranged = np.arange(sensors) == 0
        out.append(
            Measurements(
                sensor=np.arange(sensors),
                time_s=np.full(sensors, truth.time_s),
                r_sensor=stations,
                v_sensor=np.zeros((sensors, 3)),
                u=u,
                sigma_angle=np.full((sensors, 2), 3e-5),
                bias_angle=np.full(sensors, 2e-5),
                range_m=np.where(ranged, distance + 20.0 * g.normal(size=sensors), np.nan),
                sigma_range=np.where(ranged, 20.0, np.nan),
                bias_range=np.where(ranged, 10.0, np.nan),
                range_rate=np.full(sensors, np.nan),
                sigma_range_rate=np.full(sensors, np.nan),
                burning=np.ones(sensors, np.bool_),
                sees_plumes=np.ones(sensors, np.bool_),
                feature=np.full(sensors, np.nan),
            )
        )
    return out, first


class PlainUnscented(PlainFilter):
    """The textbook unscented filter (Wan and van der Merwe 2000) of the state and the biases together, alpha 1, beta 2,
    kappa 3 - n, the biases' gain forced to zero.
    """

    def _drawn(self) -> Vector:
        """Return sigma points (2 n + 1, n) of state and biases."""
        lower = math.sqrt(3.0) * np.linalg.cholesky(self.p)
        middle = np.concatenate([self.x, np.zeros(len(self.p) - 7)])
        return np.vstack([middle, middle + lower.T, middle - lower.T])

    def _moments(self, y: Vector) -> tuple[Vector, Vector, Vector]:
        """Return the mean (m,) of y (2 n + 1, m), its deviations and the covariance's weights (2 n + 1,)."""
        n = len(self.p)
        weight = np.full(2 * n + 1, 1.0 / 6.0)
        weight[0] = (3.0 - n) / 3.0
        mean = y[0] + weight @ (y - y[0])
        weight[0] += 2.0
        return mean, y - mean, weight

    def propagate(self, time_s: float) -> None:
        """Move every point with Runge-Kutta's method, in steps of at most 5 s; noise as the extended filter's."""
        while time_s - self.time_s > 1e-9:
            h = min(motion.BOOST_STEP, time_s - self.time_s)
            points = self._drawn()
            for point in points:
                x = point[:7]
                k1 = _acceleration(self.mode, x)
                k2 = _acceleration(self.mode, x + 0.5 * h * k1)
                k3 = _acceleration(self.mode, x + 0.5 * h * k2)
                k4 = _acceleration(self.mode, x + h * k3)
                point[:7] = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            mean, off, weight = self._moments(points)
            self.p = (off.T * weight) @ off
            middle = 0.5 * (self.x + mean[:7])
            self.p[:7, :7] += _noise(self.mode, middle, h, _jacobian(self.mode, middle)[3:6, 6])
            self.x, self.time_s = mean[:7], self.time_s + h

    def update(self, m: Measurements, row: int) -> None:
        """Take one report, one scalar at a time, points drawn anew in between."""
        u, sensor = m.u[row], m.r_sensor[row]
        first = np.cross(u, sensor)
        first /= np.linalg.norm(first)
        axes = [first, np.cross(first, u)]
        for component in range(3 if math.isfinite(m.range_m[row]) else 2):
            points = self._drawn()
            offset = points[:, :3] - sensor
            distance = np.linalg.norm(offset, axis=1)
            if component < 2:
                seen, value = offset @ axes[component] / distance, 0.0
                noise, bias = m.sigma_angle[row, component], m.bias_angle[row]
            else:
                seen, value = distance, m.range_m[row]
                noise, bias = m.sigma_range[row], m.bias_range[row]
            seen = seen + bias * points[:, 7 + 3 * m.sensor[row] + component]
            mean, off, weight = self._moments(seen[:, None])
            cross = (weight * off[:, 0]) @ (points - points[0])
            variance = float(weight @ off[:, 0] ** 2) + noise**2
            gain = cross / variance
            gain[7:] = 0.0
            self.x = self.x + gain[:7] * (value - mean[0])
            both = np.outer(gain, cross)
            self.p = self.p - both - both.T + variance * np.outer(gain, gain)
