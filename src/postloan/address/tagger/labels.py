"""The 21 labels of an address (地址要素), in the order in which the model counts them."""

from __future__ import annotations

from typing import Final

LABELS: Final = (
    "country", "prov", "city", "district", "devzone", "town", "community", "road", "subroad", "roadno",
    "subroadno", "poi", "subpoi", "houseno", "cellno", "floorno", "roomno", "person", "assist", "redundant",
    "otherinfo",
)  # fmt: skip
"""``prov`` 省, ``city`` 地级市, ``district`` 区县, ``devzone`` 开发区, ``town`` 乡镇街道, ``community`` 村社区,
``road`` 路, ``roadno`` 门牌号, ``poi`` 小区楼宇单位, ``subpoi`` 其中一处, ``houseno`` 楼栋, ``cellno`` 单元,
``floorno`` 楼层, ``roomno`` 房间, ``person`` 收件人或店铺, ``assist`` 方位词, ``redundant`` 冗余与分隔."""

INDEX: Final = {label: place for place, label in enumerate(LABELS)}
N_LABELS: Final = len(LABELS)
REDUNDANT: Final = INDEX["redundant"]
