"""The sentences behind the codes that tables hold."""

from cupola.core.reason import Reason
from cupola.engine.record import LeakReason


def leak_sentence(code: str) -> str:
    """Return why a warhead leaked, from the code in the objects table."""
    return _sentence(LeakReason, code)


def shot_sentence(code: str) -> str:
    """Return what became of a shot, from the code in the shots table."""
    from cupola.interceptors.endgame import ShotOutcome

    return _sentence(ShotOutcome, code)


def _sentence(kind: type[Reason], code: str) -> str:
    for member in kind:
        if member.code == code:
            return member.sentence
    return code.replace("-", " ").capitalize() + "."
