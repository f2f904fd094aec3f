from __future__ import annotations

import pytest

from postloan.address.spelling import implied, spelled


@pytest.mark.parametrize(
    ("label", "written", "form"),
    [
        ("houseno", "三号楼", "3幢"),
        ("houseno", "３栋", "3幢"),
        ("houseno", "3#", "3幢"),
        ("houseno", "03座", "3幢"),
        ("houseno", "第十二幢", "12幢"),
        ("houseno", "b座", "B幢"),
        ("houseno", "A1-3栋", "A1-3幢"),
        ("houseno", "12号", "12号"),
        ("houseno", "3", "3幢"),
        ("houseno", "东楼", "东楼"),
        ("cellno", "二单元", "2单元"),
        ("cellno", "2", "2单元"),
        ("cellno", "一零三号门", "103号门"),
        ("floorno", "三楼", "3层"),
        ("floorno", "3F", "3层"),
        ("floorno", "负一楼", "负1层"),
        ("floorno", "B1", "负1层"),
        ("floorno", "首层", "1层"),
        ("floorno", "顶楼", "顶楼"),
        ("roomno", "501房", "501室"),
        ("roomno", "五〇一", "501室"),
        ("roomno", "A-501", "A-501室"),
        ("roomno", "会议室", "会议室"),
        ("roadno", "十二号", "12号"),
        ("roadno", "12＃", "12号"),
        ("roadno", "161-163号", "161-163号"),
        ("roadno", "888弄", "888弄"),
        ("road", "建设4路", "建设四路"),
        ("road", "文三路", "文三路"),
        ("road", "104国道", "104国道"),
        ("road", "4号大街", "4号大街"),
        ("road", "纬23路", "纬二十三路"),
        ("poi", "（華星 大廈）", "华星大厦"),
    ],
)
def test_each_number_and_name_has_one_spelling(label, written, form):
    assert spelled(label, written) == form
    assert spelled(label, form) == form


@pytest.mark.parametrize(
    ("floor", "room", "redundant"),
    [
        ("3层", "301室", True),
        ("12层", "1203室", True),
        ("3层", "401室", False),
        ("负1层", "101室", False),
        ("3层", "A室", False),
    ],
)
def test_a_floor_that_the_room_says_as_well_is_redundant(floor, room, redundant):
    assert implied(floor, room) is redundant
