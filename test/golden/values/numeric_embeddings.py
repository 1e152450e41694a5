#!/usr/bin/env python3
"""Write numeric_embeddings.json: embeddings of numeric columns by PyTorch in float64, each from its formula, behind a dense
layer, so that the gradient of its input shows.

pbld: Holzmueller, Grinsztajn and Steinwart, "Better by default", 2024. plr: Gorishniy, Rubachev and Babenko, "On Embeddings
for Numerical Features in Tabular Deep Learning", 2022.

usage: numeric_embeddings.py OUT_FILE
"""
import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def numbers(tensor):
    """Nine digits, more than float32 has."""
    value = tensor.detach().tolist()
    shortened = lambda one: [shortened(each) for each in one] if isinstance(one, list) else float(f"{one:.9g}")
    return shortened(value)


def drawn(*shape):
    """Normal numbers of few digits."""
    return torch.round(torch.randn(*shape), decimals=3)


def pbld(z, columns, p):
    """All inputs, then W cos(2 pi w x + b) + c of each column."""
    made = []
    for g, column in enumerate(columns):
        wave = torch.cos(2 * math.pi * z[:, column : column + 1] * p["frequency"][g] + p["phase"][g])
        made.append(wave @ p["weight"][g].T + p["bias"][g])
    return torch.cat([z, *made], dim=1)


def plr(z, columns, p, activation):
    """The inputs that are not embedded, then relu(Linear([cos(2 pi w x), sin(2 pi w x)])) of each column."""
    made = []
    for g, column in enumerate(columns):
        angle = 2 * math.pi * z[:, column : column + 1] * p["frequency"][g]
        both = torch.cat([torch.cos(angle), torch.sin(angle)], dim=1)
        weight = torch.cat([p["cosineWeight"][g], p["sineWeight"][g]], dim=1)
        made.append(activation(F.linear(both, weight, p["bias"][g])))
    others = [z[:, i : i + 1] for i in range(z.shape[1]) if i not in columns]
    return torch.cat([*others, *made], dim=1)


def case(options, embed, parameters, outputs):
    """The parameters have a first dimension of columns; the layer's come without it."""
    inputs, rows = 4, 6
    x, y = drawn(rows, 3), drawn(rows, outputs)
    weight, bias = drawn(inputs, 3), drawn(inputs)
    leaves = {"layers.0.weight": weight, "layers.0.bias": bias}
    leaves |= {f"layers.1.{role}": value for role, value in parameters.items()}
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    output = embed(x @ weight.T + bias, parameters)
    loss = F.mse_loss(output, y)
    loss.backward()
    return {
        "options": options,
        "inputs": inputs,
        "x": numbers(x),
        "y": numbers(y),
        "weights": {name: numbers(leaf.flatten()) for name, leaf in leaves.items()},
        "output": numbers(output),
        "loss": float(loss.detach()),
        "gradients": {name: numbers(leaf.grad.flatten()) for name, leaf in leaves.items()},
    }


def of_pbld(columns, dimensions, frequencies):
    places = columns or list(range(4))
    c, d = len(places), dimensions - 1
    parameters = {
        "frequency": 0.5 * drawn(c, frequencies),
        "phase": drawn(c, frequencies),
        "weight": drawn(c, d, frequencies),
        "bias": drawn(c, d),
    }
    options = {"kind": "pbld", "dimensions": dimensions, "frequencies": frequencies}
    if columns:
        options["columns"] = columns
    return case(options, lambda z, p: pbld(z, places, p), parameters, 4 + c * d)


def of_plr(columns, dimensions, frequencies, activation):
    places = columns or list(range(4))
    c = len(places)
    parameters = {
        "frequency": 0.5 * drawn(c, frequencies),
        "cosineWeight": drawn(c, dimensions, frequencies),
        "sineWeight": drawn(c, dimensions, frequencies),
        "bias": drawn(c, dimensions),
    }
    options = {"kind": "plr", "dimensions": dimensions, "frequencies": frequencies, "activation": activation}
    if columns:
        options["columns"] = columns
    rule = {"relu": F.relu, "linear": lambda z: z}[activation]
    return case(options, lambda z, p: plr(z, places, p, rule), parameters, 4 - c + c * dimensions)


file = {
    "cases": [
        of_pbld(None, 4, 16),
        of_pbld([2, 0], 3, 5),
        of_plr(None, 8, 16, "relu"),
        of_plr([3, 1, 2], 5, 7, "relu"),
        of_plr([1], 4, 3, "linear"),
    ]
}
with open(sys.argv[1], "w") as out:
    json.dump(file, out)
    out.write("\n")
