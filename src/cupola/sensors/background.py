"""What a warm or cold body shows: its contrast with black space above the limb, or with the Earth and its air below."""

from cupola.core.kernel import kernel
from cupola.core.radiation import band_radiance


@kernel
def radiance_contrast(temperature: float, background: float, low: float, high: float) -> float:
    """Return the radiance in W/m2/sr by which a black body outshines its background between two wavelengths in m.

    Temperatures in K; a background of 0 K is space. Negative for a body colder than what stands behind it, which shows
    as a dark spot. Times emissivity x area this holds for a grey body that mirrors a scene like the one behind it.
    """
    behind = band_radiance(background, low, high) if background > 0.0 else 0.0
    return band_radiance(temperature, low, high) - behind
