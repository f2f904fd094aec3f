"""The public face: load a deal, check it, run it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from postloan.kernel import Finding, Lang, PostloanError
from postloan.securitisation.checking import blocking, check_terms
from postloan.securitisation.deal import Terms
from postloan.securitisation.flow import Flow
from postloan.securitisation.machine import Machine, run_deal
from postloan.securitisation.reading import read_terms
from postloan.securitisation.result import Result, result_of
from postloan.securitisation.timeline import Rates


class CannotRun(PostloanError):
    """{deal} cannot run: {what}.

    {mend}
    """

    zh = "{deal} 无法运行：{what_zh}{mend_zh}"


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal that can be run again and again; runs do not change it."""

    terms: Terms

    @classmethod
    def load(cls, path: Path | str) -> Deal:
        """The deal in a file.

        Raises:
            BadDeal: something in it is wrong. NewerDeal: it was written for a newer version.
        """
        place = Path(path)
        return cls(read_terms(place.read_text(encoding="utf-8-sig"), place.name))

    @classmethod
    def from_text(cls, text: str, name: str = "deal") -> Deal:
        """The deal in a text; name: how errors call it."""
        return cls(read_terms(text, name))

    def check(self) -> tuple[Finding, ...]:
        """What is odd about it before it runs."""
        return check_terms(self.terms)

    def run(self, flow: Flow, rates: Rates | None = None) -> Result:
        """One scenario, traced.

        Raises:
            CannotRun: a finding blocks it, or the flow holds many scenarios.
        """
        self._must_run()
        if flow.width != 1:
            raise self._cannot(
                "The flow holds many scenarios.",
                "Use run_many, or flow.scenario(number).",
                "回收表含多个情景。",
                "请使用 run_many。",
            )
        return result_of(run_deal(self.terms, flow, rates))

    def run_many(self, flow: Flow, rates: Rates | None = None, *, keep: bool = False) -> Machine:
        """Many scenarios at once, without a trace; the machine holds lanes of fen.

        keep: remember every payment day (eight bytes a value and scenario).
        """
        self._must_run()
        return run_deal(self.terms, flow, rates, trace=False, keep=keep)

    def _must_run(self) -> None:
        for found in blocking(check_terms(self.terms)):
            raise self._cannot(found.says(), found.mend(), found.says("zh"), found.mend("zh"))

    def _cannot(self, what: str, mend: str, what_zh: str, mend_zh: str) -> CannotRun:
        return CannotRun(deal=self.terms.name, what=what, mend=mend, what_zh=what_zh, mend_zh=mend_zh)


def said(findings: tuple[Finding, ...], lang: Lang) -> list[str]:
    """Findings as sentences with their codes and lines."""
    return [
        f"{one.code}{f' (line {one.row})' if one.row else ''} {one.says(lang)} {one.mend(lang)}"
        for one in findings
    ]
