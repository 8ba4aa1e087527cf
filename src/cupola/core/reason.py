"""Outcomes that a user must be able to reason about: every enum member carries one plain sentence."""

from enum import Enum


class Reason(Enum):
    """Base of the rooms' outcome enums. ``value`` is the sentence, ``code`` what tables and logs hold."""

    @property
    def code(self) -> str:
        """The stable machine name, e.g. ``below-horizon``."""
        return self.name.lower().replace("_", "-")

    @property
    def sentence(self) -> str:
        """One plain sentence for people."""
        return str(self.value)
