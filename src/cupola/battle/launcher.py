"""What can be fired now: rounds on launchers, refilled one after the other."""

from dataclasses import dataclass, field

from cupola.interceptors.deployment import LauncherSpec


@dataclass(kw_only=True)
class Launcher:
    """The launchers of one site in one run. Rounds are brought up one at a time, each begun when its place fell empty
    or the one before it stood, whichever is later.
    """

    spec: LauncherSpec
    _filled_s: list[float] = field(default_factory=list)
    """When each place emptied so far is filled again, in order"""

    def loaded(self, time_s: float, remaining: int) -> int:
        """Return the rounds on launchers at ``time_s``, of ``remaining`` that the site has left in all."""
        empty = sum(filled > time_s for filled in self._filled_s)
        return max(min(self.spec.ready - empty, remaining), 0)

    def fired(self, time_s: float) -> None:
        """Take one round off at ``time_s``."""
        begun = max(self._filled_s[-1], time_s) if self._filled_s else time_s
        self._filled_s.append(begun + self.spec.reload_time)

    def kept(self) -> None:
        """Take back the newest round fired, which never left."""
        self._filled_s.pop()
