"""All methods that play cases and all quantities that they return, from the modules that define them.

A module of methods has ``METHODS`` (name -> function of a case's inputs) and, where it returns what nobody else does,
``QUANTITIES`` (name -> :class:`~cupola.studies.reproduce_quantities.Quantity`). Adding one is a line in ``_MODULES``.
"""

from collections.abc import Callable
from types import ModuleType

from cupola.studies import (
    doctrine_methods,
    engagement_methods,
    flight_methods,
    orbital_methods,
    reproduce_quantities,
    sensing_methods,
    space_methods,
    stability_methods,
    tracking_methods,
)
from cupola.studies.reproduce_case import Found, Inputs
from cupola.studies.reproduce_quantities import Quantity

_MODULES: tuple[ModuleType, ...] = (
    doctrine_methods,
    engagement_methods,
    flight_methods,
    orbital_methods,
    sensing_methods,
    space_methods,
    stability_methods,
    tracking_methods,
)

METHODS: dict[str, Callable[[Inputs], Found]] = {}
QUANTITIES: dict[str, Quantity] = dict(reproduce_quantities.QUANTITIES)
for _module in _MODULES:
    _new: dict[str, Quantity] = getattr(_module, "QUANTITIES", {})
    if METHODS.keys() & _module.METHODS.keys() or QUANTITIES.keys() & _new.keys():
        raise RuntimeError(f"{_module.__name__} defines a method or a quantity that another module has already")
    METHODS |= _module.METHODS
    QUANTITIES |= _new
