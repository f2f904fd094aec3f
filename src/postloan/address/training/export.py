"""From a trained network to the weights that the tagger reads: folded, quantised, calibrated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from postloan.address.tagger.model import Tagger
from postloan.address.tagger.net import quantised
from postloan.address.training.corpus import gold_spans, texts_of
from postloan.address.training.drawing import Parts
from postloan.address.training.fitting import Trained, crf_arrays

Arrays = dict[str, npt.NDArray[Any]]


def _numbers(tensor: Tensor) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = tensor.detach().numpy().astype(np.float32)
    return found


def _scale_and_shift(norm: nn.Module) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    scale = _numbers(norm.weight) / np.sqrt(_numbers(norm.running_var) + norm.eps)  # type: ignore[arg-type, operator]
    return scale, _numbers(norm.bias) - _numbers(norm.running_mean) * scale  # type: ignore[arg-type]


def arrays_of(trained: Trained) -> Arrays:
    """The weights of a convolutional network and its CRF, without a calibration that means anything yet."""
    network = trained.network.eval()
    scale, shift = _scale_and_shift(network.norm)
    arrays: Arrays = {}
    for name, table in (("char", network.char), ("left", network.left), ("right", network.right)):
        arrays[name], arrays[f"{name}_scale"] = quantised(_numbers(table.weight) * scale)
    # every token has a shape, so its table takes what is constant
    form = _numbers(network.form.weight) * scale + (_numbers(network.flags.bias) * scale + shift)
    arrays["form"], arrays["form_scale"] = quantised(form)
    arrays["flags"] = (_numbers(network.flags.weight).T * scale).astype(np.float16)
    arrays["dilations"] = np.array(network.dilations, np.int8)
    for place, (layer, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        scale, shift = _scale_and_shift(norm)
        kernel = _numbers(layer.weight) * scale[:, None, None]  # type: ignore[arg-type]
        arrays[f"kernel{place}"] = np.ascontiguousarray(kernel.transpose(2, 1, 0)).astype(np.float16)
        arrays[f"bias{place}"] = (_numbers(layer.bias) * scale + shift).astype(np.float32)  # type: ignore[arg-type]
    arrays["out"] = np.ascontiguousarray(_numbers(network.out.weight)[:, :, 0].T).astype(np.float16)
    arrays["out_bias"] = _numbers(network.out.bias)  # type: ignore[arg-type]
    for name, values in crf_arrays(trained.crf).items():
        arrays[f"crf_{name}"] = values.astype(np.float32)
    arrays["calibration_from"] = np.array([-20.0, 0.0], np.float32)
    arrays["calibration_to"] = np.array([0.0, 1.0], np.float32)
    return arrays


def calibrate(arrays: Arrays, featuriser: Any, addresses: list[Parts], knots: int = 24) -> None:
    """Set the calibration so that, on these addresses, the confidence is the share of right spans."""
    arrays["calibration_from"] = np.array([-20.0, 0.0], np.float32)
    arrays["calibration_to"] = np.array([-20.0, 0.0], np.float32)
    spans = Tagger(featuriser, arrays).tag(texts_of(addresses))
    gold = {(row, *span) for row, parts in enumerate(addresses) for span in gold_spans(parts)}
    keys = zip(
        spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), spans.label.tolist(), strict=True
    )
    right = np.array([key in gold for key in keys], np.float64)
    order = np.argsort(spans.confidence, kind="stable")
    groups = [group for group in np.array_split(order, knots) if len(group)]
    level = [float(spans.confidence[group].mean()) for group in groups]
    share = _rising([float(right[group].mean()) for group in groups])
    arrays["calibration_from"] = np.array([-20.0, *level, 0.0], np.float32)
    arrays["calibration_to"] = np.array([0.0, *share, share[-1]], np.float32)


def _rising(values: list[float]) -> list[float]:
    """The nearest sequence that never falls, by pooling neighbours (equal weights)."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    return [value for value, count in blocks for _ in range(count)]


def write(arrays: Arrays, path: Path) -> int:
    """Write the weights; returns the size of the file in bytes."""
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return path.stat().st_size
