"""What a campaign tells while it runs; the command line draws it, a library user may ignore it."""

from typing import Protocol


class Progress(Protocol):
    """Hears about runs that are committed."""

    def start(self, *, total: int, done: int) -> None:
        """A campaign of ``total`` runs starts with ``done`` of them committed before."""

    def advance(self, runs: int) -> None:
        """So many more runs are committed."""

    def note(self, text: str) -> None:
        """Something worth a line."""


class Silent:
    """Says nothing."""

    def start(self, *, total: int, done: int) -> None:
        """See :class:`Progress`."""

    def advance(self, runs: int) -> None:
        """See :class:`Progress`."""

    def note(self, text: str) -> None:
        """See :class:`Progress`."""
