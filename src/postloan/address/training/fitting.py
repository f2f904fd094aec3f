"""One training run: batches, schedule, averaged weights, choice by F1 on the development set."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import numpy as np
import torch
from torch import Tensor, nn

from postloan.address.tagger.decode import viterbi
from postloan.address.tagger.features import N_FLAGS, UNKNOWN
from postloan.address.tagger.labels import N_LABELS
from postloan.address.training.corpus import Encoded
from postloan.address.training.network import N_TAGS, Network, TiedCrf

_BITS = np.arange(N_FLAGS, dtype=np.uint32)
Batch = tuple[Tensor, ...]


@dataclass(slots=True)
class Plan:
    """How to train. epochs, size (addresses a batch), rate: as usual. crf: CRF loss, else each token by itself.

    adversarial: size of a step against the gradient on the embeddings, 0 for none. unknown: share of characters
    that are hidden. look_from: first epoch at whose end the development set is looked at.
    """

    epochs: int = 10
    size: int = 64
    rate: float = 2e-3
    crf: bool = True
    adversarial: float = 0.0
    unknown: float = 0.03
    look_from: int = 2
    seed: int = 1
    log: list[dict[str, float]] = field(default_factory=list)


@dataclass(slots=True)
class Trained:
    """A network with its CRF and the F1 that it reached on the development set."""

    network: Network
    crf: TiedCrf
    f1: float = 0.0


def make_batch(
    data: Encoded, chosen: list[int], unknown: float, random: np.random.Generator
) -> tuple[Batch, Tensor]:
    """Padded features and targets of some addresses; hides a share of what can be seen."""
    f, bounds = data.features, data.bounds
    sizes = bounds[np.array(chosen) + 1] - bounds[chosen]
    longest = max(int(sizes.max()), 1)
    shape = (len(chosen), longest)
    columns = np.arange(longest)
    mask = columns < sizes[:, None]
    at = np.where(mask, bounds[chosen][:, None] + columns, 0)
    fields = [np.where(mask, values[at], 0) for values in (f.ids, f.left, f.right, f.shape)]
    flags = ((f.flags[at][..., None] >> _BITS) & 1).astype(np.float32) * mask[..., None]
    if unknown:
        fields[0][(random.random(shape) < unknown) & mask & (fields[0] > 160)] = UNKNOWN
        for pair in (1, 2):
            fields[pair][(random.random(shape) < 2 * unknown) & mask] = 0
        flags *= random.random((shape[0], 1, 1)) > 0.05
    target = data.target[at]
    tensors = (
        *(torch.from_numpy(v) for v in fields),
        torch.from_numpy(flags),
        torch.from_numpy(mask.astype(np.float32)),
    )
    if target.ndim == 3:
        return tensors, torch.from_numpy(target.astype(np.float32))
    return tensors, torch.from_numpy(np.where(mask, target, 0))


def batches(data: Encoded, size: int, random: Random) -> list[list[int]]:
    """Groups of addresses of about the same length, in random order."""
    sizes = np.diff(data.bounds)
    order = [i for i in range(len(data)) if sizes[i] > 0]
    random.shuffle(order)
    groups = []
    for begin in range(0, len(order), size * 40):
        pool = sorted(order[begin : begin + size * 40], key=lambda i: sizes[i])
        groups += [pool[i : i + size] for i in range(0, len(pool), size)]
    random.shuffle(groups)
    return groups


def scores_of(network: Network, data: Encoded, size: int = 256) -> Iterator[tuple[list[int], Tensor, Tensor]]:
    """Scores of all addresses, group by group: which ones, scores, mask."""
    network.eval()
    sizes = np.diff(data.bounds)
    order = sorted((i for i in range(len(data)) if sizes[i] > 0), key=lambda i: sizes[i])
    random = np.random.default_rng(0)
    with torch.no_grad():
        for begin in range(0, len(order), size):
            chosen = order[begin : begin + size]
            batch, _ = make_batch(data, chosen, 0.0, random)
            yield chosen, network(batch), batch[-1]


def flat_scores(network: Network, data: Encoded) -> np.ndarray:
    """Scores of every token in the order of the data."""
    out = np.zeros((int(data.bounds[-1]), N_TAGS), np.float32)
    for chosen, scores, _ in scores_of(network, data):
        for place, i in enumerate(chosen):
            begin, end = int(data.bounds[i]), int(data.bounds[i + 1])
            out[begin:end] = scores[place, : end - begin].numpy()
    return out


def flat_marginals(trained: Trained, data: Encoded) -> np.ndarray:
    """Probabilities of every tag of every token, from the CRF."""
    out = np.zeros((int(data.bounds[-1]), N_TAGS), np.float16)
    for chosen, scores, mask in scores_of(trained.network, data):
        found = trained.crf.marginals(scores, mask).numpy()
        for place, i in enumerate(chosen):
            begin, end = int(data.bounds[i]), int(data.bounds[i + 1])
            out[begin:end] = found[place, : end - begin]
    return out


def crf_arrays(crf: TiedCrf) -> dict[str, np.ndarray]:
    """The parameters of a CRF by name."""
    return {name: value.detach().numpy() for name, value in crf.named_parameters()}


def f1_of(trained: Trained, data: Encoded, gold: set[tuple[int, int, int]]) -> float:
    """Entity F1 by token positions; ``gold`` holds first token, last token and label of every span."""
    tags = viterbi(flat_scores(trained.network, data), data.features.tokens.first, crf_arrays(trained.crf))
    return f1_between(gold, spans_by_token(tags, data))


def f1_between(gold: set[tuple[int, int, int]], found: set[tuple[int, int, int]]) -> float:
    """F1 of two sets of spans."""
    return 2 * len(gold & found) / max(1, len(gold) + len(found))


def spans_by_token(tags: np.ndarray, data: Encoded) -> set[tuple[int, int, int]]:
    """First character, end and label of every span, in the characters of the whole batch."""
    tokens = data.features.tokens
    begins = np.flatnonzero((tags < N_LABELS) | tokens.first)
    ends = np.append(begins[1:], len(tags)) - 1
    stop = tokens.start[ends] + tokens.length[ends]
    return set(
        zip(tokens.start[begins].tolist(), stop.tolist(), (tags[begins] % N_LABELS).tolist(), strict=True)
    )


def _rate_at(step: int, steps: int) -> float:
    warm = min(200, steps // 5 + 1)
    return min(1.0, step / warm) * (0.5 * (1 + math.cos(math.pi * min(1.0, step / steps))) * 0.98 + 0.02)


def _loss(trained: Trained, batch: Batch, target: Tensor, plan: Plan, noise: Tensor | None = None) -> Tensor:
    scores, mask = trained.network(batch, noise), batch[-1]
    if target.ndim == 3:
        each = -(target * torch.log_softmax(scores, -1)).sum(-1)
        return (each * mask).sum() / mask.sum()
    if plan.crf:
        return trained.crf.loss(scores, target, mask)
    each = nn.functional.cross_entropy(scores.transpose(1, 2), target, reduction="none", label_smoothing=0.03)
    return (each * mask).sum() / mask.sum()


def _backward(trained: Trained, batch: Batch, target: Tensor, plan: Plan) -> float:
    loss = _loss(trained, batch, target, plan)
    if plan.adversarial:
        trained.network.summed.retain_grad()
    loss.backward()
    if plan.adversarial:
        slope = trained.network.summed.grad
        noise = plan.adversarial * slope / (slope.norm(dim=(1, 2), keepdim=True) + 1e-8)
        _loss(trained, batch, target, plan, noise.detach()).backward()
    return float(loss.detach())


def fit(
    trained: Trained,
    plan: Plan,
    data_of: Callable[[int], list[Encoded]],
    judge: Callable[[Trained], float],
) -> Trained:
    """Train and return the averaged weights of the best epoch; ``data_of`` gives the data of an epoch."""
    random, noise = Random(plan.seed), np.random.default_rng(plan.seed)
    groups = [{"params": trained.network.parameters()}, {"params": trained.crf.parameters()}]
    optimizer = torch.optim.AdamW(groups, lr=plan.rate, weight_decay=1e-4)
    average, best = copy.deepcopy(trained), copy.deepcopy(trained)
    step = 0
    steps = 0
    for epoch in range(plan.epochs):
        trained.network.train()
        jobs = [(data, chosen) for data in data_of(epoch) for chosen in batches(data, plan.size, random)]
        random.shuffle(jobs)
        steps = steps or len(jobs) * plan.epochs
        total = 0.0
        for data, chosen in jobs:
            for group, factor in zip(optimizer.param_groups, (1.0, 5.0), strict=True):
                group["lr"] = plan.rate * factor * _rate_at(step, steps)
            batch, target = make_batch(data, chosen, plan.unknown, noise)
            optimizer.zero_grad()
            total += _backward(trained, batch, target, plan)
            nn.utils.clip_grad_norm_(trained.network.parameters(), 5.0)
            optimizer.step()
            step += 1
            if step % 4 == 0:
                _average(average, trained, step // 4)
        if epoch + 1 >= plan.look_from or epoch + 1 == plan.epochs:
            average.f1 = judge(average)
            if average.f1 >= best.f1:
                best = copy.deepcopy(average)
        plan.log.append({"epoch": epoch, "loss": total / len(jobs), "f1": average.f1})
        print(plan.log[-1], file=sys.stderr, flush=True)  # noqa: T201
    return best


def _average(average: Trained, trained: Trained, step: int) -> None:
    keep = min(0.992, (1 + step) / (10 + step))
    with torch.no_grad():
        for old_module, module in ((average.network, trained.network), (average.crf, trained.crf)):
            for old, new in zip(old_module.state_dict().values(), module.state_dict().values(), strict=True):
                if old.dtype.is_floating_point:
                    old.mul_(keep).add_(new, alpha=1 - keep)
                else:
                    old.copy_(new)
