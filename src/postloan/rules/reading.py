"""Strict YAML: no key twice, no guessing of types, every entry knows its line."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date
from typing import Any

import yaml

from postloan.rules.mistakes import DuplicateKey, EmptyFile, NoSuchDay, NotYaml, WrongShape

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Marked(dict[Hashable, Any]):
    """A mapping of a rule file that remembers where it stands.

    lines: the line of each key, from 1.
    """

    lines: dict[Hashable, int]


class _Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml is eight times as fast
    """YAML as a lawyer reads it: ``on`` is a word, 22:00 is text, 010 is text, only true and false are flags."""


# A fresh table of forms, so that those of YAML 1.1 are not inherited.
_Strict.yaml_implicit_resolvers = {}


for _tag, _form, _first in (
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("tag:yaml.org,2002:float", r"^-?[0-9]+\.[0-9]+$", list("-0123456789")),
    ("tag:yaml.org,2002:timestamp", rf"^{_DAY.pattern}$", list("0123456789")),
):
    _Strict.add_implicit_resolver(_tag, re.compile(_form), _first)


def marked(plain: Any) -> Any:
    """Plain values as a rule file would give them, standing nowhere."""
    if isinstance(plain, dict):
        made = Marked({key: marked(value) for key, value in plain.items()})
        made.lines = {}
        return made
    return [marked(value) for value in plain] if isinstance(plain, list) else plain


def read_marked(text: str, file: str) -> Marked:
    """The mapping that a rule file holds.

    file: its name, for messages.

    Raises:
        NotYaml, DuplicateKey, NoSuchDay, EmptyFile, WrongShape: the file cannot be taken.
    """
    try:
        root = yaml.compose(text, Loader=_Strict)
    except yaml.YAMLError as error:
        raise NotYaml(where=f"{file}{_line_of(error)}", why=_why(error)) from error
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value.strip()):
        raise EmptyFile(where=file)
    if not isinstance(root, yaml.MappingNode):
        a_list = isinstance(root, yaml.SequenceNode)
        raise wrong_shape(f"{file}:1", file, "mapping", [] if a_list else "")
    made = _made(root, file)
    assert isinstance(made, Marked)
    return made


_SHAPES = {
    "mapping": ("a mapping (keys with values)", "映射（键和值）"),
    "list": ("a list", "列表"),
    "text": ("text", "文本"),
    "flag": ("true or false", "true 或 false"),
    "day": ("a calendar day", "日期"),
    "number": ("a number", "数字"),
    "nothing": ("nothing", "空"),
}


def wrong_shape(where: str, name: str, wanted: str, found: object) -> WrongShape:
    """The refusal of something that has another shape than the one wanted."""
    match found:
        case None:
            shape = "nothing"
        case dict():
            shape = "mapping"
        case list():
            shape = "list"
        case bool():
            shape = "flag"
        case date():
            shape = "day"
        case int() | float():
            shape = "number"
        case _:
            shape = "text"
    (en, zh), (found_en, found_zh) = _SHAPES[wanted], _SHAPES[shape]
    return WrongShape(where=where, name=name, wanted=en, wanted_zh=zh, found=found_en, found_zh=found_zh)


def _line_of(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _why(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "it cannot be read").replace("{", "(").replace("}", ")")


def _made(node: yaml.Node, file: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_made(item, file) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node, file)


def _mapping(node: yaml.MappingNode, file: str) -> Marked:
    made = Marked()
    made.lines = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise wrong_shape(f"{file}:{line}", "a key", "text", [])
        key = _scalar(key_node, file)
        if key in made:
            raise DuplicateKey(where=f"{file}:{line}", key=key, first=made.lines[key])
        made[key] = _made(value_node, file)
        made.lines[key] = line
    return made


def _scalar(node: yaml.ScalarNode, file: str) -> Any:
    text: str = node.value
    match node.tag.rsplit(":", 1)[-1]:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "timestamp":
            try:
                return date.fromisoformat(text)
            except ValueError as error:
                where = f"{file}:{node.start_mark.line + 1}"
                raise NoSuchDay(where=where, text=text) from error
    return text
