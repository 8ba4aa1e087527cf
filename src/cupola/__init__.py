"""Cupola: what a layered missile defense would stop, miss and cost, and how sure we are."""

from typing import Any

__version__ = "0.1.0"

# Verb -> the module that holds it: importing cupola stays instant, and each verb brings only what it needs.
_VERBS = {
    "load": "cupola.scenario.load",
    "run": "cupola.campaign.api",
    "compare": "cupola.studies.compare",
    "engage": "cupola.campaign.engagement",
    "fly": "cupola.studies.flights",
    "coverage": "cupola.studies.coverage",
    "reach": "cupola.studies.reach",
    "size_aei": "cupola.studies.aei",
    "sensitivity": "cupola.studies.sensitivity",
    "sweep": "cupola.studies.sweep",
    "reproduce": "cupola.studies.reproduce_play",
    "trade": "cupola.studies.trade",
    "size_doctrine": "cupola.studies.doctrine",
    "size_orbital": "cupola.studies.orbital",
    "size_sensors": "cupola.studies.stereo",
    "size_survivability": "cupola.studies.survival",
}
__all__ = ["__version__", *_VERBS]


def __getattr__(name: str) -> Any:
    if name not in _VERBS:
        raise AttributeError(f"module 'cupola' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_VERBS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
