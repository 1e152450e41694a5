#!/usr/bin/env python3
"""Write tab-m.json: TabM-mini and TabM (Gorishniy, Kotelnikov and Babenko, "TabM: Advancing tabular deep learning with
parameter-efficient ensembling", 2024), by PyTorch in float64, written from the paper's formulas.

usage: tab_m.py OUT_FILE

A member j computes, of its row x * r_j, hidden layers g((W (x * r) ) * s + b) and a head of its own. The mini kind has one
r, of the input, and its hidden layers share their biases; the full kind has r, s and b of each member in every hidden
layer. The loss of training is the mean of the members' losses; a prediction is the mean of their probabilities.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

MEMBERS, INPUTS, HIDDEN, ROWS, STEPS, RATE = 4, 5, [7, 6], 9, 5, 0.05


def numbers(tensor):
    return tensor.detach().tolist()


def start(*shape, around=0.0):
    return (around + 0.5 * torch.randn(*shape)).requires_grad_(True)


def network(kind, outputs):
    """Parameters by the names that the layers have in a model: 0 scales the input, the last holds the heads."""
    signs = torch.randint(0, 2, (MEMBERS, INPUTS)) * 2.0 - 1.0
    parameters = {"layers.0.scale": signs.requires_grad_(True)}
    width = INPUTS
    for at, units in enumerate(HIDDEN):
        parameters[f"layers.{at + 1}.weight"] = start(units, width)
        parameters[f"layers.{at + 1}.bias"] = start(units) if kind == "mini" else start(MEMBERS, units)
        if kind == "full":
            parameters[f"layers.{at + 1}.outputScale"] = start(MEMBERS, units, around=1.0)
        if kind == "full" and at > 0:
            parameters[f"layers.{at + 1}.inputScale"] = start(MEMBERS, width, around=1.0)
        width = units
    parameters[f"layers.{len(HIDDEN) + 1}.weight"] = start(MEMBERS * outputs, width)
    parameters[f"layers.{len(HIDDEN) + 1}.bias"] = start(MEMBERS * outputs)
    return parameters


def forward(parameters, x, outputs):
    """(members, rows, outputs), each member by itself."""
    heads = len(HIDDEN) + 1
    each = []
    for j in range(MEMBERS):
        h = x * parameters["layers.0.scale"][j]
        for at in range(1, heads):
            part = lambda role: parameters.get(f"layers.{at}.{role}")
            if part("inputScale") is not None:
                h = h * part("inputScale")[j]
            h = F.linear(h, part("weight"))
            if part("outputScale") is not None:
                h = h * part("outputScale")[j]
            bias = part("bias")
            h = F.gelu(h + (bias if bias.dim() == 1 else bias[j]))
        own = slice(j * outputs, (j + 1) * outputs)
        each.append(F.linear(h, parameters[f"layers.{heads}.weight"][own], parameters[f"layers.{heads}.bias"][own]))
    return torch.stack(each)


LOSSES = {
    "crossEntropy": (3, "softmax", lambda z, y: F.cross_entropy(z, y), lambda z: F.softmax(z, -1)),
    "binaryCrossEntropy": (1, "sigmoid", lambda z, y: F.binary_cross_entropy_with_logits(z, y), torch.sigmoid),
    "meanSquaredError": (2, "linear", lambda z, y: F.mse_loss(z, y), lambda z: z),
}

cases = []
for kind in ["mini", "full"]:
    for name, (outputs, activation, loss_of, output_of) in LOSSES.items():
        x = torch.randn(ROWS, INPUTS)
        y = torch.randn(ROWS, outputs)
        if name == "crossEntropy":
            y = torch.randint(0, outputs, (ROWS,))
        if name == "binaryCrossEntropy":
            y = (y > 0).double()
        parameters = network(kind, outputs)
        begin = {key: numbers(value.flatten()) for key, value in parameters.items()}
        optimizer = torch.optim.Adam(parameters.values(), lr=RATE)
        losses, gradients = [], None
        for _ in range(STEPS):
            z = forward(parameters, x, outputs)
            loss = torch.stack([loss_of(member, y) for member in z]).mean()
            optimizer.zero_grad()
            loss.backward()
            losses.append(loss.item())
            if gradients is None:
                gradients = {key: numbers(value.grad.flatten()) for key, value in parameters.items()}
            optimizer.step()
        prediction = output_of(forward(parameters, x, outputs)).mean(0)
        if name == "crossEntropy":
            evaluated = F.nll_loss(prediction.log(), y)
        elif name == "binaryCrossEntropy":
            evaluated = F.binary_cross_entropy(prediction, y)
        else:
            evaluated = F.mse_loss(prediction, y)
        cases.append({
            "kind": kind, "loss": name, "activation": activation, "x": numbers(x), "y": numbers(y),
            "start": begin, "gradients": gradients, "losses": losses,
            "prediction": numbers(prediction), "evaluated": evaluated.item(),
        })

with open(sys.argv[1], "w") as file:
    json.dump({"made_with": {"torch": torch.__version__}, "members": MEMBERS, "hidden": HIDDEN, "learningRate": RATE, "cases": cases}, file)
    file.write("\n")
