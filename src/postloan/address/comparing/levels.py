"""Down to what two addresses agree: unit, building, site, area, or nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postloan.address.comparing.names import States
from postloan.address.comparing.words import AT, State

Flags = npt.NDArray[np.bool_]
DIFFERENT, AREA, SITE, BUILDING, UNIT = range(5)


def levels_of(states: States) -> npt.NDArray[np.int8]:
    """For each pair the place of its level in ``comparison.LEVELS``."""

    def of(name: str) -> npt.NDArray[np.int8]:
        column: npt.NDArray[np.int8] = states[:, AT[name]]
        return column

    def agrees(name: str) -> Flags:
        found: Flags = (of(name) >= State.SAME) & (of(name) <= State.PART)
        return found

    def against(name: str) -> Flags:
        found: Flags = of(name) >= State.NEAR
        return found

    apart = against("province") | against("prefecture") | against("county")
    named = agrees("road") | agrees("place") | agrees("community") | agrees("lane") | agrees("inside")
    # of road and place one may be given by one side alone, but what both give must agree
    site = ~apart & named & ~against("road") & ~(against("place") & ~agrees("road"))
    area = ~apart & (
        site | agrees("county") | agrees("town") | agrees("zone") | agrees("prefecture") | agrees("province")
    )
    at_number = ~against("road_no") & ~against("lane_no") & ~against("place")
    read_alike = (of("numbers") == State.SAME) | (of("numbers") == State.PART)
    plate = agrees("road_no") | agrees("lane_no")
    house = agrees("building") | (plate & (of("building") == State.NONE)) | agrees("room")
    building = site & at_number & ~against("building") & house
    bare = site & at_number & (of("numbers") == State.NONE) & (of("wording") == State.SAME)
    unit = (
        building
        & (agrees("room") | (read_alike & (of("numbers") == State.SAME) & _fine(states)))
        & ~against("room") & ~against("entrance") & ~against("floor")
    )  # fmt: skip
    level = np.where(area, AREA, DIFFERENT).astype(np.int8)
    level[site | bare] = SITE
    level[building] = BUILDING
    level[unit] = UNIT
    return level


def _fine(states: States) -> Flags:
    """Whether either address goes down to a room or an entrance."""
    found: Flags = (states[:, [AT["room"], AT["entrance"]]] != State.NONE).any(1)
    return found
