import importlib
import pickle
import pkgutil
import re
import string

import pytest

import postloan
from postloan.kernel.errors import Fault, InputError, PostloanError


class NothingThere(PostloanError):
    """{path} does not exist.

    Check the path.
    """

    zh = "{path} 不存在。请检查路径。"


def _all_errors() -> list[type[PostloanError]]:
    for module in pkgutil.walk_packages(postloan.__path__, "postloan."):
        # Scripts of migrations run only inside a migration; training needs packages of its own.
        if ".migrations." not in module.name and ".training" not in module.name:
            importlib.import_module(module.name)
    found, queue = [], [PostloanError]
    while queue:
        kind = queue.pop()
        queue.extend(kind.__subclasses__())
        if kind.__module__.startswith("postloan."):
            found.append(kind)
    return found


def _holes(text: str) -> set[str]:
    return {name.removesuffix("_zh") for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_docstring_is_the_message_on_one_line():
    error = NothingThere(path="loans.csv")
    assert str(error) == "loans.csv does not exist. Check the path."
    assert error.message("zh") == "loans.csv 不存在。请检查路径。"
    assert error.facts == {"path": "loans.csv"}


def test_the_users_mistakes_end_in_2_and_ours_in_3():
    assert InputError(what="a", where="b", mend="c").exit_code == 2
    assert Fault(what="x").exit_code == 3


def test_an_error_survives_the_way_between_processes():
    again = pickle.loads(pickle.dumps(Fault(what="x")))
    assert str(again) == str(Fault(what="x"))


@pytest.mark.parametrize("kind", _all_errors(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_says_the_same_in_both_languages(kind):
    assert kind.__doc__, "an error without a docstring says nothing"
    own_words = re.sub(r"\{\w+\}|\W", "", kind.zh)
    assert not own_words or re.search(r"[\u4e00-\u9fff]", own_words)
    assert "zh" in vars(kind), "the Chinese message is inherited from another error"
    assert _holes(kind.zh) <= _holes(kind.__doc__)
