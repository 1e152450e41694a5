"""The nets of the workloads as PyTorch modules, with the weights that all contenders start from."""

import torch
import torch.nn.functional as F

from data import tabm_weights_of, weights_of


def _linear(weight, bias):
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


def sequential(workload, member=0):
    weights = weights_of(workload, member)
    dropout = workload.get("dropout") or []
    layers = []
    for at, (weight, bias) in enumerate(weights):
        layers.append(_linear(weight, bias))
        if at < len(weights) - 1:
            layers.append(torch.nn.ReLU())
        if at < len(dropout):
            layers.append(torch.nn.Dropout(dropout[at]))
    return torch.nn.Sequential(*layers)


class TabMMini(torch.nn.Module):
    """Rows (batch, inputs) to logits (members, batch): members are a dimension of the batch, so that a shared layer is one
    product."""

    def __init__(self, workload):
        super().__init__()
        scale, shared, heads, biases = tabm_weights_of(workload)
        self.scale = torch.nn.Parameter(torch.from_numpy(scale))
        self.shared = torch.nn.ModuleList(_linear(weight, bias) for weight, bias in shared)
        self.heads = torch.nn.Parameter(torch.from_numpy(heads).unsqueeze(-1).contiguous())
        self.biases = torch.nn.Parameter(torch.from_numpy(biases).reshape(-1, 1, 1))

    def forward(self, x):
        x = x.unsqueeze(1) * self.scale  # (batch, members, inputs)
        for layer in self.shared:
            x = F.relu(layer(x))
        return torch.baddbmm(self.biases, x.transpose(0, 1), self.heads).squeeze(-1)


class Batched(torch.nn.Module):
    """All members of a population in one batched product a layer: (members, batch, inputs) to (members, batch, outputs)."""

    def __init__(self, workload):
        super().__init__()
        nets = [weights_of(workload, member) for member in range(workload["members"])]
        self.layers = torch.nn.ParameterList()
        for layer in zip(*nets):
            self.layers.append(torch.stack([torch.from_numpy(weight).t() for weight, _ in layer]).contiguous())
            self.layers.append(torch.stack([torch.from_numpy(bias)[None] for _, bias in layer]))

    def forward(self, z):
        for at in range(0, len(self.layers), 2):
            z = torch.baddbmm(self.layers[at + 1], z, self.layers[at])
            if at + 2 < len(self.layers):
                z = z.relu()
        return z


def net_of(workload):
    if workload.get("members"):
        return Batched(workload)
    return TabMMini(workload) if workload.get("tabM") else sequential(workload)
