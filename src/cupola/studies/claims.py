"""A press claim in words: figures with their units and the digits that were reported."""

from cupola.core.units import half_of_last_digit
from cupola.scenario.errors import ScenarioError
from cupola.studies.flights import apogee_height, ground_range, positive
from cupola.threats.claim import ClaimCheck, check_claim


def claim(apogee: str, range: str, time: str, *, option: str = "") -> ClaimCheck:
    """Return the verdict on a reported ballistic flight.

    Quantities are text with a unit, with the digits that were reported: each is taken as rounded to the last one.
    ``option`` stands before a parameter's name in messages. Raises ``ScenarioError`` for figures that no flight has.
    """
    top = apogee_height(apogee, f"{option}apogee")
    distance = ground_range(range, f"{option}range")
    seconds = positive(time, "time", f"{option}time")
    half = (
        half_of_last_digit(apogee, "length"),
        half_of_last_digit(range, "length"),
        half_of_last_digit(time, "time"),
    )
    try:
        return check_claim(top, distance, seconds, half)
    except ValueError as error:
        raise ScenarioError(str(error)) from None
