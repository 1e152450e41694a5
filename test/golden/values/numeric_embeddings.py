#!/usr/bin/env python3
"""Write numeric_embeddings.json: embeddings of numeric columns by PyTorch in float64, each from its formula, behind a dense
layer, so that the gradient of its input shows.

pbld: Holzmueller, Grinsztajn and Steinwart, "Better by default", 2024. plr, ple: Gorishniy, Rubachev and Babenko, "On Embeddings
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


def numbers_of(lists):
    return [[float(f"{value:.9g}") for value in one] for one in lists]


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


def ple(z, columns, edges, p, activation):
    """The inputs that are not embedded, then of each column how much of its bins lies below it, or a linear layer on that.

    Equation 1 of the paper: 0 below a bin but the first, 1 above a bin but the last, else (x - a) / (b - a).
    """
    made = []
    for g, column in enumerate(columns):
        parts = []
        for t in range(len(edges[g]) - 1):
            a, b = edges[g][t], edges[g][t + 1]
            part = (z[:, column : column + 1] - a) / (b - a)
            if t > 0:
                part = torch.clamp(part, min=0)
            if t < len(edges[g]) - 2:
                part = torch.clamp(part, max=1)
            parts.append(part)
        encoded = torch.cat(parts, dim=1)
        if activation is not None:
            encoded = activation(F.linear(encoded, p["weight"][g][:, : encoded.shape[1]], p["bias"][g]))
        made.append(encoded)
    others = [z[:, i : i + 1] for i in range(z.shape[1]) if i not in columns]
    return torch.cat([*others, *made], dim=1)


def quantile_edges(x, bins):
    """Equal ones merged, as the authors' compute_bins does."""
    quantiles = torch.quantile(x, torch.linspace(0, 1, bins + 1), dim=0)
    return [torch.unique(column).tolist() for column in quantiles.T]


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


def of_ple(columns, edges, dimensions, activation):
    places = columns or list(range(4))
    c, most = len(places), max(map(len, edges)) - 1
    options = {"kind": "ple", "edges": edges}
    parameters = {}
    outputs = 4 - c + sum(len(own) - 1 for own in edges)
    if columns:
        options["columns"] = columns
    if dimensions is not None:
        options |= {"dimensions": dimensions, "activation": activation}
        parameters = {"weight": drawn(c, dimensions, most), "bias": drawn(c, dimensions)}
        outputs = 4 - c + c * dimensions
    rule = {"relu": F.relu, "linear": lambda z: z, None: None}[activation]
    return case(options, lambda z, p: ple(z, places, edges, p, rule), parameters, outputs)


def fitted():
    """Columns of many values, of few, and of few that are far from equally frequent."""
    x = torch.stack([drawn(37), drawn(37).sign(), torch.round(torch.exp(drawn(37)))], dim=1)
    return {"x": numbers(x), "bins": {str(bins): numbers_of(quantile_edges(x, bins)) for bins in (1, 4, 10, 48)}}


file = {
    "cases": [
        of_pbld(None, 4, 16),
        of_pbld([2, 0], 3, 5),
        of_plr(None, 8, 16, "relu"),
        of_plr([3, 1, 2], 5, 7, "relu"),
        of_plr([1], 4, 3, "linear"),
        of_ple([1, 3], [[-1.0, 0.5, 0.75, 2.0], [-0.5, 1.5]], None, None),
        of_ple(None, [[-1.0, 0.0], [-2.0, -1.0, 0.25, 1.0], [-0.5, 0.5, 1.5], [-1.0, 1.0, 1.125]], 5, "relu"),
        of_ple([2, 0], [[-1.0, 0.0, 0.25, 1.0, 2.0], [-0.5, 0.5, 1.5]], 3, "linear"),
    ],
    "edges": fitted(),
}
with open(sys.argv[1], "w") as out:
    json.dump(file, out)
    out.write("\n")
