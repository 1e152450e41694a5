#!/usr/bin/env python3
"""Write quantiles.json: the quantile loss and non-crossing outputs by PyTorch in float64, and pinball losses by scikit-learn.

usage: quantiles.py OUT_FILE
"""
import json
import pathlib
import sys

import sklearn
import torch
from sklearn.metrics import mean_pinball_loss

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def quantile_loss(outputs, target, quantiles, weights=None):
    difference = target[:, None] - outputs
    levels = torch.tensor(quantiles)
    rows = torch.maximum(levels * difference, (levels - 1) * difference).mean(1)
    return rows.mean() if weights is None else (weights * rows).sum() / weights.sum()


def non_crossing(z, center):
    above = z[:, center : center + 1] + torch.nn.functional.softplus(z[:, center + 1 :]).cumsum(1)
    below = z[:, center : center + 1] - torch.nn.functional.softplus(z[:, :center]).flip(1).cumsum(1).flip(1)
    return torch.cat([below, z[:, center : center + 1], above], 1)


def case(quantiles, center=None, weighted=False, rows=8):
    z = (torch.randn(rows, len(quantiles)) * 1.5).requires_grad_()
    target = torch.randn(rows) * 2
    weights = torch.rand(rows) if weighted else None
    outputs = z if center is None else non_crossing(z, center)
    loss = quantile_loss(outputs, target, quantiles, weights)
    loss.backward()
    return {
        "quantiles": quantiles,
        "center": center,
        "prediction": z.tolist(),
        "target": target.tolist(),
        "sampleWeights": None if weights is None else weights.tolist(),
        "outputs": outputs.tolist(),
        "loss": loss.item(),
        "gradient": z.grad.tolist(),
    }


def pinball(quantiles, weighted, rows=20):
    predicted = torch.randn(rows, len(quantiles)).numpy()
    target = torch.randn(rows).numpy()
    weights = torch.rand(rows).numpy() if weighted else None
    values = [mean_pinball_loss(target, predicted[:, i], alpha=q, sample_weight=weights) for i, q in enumerate(quantiles)]
    return {
        "quantiles": quantiles,
        "targets": target.tolist(),
        "predicted": predicted.tolist(),
        "sampleWeights": None if weights is None else weights.tolist(),
        "each": values,
    }


result = {
    "made_with": {"torch": torch.__version__, "sklearn": sklearn.__version__, "seed": 0},
    "losses": {
        "three": case([0.1, 0.5, 0.9]),
        "one": case([0.8]),
        "weighted": case([0.05, 0.25, 0.5, 0.75, 0.95], weighted=True),
        "non-crossing": case([0.1, 0.5, 0.9], center=1),
        "non-crossing, of an even number": case([0.1, 0.4, 0.6, 0.9], center=1, weighted=True),
        "non-crossing around the first": case([0.5, 0.9, 0.99], center=0),
    },
    "pinball": [pinball([0.1, 0.5, 0.9], False), pinball([0.5], True), pinball([0.01, 0.99], True)],
}
pathlib.Path(sys.argv[1]).write_text(json.dumps(result) + "\n")
