#!/usr/bin/env python3
"""Write label-smoothing.json: binary cross-entropy of smoothed targets, by NumPy in float64.

usage: label_smoothing.py OUT_FILE

The formula is that of PyTorch's binary_cross_entropy_with_logits (pos_weight p) on targets y (1 - s) + s / 2:
l = (1 - y) z + (1 + (p - 1) y) (log(1 + exp(-|z|)) + max(-z, 0)), mean over rows and outputs.
"""
import json
import sys

import numpy as np

rng = np.random.default_rng(0)
logits = np.round(rng.normal(size=(6, 4)) * 4, 6)
logits[0, 0], logits[0, 1] = 90.0, -90.0
binary = (rng.random((6, 4)) < 0.4).astype(float)
weights = [0.5, 1.0, 2.0, 3.5]

cases = []
for smoothing in [0.0, 0.1, 0.5, 0.9]:
    for positive in [None, 2.5, weights]:
        p = np.asarray(1.0 if positive is None else positive)
        y = binary * (1 - smoothing) + smoothing / 2
        loss = (1 - y) * logits + (1 + (p - 1) * y) * (np.log1p(np.exp(-np.abs(logits))) + np.maximum(-logits, 0))
        sigmoid = 1 / (1 + np.exp(-logits))
        gradient = ((1 - y) * sigmoid - p * y * (1 - sigmoid)) / logits.size
        cases.append({
            "labelSmoothing": smoothing,
            **({} if positive is None else {"positiveWeight": positive}),
            "loss": float(loss.mean()),
            "gradient": gradient.tolist(),
        })

with open(sys.argv[1], "w") as file:
    json.dump({"made_with": {"numpy": np.__version__}, "logits": logits.tolist(), "binary": binary.tolist(), "cases": cases}, file)
    file.write("\n")
