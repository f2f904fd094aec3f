"""What is compared, how two addresses can agree in it, and the words for both in English and Chinese."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """How two addresses stand to each other in one element."""

    NONE = 0
    """Neither gives it."""
    ONE = 1
    """One gives it: not contradicted, but coarser."""
    SAME = 2
    CLOSE = 3
    """A slip of the pen: a character missing or swapped, or one that sounds or looks alike."""
    SLIP = 4
    """One character differs, and the two are not alike."""
    PART = 5
    """One stands whole in the other."""
    NEAR = 6
    """They share half of their pairs of characters."""
    SIBLING = 7
    """They differ in a number, a letter or a direction, as neighbours do."""
    DIFFERENT = 8


N_STATES = len(State)
CONTRADICTED = (State.NEAR, State.SIBLING, State.DIFFERENT)
"""States in which a name does not agree."""

NAMES = ("zone", "town", "community", "road", "lane", "place", "inside")
NUMBERS = ("road_no", "lane_no", "building", "entrance", "floor", "room")
ELEMENTS = ("province", "prefecture", "county", *NAMES, *NUMBERS, "numbers", "figures", "wording", "ground")
"""The elements that are compared, from the widest to the finest; ``numbers``: all numbers in their order;
``figures``: all digits and letters, whatever they were read as;
``wording``: all names below the county run together; ``ground``: what the two have in common at all."""
AT = {name: place for place, name in enumerate(ELEMENTS)}

ELEMENT_WORDS = {
    "province": ("province", "省份"), "prefecture": ("prefecture", "地市"), "county": ("county", "区县"),
    "zone": ("development zone", "开发区"), "town": ("town", "街道乡镇"), "community": ("village", "社区或村"),
    "road": ("road", "道路"), "lane": ("lane", "弄巷"), "place": ("compound", "小区或楼宇"),
    "inside": ("place inside it", "内部场所"), "wording": ("names as a whole", "名称整体"),
    "ground": ("common ground", "共同之处"),
    "road_no": ("number on the road", "门牌号"), "lane_no": ("number in the lane", "弄内号"),
    "building": ("building", "楼号"), "entrance": ("entrance", "单元"), "floor": ("floor", "楼层"),
    "room": ("room", "室号"), "numbers": ("all numbers", "全部号码"),
    "figures": ("digits and letters", "数字与字母"),
}  # fmt: skip

STATE_WORDS = {
    State.NONE: ("not given", "均未给出"), State.ONE: ("given by one alone", "仅一方给出"),
    State.SAME: ("the same", "相同"),
    State.CLOSE: ("the same but for a slip", "仅有笔误"), State.SLIP: ("one character apart", "相差一字"),
    State.PART: ("one within the other", "一方包含另一方"), State.NEAR: ("alike in part", "部分相似"),
    State.SIBLING: ("told apart by a number or direction", "编号或方位不同"), State.DIFFERENT: ("different", "不同"),
}  # fmt: skip
