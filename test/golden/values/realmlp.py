#!/usr/bin/env python3
"""Write realmlp.json: pieces of RealMLP (Holzmueller, Grinsztajn and Steinwart, "Better by default", 2024), by PyTorch in
float64, each from its formula.

usage: realmlp.py OUT_FILE
"""
import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def numbers(tensor):
    return tensor.detach().tolist()


OPTIMIZERS = {
    "Adam(beta2=0.95)": lambda groups, lr: torch.optim.Adam(groups, lr=lr, betas=(0.9, 0.95)),
    "Adam(weightDecay=0.05)": lambda groups, lr: torch.optim.Adam(groups, lr=lr, weight_decay=0.05),
    "AdamW(weightDecay=0.05)": lambda groups, lr: torch.optim.AdamW(groups, lr=lr, weight_decay=0.05),
    "SGD(momentum=0.9)": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9),
    "RMSProp": lambda groups, lr: torch.optim.RMSprop(groups, lr=lr),
    "Adagrad": lambda groups, lr: torch.optim.Adagrad(groups, lr=lr),
    "Adadelta": lambda groups, lr: torch.optim.Adadelta(groups, lr=lr, rho=0.9, eps=1e-6),
    "Adamax": lambda groups, lr: torch.optim.Adamax(groups, lr=lr),
    "RAdam": lambda groups, lr: torch.optim.RAdam(groups, lr=lr),
}
RATES = {"SGD(momentum=0.9)": 0.01, "Adadelta": 1.0}


def train(name, groups, loss_of, steps, clip=None):
    """The loss before every step; groups: (parameter, factor of its learning rate)."""
    rate = RATES.get(name, 0.03)
    optimizer = OPTIMIZERS[name]([{"params": [p], "lr": rate * factor} for p, factor in groups], rate)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([p for p, _ in groups], clip)
        losses.append(float(loss.detach()))
        optimizer.step()
    return losses


def neural_tangent(name, clip=None):
    """Two layers of z = x W^T / sqrt(inputs) + b, biases at a tenth of the rate."""
    x, y = torch.randn(12, 6), torch.randn(12, 2)
    parameters = [torch.randn(5, 6), torch.randn(5), torch.randn(2, 5), torch.randn(2)]
    initial = [numbers(p) for p in parameters]
    w1, b1, w2, b2 = [p.requires_grad_(True) for p in parameters]

    def loss():
        hidden = F.selu(x @ w1.T / math.sqrt(6) + b1)
        return F.mse_loss(hidden @ w2.T / math.sqrt(5) + b2, y)

    losses = train(name, [(w1, 1), (b1, 0.1), (w2, 1), (b2, 0.1)], loss, 12, clip)
    return {"x": numbers(x), "y": numbers(y), "initial": initial, "losses": losses,
            "final": [numbers(p) for p in (w1, b1, w2, b2)], **({} if clip is None else {"clipNorm": clip})}


def groups(name):
    """A scale, a layer and a layer, with learning rates of 6, 0.5, 0.1, 1 and 2 times the optimizer's."""
    x, y = torch.randn(10, 4), torch.randn(10, 1)
    parameters = [torch.ones(4), torch.randn(6, 4), torch.randn(6), torch.randn(1, 6), torch.randn(1)]
    initial = [numbers(p) for p in parameters]
    s, w1, b1, w2, b2 = [p.requires_grad_(True) for p in parameters]

    def loss():
        return F.mse_loss(torch.tanh(F.linear(x * s, w1, b1)) @ w2.T + b2, y)

    losses = train(name, [(s, 6), (w1, 0.5), (b1, 0.1), (w2, 1), (b2, 2)], loss, 10)
    return {"x": numbers(x), "y": numbers(y), "initial": initial, "losses": losses,
            "final": [numbers(p) for p in (s, w1, b1, w2, b2)]}


def parametric():
    """x + alpha (g(x) - x) behind a linear layer: the loss, and the gradients of the layer and of alpha."""
    x, y = torch.randn(9, 3), torch.randn(9, 4)
    w0, b0, alpha0 = torch.randn(4, 3) * 1.5, torch.randn(4), torch.tensor([1.0, 0.3, -0.4, 1.7])
    activations = {"selu": F.selu, "mish": F.mish, "relu": F.relu, "gelu": F.gelu, "tanh": torch.tanh, "silu": F.silu}
    cases = {}
    for name, g in activations.items():
        w, b, alpha = [p.clone().requires_grad_(True) for p in (w0, b0, alpha0)]
        z = x @ w.T + b
        output = z + alpha * (g(z) - z)
        loss = F.mse_loss(output, y)
        loss.backward()
        cases[name] = {"output": numbers(output), "loss": float(loss.detach()),
                       "gradients": [numbers(p.grad) for p in (w, b, alpha)]}
    return {"x": numbers(x), "y": numbers(y), "weight": numbers(w0), "bias": numbers(b0), "alpha": numbers(alpha0),
            "cases": cases}


def schedules(steps=20):
    shares = [step / steps for step in range(steps + 5)]
    coslog = lambda cycles: [0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + (2**cycles - 1) * min(t, 1)))) for t in shares]
    flat = lambda part: [1.0 if t < part else 0.5 * (1 + math.cos(math.pi * (min(t, 1) - part) / (1 - part))) for t in shares]
    return {"steps": steps, "coslog": {str(cycles): coslog(cycles) for cycles in (1, 4)},
            "flatCosine": {str(part): flat(part) for part in (0, 0.5, 0.7)}}


def scheduled(steps=20):
    """AdamW whose rate, weight decay and label smoothing change from step to step."""
    x, classes = torch.randn(12, 4), torch.randint(0, 3, (12,))
    w0, b0 = torch.randn(3, 4), torch.randn(3)
    initial = [numbers(w0), numbers(b0)]
    w, b = [p.requires_grad_(True) for p in (w0, b0)]
    optimizer = torch.optim.AdamW([w, b], lr=1, betas=(0.9, 0.95))
    losses = []
    for step in range(steps):
        t = step / steps
        fading = 1.0 if t < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * t - 1)))
        optimizer.param_groups[0]["lr"] = 0.05 * 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * t)))
        optimizer.param_groups[0]["weight_decay"] = 0.4 * fading
        optimizer.zero_grad()
        loss = F.cross_entropy(x @ w.T + b, classes, label_smoothing=0.3 * fading)
        loss.backward()
        losses.append(float(loss.detach()))
        optimizer.step()
    return {"x": numbers(x), "classes": classes.tolist(), "initial": initial, "losses": losses,
            "final": [numbers(w), numbers(b)]}


def robust():
    """scale 1 / (q75 - q25), or 2 / (max - min) where the quartiles are equal, or 0 where all values are; the middle is the
    median; then z / sqrt(1 + (z / 3)^2)."""
    columns = {
        "normal": torch.randn(25) * 3 + 5,
        "far": torch.cat([torch.randn(20), torch.tensor([40.0, -90.0, 1e6])]),
        "mostly one value": torch.tensor([0.0] * 16 + [1.0, -1.0, 4.0]),
        "constant": torch.full((7,), 2.5),
    }
    out = {}
    for name, x in columns.items():
        q25, median, q75 = [torch.quantile(x, q) for q in (0.25, 0.5, 0.75)]
        if q75 > q25:
            factor = 1 / (q75 - q25)
        elif x.max() > x.min():
            factor = 2 / (x.max() - x.min())
        else:
            factor = torch.tensor(0.0)
        z = (x - median) * factor
        out[name] = {"x": numbers(x), "scaled": numbers(z / torch.sqrt(1 + (z / 3) ** 2))}
    return out


with open(sys.argv[1], "w") as file:
    content = {
        "made_with": {"torch": torch.__version__},
        "neuralTangent": {**{name: neural_tangent(name) for name in OPTIMIZERS},
                          "Adam(beta2=0.95), clipNorm": neural_tangent("Adam(beta2=0.95)", 0.5)},
        "groups": {name: groups(name) for name in OPTIMIZERS},
        "parametric": parametric(),
        "schedules": schedules(),
        "robust": robust(),
        "scheduled": scheduled(),
    }
    # Float32 keeps seven digits.
    file.write(json.dumps(json.loads(json.dumps(content), parse_float=lambda text: float(f"{float(text):.9g}"))))
    file.write("\n")
