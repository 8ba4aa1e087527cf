"""Signals, closed forms: the radar range equation, detection probability and accuracy."""

import math

from cupola.core.kernel import kernel

BOLTZMANN = 1.380649e-23  # J/K, exact in SI
LIGHT_SPEED = 299_792_458.0  # m/s
SNR_CEILING = 1e4  # power ratio; above 40 dB calibration, which the bias stands for, sets a radar's error
CENTROID_FLOOR = 0.05  # pixels; sampling and jitter keep a centroid from doing better whatever the signal
STEADY, SWERLING_1, SWERLING_3 = 0, 1, 3
FLUCTUATIONS = {"steady": STEADY, "swerling-1": SWERLING_1, "swerling-3": SWERLING_3}
"""Names in specs -> what the kernels switch on"""


@kernel
def gaussian_detection(snr: float, threshold: float) -> float:
    """Return the probability that a signal of amplitude ``snr`` in unit Gaussian noise exceeds ``threshold``."""
    return 0.5 * math.erfc((threshold - snr) / math.sqrt(2.0))


@kernel
def steady_detection(snr: float, threshold: float) -> float:
    """Return a single look's detection probability of a steady target; both arguments power ratios over the mean noise.

    Marcum's Q1(sqrt(2 S), sqrt(2 T)) with T = -ln(Pfa), summed as a Poisson mixture (Shnidman 1989, IEEE Trans. IT-35,
    eq. 9). Beyond S = 300 the amplitude is Gaussian to better than 1e-4.
    """
    if snr > 300.0:
        return 0.5 * math.erfc(math.sqrt(threshold) - math.sqrt(snr + 0.5))
    weight, term = math.exp(-snr), math.exp(-threshold)
    below, total, mass = term, weight * term, weight
    k = 0
    while mass < 1.0 - 1e-12 and k < 1000:
        k += 1
        weight *= snr / k
        term *= threshold / k
        below += term
        total += weight * below
        mass += weight
    return total


@kernel
def swerling_detection(snr: float, threshold: float) -> float:
    """Return the detection probability of a Swerling-1 target of mean power ratio ``snr``: exp(-T / (1 + S)).

    Swerling (1960), IRE Trans. IT-6; the same as Pfa^(1 / (1 + S)) with Pfa = exp(-T).
    """
    return math.exp(-threshold / (1.0 + snr))


@kernel
def swerling3_detection(snr: float, threshold: float) -> float:
    """Return the detection probability of a single look at a Swerling-3 target of mean power ratio ``snr``.

    The cross-section is chi-square of four degrees, w(x) = 4 x / S^2 exp(-2 x / S) (Swerling 1960). A look of power x
    has the transform exp(-p x / (1 + p)) / (1 + p); averaged over w it is (1 + p) / (1 + p a)^2 with a = 1 + S / 2, so
    that Pd = exp(-T / a) [1 + (1 - 1/a) T / a].
    """
    a = 1.0 + 0.5 * snr
    return math.exp(-threshold / a) * (1.0 + (1.0 - 1.0 / a) * threshold / a)


@kernel
def swerling3_power(snr: float, share: float) -> float:
    """Return the power over the mean noise that a share in (0, 1] of the looks at a Swerling-3 target exceeds.

    The inverse of :func:`swerling3_detection` in its threshold, z - ln(1 + c z) + ln(share) = 0 with z = T / a: convex
    and rising, so Newton's steps from above fall onto the root.
    """
    a = 1.0 + 0.5 * snr
    c = 1.0 - 1.0 / a
    level = -math.log(max(share, 1e-300))
    z = 2.0 * level + 2.0
    for _ in range(60):
        step = (z - math.log(1.0 + c * z) - level) / (1.0 - c / (1.0 + c * z))
        z = max(z - step, 0.0)
        if abs(step) <= 1e-14 * (1.0 + z):
            break
    return a * z


@kernel
def draw_look(fluctuation: int, mean: float, threshold: float, uniform: float) -> tuple[bool, float]:
    """Return whether one look detects, and the power ratio that it observes, from one uniform draw in [0, 1).

    For a fluctuating target the draw is the look's total power, target and noise together, so that a hit was a lucky
    look and says so; a steady target is drawn by its detection probability and observed at its mean. Ratios below one
    are reported as one.
    """
    if fluctuation == SWERLING_1:
        power = -(1.0 + mean) * math.log(max(uniform, 1e-300))
        return power > threshold, max(power - 1.0, 1.0)
    if fluctuation == SWERLING_3:
        power = swerling3_power(mean, uniform)
        return power > threshold, max(power - 1.0, 1.0)
    return uniform < steady_detection(mean, threshold), max(mean, 1.0)


def detection_threshold(false_alarm_probability: float) -> float:
    """Return the threshold, a power ratio over the mean noise, for a single look's false-alarm probability."""
    return -math.log(false_alarm_probability)


def ratio(decibel: float) -> float:
    """Return the power ratio of a number of decibels."""
    return float(10.0 ** (decibel / 10.0))


def radar_constant(energy: float, gain: float, aperture: float, system_temperature: float, losses: float) -> float:
    """Return k of SNR = k x cross-section / range^4 in m2: the radar range equation (Skolnik 2001, eq. 1.6 and 2.2).

    ``energy`` in J is average power x dwell (a matched filter sees energy), ``gain`` and ``losses`` are power ratios,
    ``aperture`` in m2 is effective, ``system_temperature`` in K.
    """
    return energy * gain * aperture / ((4.0 * math.pi) ** 2 * BOLTZMANN * system_temperature * losses)


@kernel
def range_accuracy(snr: float, bandwidth: float) -> float:
    """Return the one-sigma range noise in m, c / (2 B sqrt(2 SNR)) (Barton 2005, Radar System Analysis, ch. 8)."""
    return LIGHT_SPEED / (2.0 * bandwidth * math.sqrt(2.0 * min(snr, SNR_CEILING)))


@kernel
def angle_accuracy(snr: float, beamwidth: float) -> float:
    """Return the one-sigma monopulse angle noise in rad, beam / (1.6 sqrt(2 SNR)) (Skolnik 2001, sec. 4.2)."""
    return beamwidth / (1.6 * math.sqrt(2.0 * min(snr, SNR_CEILING)))


@kernel
def rate_accuracy(snr: float, wavelength: float, dwell: float) -> float:
    """Return the one-sigma range-rate noise in m/s of a coherent dwell in s at a wavelength in m.

    A constant-amplitude dwell T measures frequency to sqrt(3) / (pi T sqrt(2 SNR)) (Skolnik 2001, sec. 6.3: 1 / (alpha
    sqrt(2E/N0)) with alpha = pi T / sqrt(3)), and the rate is half a wavelength times that.
    """
    return 0.5 * wavelength * math.sqrt(3.0) / (math.pi * dwell * math.sqrt(2.0 * min(snr, SNR_CEILING)))


@kernel
def centroid_accuracy(snr: float, pixel: float) -> float:
    """Return the one-sigma infrared angle noise in rad: half a pixel over the SNR, and a floor of a twentieth of a
    pixel.
    """
    return pixel * math.sqrt(0.25 / (snr * snr) + CENTROID_FLOOR * CENTROID_FLOOR)
