"""A trained reach model as bytes, to be kept and learned further from new letters."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import numpy as np

from postloan.kernel import PostloanError
from postloan.people.reach import Weights
from postloan.people.situations import NAMES

FORMAT = 1


class NotAModel(PostloanError):
    """{path} is not a reach model of this version: {why}.

    Train it again with `postloan reach train`.
    """

    zh = "{path} 不是本版本的触达模型：{why}。请用 `postloan reach train` 重新训练。"


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept model: its weights and the day up to which letters were learned."""

    weights: Weights
    through: date


def to_bytes(kept: Kept) -> bytes:
    """The model as a file's content."""
    file, weights = io.BytesIO(), kept.weights
    np.savez_compressed(
        file, format=np.array(FORMAT), names=np.array(NAMES), mean=weights.mean, precision=weights.precision,
        outcomes=weights.outcomes, numbers=np.array([weights.shift, weights.slope, weights.letters]),
        through=np.array(kept.through.isoformat()),
    )  # fmt: skip
    return file.getvalue()


def from_bytes(content: bytes, path: str) -> Kept:
    """The model that a file's content is. path: its name, for the error.

    Raises:
        NotAModel: it is none, or was made for other features.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            if int(held["format"]) != FORMAT or tuple(held["names"].tolist()) != NAMES:
                raise NotAModel(path=path, why="it was made by another version")
            shift, slope, letters = held["numbers"].tolist()
            weights = Weights(held["mean"], held["precision"], held["outcomes"], shift, slope, letters)
            return Kept(weights, date.fromisoformat(str(held["through"])))
    except (ValueError, OSError, KeyError, EOFError) as error:
        raise NotAModel(path=path, why="it cannot be read") from error
