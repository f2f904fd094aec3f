"""Regulation as dated, sourced data: packs of YAML files and the book that answers from them."""

from postloan.rules.book import PACKS, RuleBook, Span, load_book, rule_as_json
from postloan.rules.checking import parse_rules
from postloan.rules.examples import RuleCase, cases_of
from postloan.rules.kept import book_as_json, book_from_json
from postloan.rules.mistakes import BadRuleFile, NoRuleValue, UnknownRule
from postloan.rules.records import Rule, RuleValue
from postloan.rules.vocabulary import meaning

__all__ = [
    "PACKS", "BadRuleFile", "NoRuleValue", "Rule", "RuleBook", "RuleCase", "RuleValue", "Span", "UnknownRule",
    "book_as_json", "book_from_json", "cases_of", "load_book", "meaning", "parse_rules", "rule_as_json",
]  # fmt: skip
