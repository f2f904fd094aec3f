"""The networks in torch: the convolutional tagger that is shipped, a recurrent teacher, and the tied CRF on top."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from postloan.address.tagger.features import N_FLAGS, N_SHAPES, PAIR_ROWS
from postloan.address.tagger.labels import N_LABELS

N_TAGS = 2 * N_LABELS
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of a network. width: channels. layers: residual layers. dilations: in turn. recurrent: BiLSTM instead."""

    width: int = 96
    layers: int = 3
    dropout: float = 0.2
    dilations: tuple[int, ...] = (1, 2, 4)
    recurrent: bool = False


class Network(nn.Module):
    """Features of a padded batch to one score for each of 42 tags."""

    def __init__(self, n_ids: int, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.shape = shape
        self.char = nn.Embedding(n_ids, width)
        self.left = nn.Embedding(PAIR_ROWS, width)
        self.right = nn.Embedding(PAIR_ROWS, width)
        self.form = nn.Embedding(N_SHAPES, width)
        for table in (self.char, self.left, self.right, self.form):
            nn.init.normal_(table.weight, 0.0, 0.15)
        self.flags = nn.Linear(N_FLAGS, width)
        self.norm = nn.BatchNorm1d(width)
        self.dilations = [shape.dilations[i % len(shape.dilations)] for i in range(shape.layers)]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=step, dilation=step) for step in self.dilations
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in self.dilations)
        self.recurrent = (
            nn.LSTM(
                width, width // 2, num_layers=2, bidirectional=True, batch_first=True, dropout=shape.dropout
            )
            if shape.recurrent
            else None
        )
        self.out = nn.Conv1d(width, N_TAGS, 1)
        self.drop_in = nn.Dropout(shape.dropout * 0.6)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, batch: tuple[Tensor, ...], noise: Tensor | None = None) -> Tensor:
        """Scores [address, token, tag]; ``noise`` is added to the summed embeddings."""
        ids, left, right, form, flags, mask = batch
        x = self.char(ids) + self.left(left) + self.right(right) + self.form(form) + self.flags(flags)
        if noise is not None:
            x = x + noise
        self.summed = x
        real = mask.unsqueeze(1)
        x = self.drop_in(torch.relu(self.norm(x.transpose(1, 2)))) * real
        for layer, norm in zip(self.convolutions, self.norms, strict=True):
            x = (x + torch.relu(norm(layer(self.drop(x))))) * real
        if self.recurrent is not None:
            packed = nn.utils.rnn.pack_padded_sequence(
                x.transpose(1, 2), mask.sum(1).long().cpu(), batch_first=True, enforce_sorted=False
            )
            hidden, _ = nn.utils.rnn.pad_packed_sequence(
                self.recurrent(packed)[0], batch_first=True, total_length=x.shape[2]
            )
            x = (x + hidden.transpose(1, 2)) * real
        scores: Tensor = self.out(self.drop(x)).transpose(1, 2)
        return scores


class TiedCrf(nn.Module):
    """A chain over labels: a new span may follow any label, a span goes on only with its own label."""

    def __init__(self) -> None:
        super().__init__()
        self.step = nn.Parameter(torch.zeros(N_LABELS, N_LABELS))
        self.begin = nn.Parameter(torch.zeros(N_LABELS))
        self.stay_first = nn.Parameter(torch.zeros(N_LABELS))
        self.stay = nn.Parameter(torch.zeros(N_LABELS))
        self.end = nn.Parameter(torch.zeros(N_LABELS))

    def log_z(self, scores: Tensor, mask: Tensor) -> Tensor:
        """Log of the sum over all paths, one an address."""
        opens, goes = scores[..., :N_LABELS], scores[..., N_LABELS:]
        at_open, at_inside = self.begin + opens[:, 0], torch.full_like(opens[:, 0], _NEVER)
        step = self.step.exp()
        for t in range(1, scores.shape[1]):
            here = mask[:, t].unsqueeze(1).bool()
            either = torch.logaddexp(at_open, at_inside)
            top = either.max(1, keepdim=True).values.detach()
            new_open = ((either - top).exp() @ step).clamp_min(1e-30).log() + top + opens[:, t]
            new_inside = torch.logaddexp(at_open + self.stay_first, at_inside + self.stay) + goes[:, t]
            at_open = torch.where(here, new_open, at_open)
            at_inside = torch.where(here, new_inside, at_inside)
        return torch.logsumexp(torch.logaddexp(at_open, at_inside) + self.end, 1)

    def path(self, scores: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """Score of the given tags, one an address."""
        label, opens = tags % N_LABELS, (tags < N_LABELS).float()
        total = (scores.gather(2, tags.unsqueeze(2)).squeeze(2) * mask).sum(1) + self.begin[label[:, 0]]
        step = self.step[label[:, :-1], label[:, 1:]]
        stay = torch.where(tags[:, :-1] < N_LABELS, self.stay_first[label[:, 1:]], self.stay[label[:, 1:]])
        total = total + ((opens[:, 1:] * step + (1 - opens[:, 1:]) * stay) * mask[:, 1:]).sum(1)
        last = (mask.sum(1).long() - 1).clamp_min(0)
        return total + self.end[label.gather(1, last.unsqueeze(1)).squeeze(1)]

    def loss(self, scores: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """Negative log likelihood a token."""
        return (self.log_z(scores, mask) - self.path(scores, tags, mask)).sum() / mask.sum()

    def marginals(self, scores: Tensor, mask: Tensor) -> Tensor:
        """Probability of each tag at each token: the gradient of the log sum by the scores."""
        with torch.enable_grad():
            leaf = scores.detach().requires_grad_()
            (slope,) = torch.autograd.grad(self.log_z(leaf, mask).sum(), leaf)
        return slope
