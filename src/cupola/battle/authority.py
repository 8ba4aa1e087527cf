"""Who may release what, and when: authority by layer, commit rules, and what a layer alone can see."""

import copy
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cupola.battle.reasons import NoShot
from cupola.battle.sightings import Integers, Sightings
from cupola.battle.spec import BattleSpec, LayerDoctrine


class Authority:
    """The clocks to authority and the counts of one commander: the national node, or a layer alone."""

    def __init__(self, spec: BattleSpec, doctrine: Mapping[str, LayerDoctrine], sightings: Sightings) -> None:
        self.is_alone = False
        self._spec, self._doctrine, self.sightings = spec, doctrine, sightings
        numbered = {name: number for number, name in enumerate(sightings.groups)}
        self._own = {
            layer: [numbered[name] for name in spec.network.own_sensors.get(layer, ()) if name in numbered]
            for layer in doctrine
        }
        self._from_s: dict[str, float] = {}
        """When each layer's authority comes into force; no entry before its clock has begun"""
        self._raid = dict.fromkeys(doctrine, 0)
        self._first_s = math.inf
        """When the first track was firm"""

    def alone(self, layer: str, time_s: float) -> "Authority":
        """Return what is left to a layer at ``time_s``, when the national node is cut; its sightings part from here."""
        out = Authority(self._spec, {layer: self._doctrine[layer]}, copy.deepcopy(self.sightings))
        out.is_alone = True
        given_s = self._from_s.get(layer, math.inf)
        out._raid, out._first_s = {layer: self._raid[layer]}, self._first_s
        policy = self._doctrine[layer].authority
        if given_s <= time_s or policy == "layer":
            out._from_s = {layer: given_s} if layer in self._from_s else {}
        elif policy == "national":
            out._from_s = {layer: math.inf}
        return out

    def firm(self, tracks: Integers, launched: NDArray[np.bool_], time_s: float) -> dict[str, float]:
        """Hear which tracks (m,) are firm now, and which of them are missiles that were seen under power.

        Return when authority comes into force for the layers whose clock begins now by a rule of their own.
        """
        begun: dict[str, float] = {}
        self._first_s = min(self._first_s, time_s)
        for layer, doctrine in self._doctrine.items():
            if not self._counting(layer) and layer in self._from_s:
                continue
            own = self.is_alone or doctrine.authority == "layer"
            seen = self._in_own_picture(layer, tracks, time_s) if own else np.ones(len(tracks), dtype=np.bool_)
            self._raid[layer] = max(self._raid[layer], int((seen & launched).sum()))
            if layer not in self._from_s and seen.any():
                delay = self._spec.commit_delay if doctrine.commit_delay is None else doctrine.commit_delay
                self._from_s[layer] = time_s + delay
                if own or doctrine.commit_delay is not None:
                    begun[layer] = self._from_s[layer]
        return begun

    def sees(self, layer: str, tracks: Integers, time_s: float) -> NDArray[np.bool_]:
        """Return which tracks (m,) a layer knows of: all, unless it is alone."""
        if not self.is_alone:
            return np.ones(len(tracks), dtype=np.bool_)
        return self._in_own_picture(layer, tracks, time_s)

    def held(self, layer: str, tracks: Integers, time_s: float) -> dict[int, NoShot]:
        """Return for each of ``tracks`` (m,) that a layer may not fire at now why not."""
        doctrine = self._doctrine[layer]
        if self._counting(layer):
            return {int(track): NoShot.RAID_TOO_SMALL for track in tracks}
        if time_s < self._from_s.get(layer, math.inf):
            return {int(track): NoShot.NO_AUTHORITY for track in tracks}
        if doctrine.confirmation == "none":
            return {}
        confirmed = self.sightings.confirmed(tracks, self._own[layer] if self.is_alone else None)
        return {int(track): NoShot.UNCONFIRMED for track in tracks[~confirmed]}

    def reserve_freed(self, layer: str, time_s: float) -> bool:
        """Return whether doctrine lets a layer fire its reserve by now."""
        until_s = self._doctrine[layer].reserve_until
        return until_s is not None and time_s >= self._first_s + until_s

    def own_sensors(self, layer: str) -> list[int]:
        """Return the numbers of the sensor groups that a layer hears directly."""
        return self._own[layer]

    def _counting(self, layer: str) -> bool:
        """Say whether a layer that waits for a raid of some size has not counted it yet."""
        return 1 < self._doctrine[layer].minimum_raid > self._raid[layer]

    def _in_own_picture(self, layer: str, tracks: Integers, time_s: float) -> NDArray[np.bool_]:
        """Return which tracks (m,) the layer's own sensors have reported lately."""
        age_s = time_s - self.sightings.last_s(tracks, self._own[layer])
        return np.asarray(age_s < self._spec.firm_age)
