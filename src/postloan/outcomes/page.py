"""Self-contained pages: style, script and pictures inside, nothing fetched, and a policy that says so."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from postloan.outcomes.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, words: Words, charts: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """One HTML file from a template of ours.

    charts: chart id → ECharts options. facts: what the template speaks about.
    """
    from markupsafe import Markup

    scripts = [_static("echarts.min.js"), _static("report.js")] if charts else []
    policy = "; ".join(
        [
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            f"script-src {' '.join(map(_digest, scripts)) or chr(39) + 'none' + chr(39)}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return (
        _environment()
        .get_template(template)
        .render(
            w=words,
            t=words.t,
            lang=words.lang,
            policy=policy,
            style=Markup(_static("report.css")),
            scripts=[Markup(script) for script in scripts],
            charts=Markup(_json(charts)),
            **facts,
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("postloan.outcomes", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _static(name: str) -> str:
    return (
        (files("postloan.outcomes") / "static" / name)
        .read_text(encoding="utf-8")
        .replace("</script", "<\\/script")
    )


@cache
def _digest(script: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _json(charts: Mapping[str, Any]) -> str:
    # "<" would let a name from the data close the script element.
    return json.dumps(charts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
