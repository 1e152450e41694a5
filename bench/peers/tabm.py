"""TabM by PyTorch, for bench/tabm.mjs: members as a dimension of the batch, so that shared layers are one product."""

import json
import sys
import time

import torch
import torch.nn.functional as F

given = json.loads(sys.argv[1])
torch.manual_seed(1)
torch.set_flush_denormal(True)
torch.set_num_threads(given["threads"])
members, inputs, kind = given["members"], given["inputs"], given["kind"]
rows, batch = given["rows"], given["batch"]


def parameter(tensor):
    return torch.nn.Parameter(tensor)


class TabM(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = parameter(torch.randint(0, 2, (members, inputs)) * 2.0 - 1.0)
        widths = [inputs, *given["hidden"]]
        self.hidden = torch.nn.ModuleList(
            torch.nn.Linear(a, b, bias=kind == "mini") for a, b in zip(widths, widths[1:])
        )
        if kind == "full":
            self.r = torch.nn.ParameterList(torch.ones(members, a) for a in widths[1:-1])
            self.s = torch.nn.ParameterList(torch.ones(members, b) for b in widths[1:])
            self.b = torch.nn.ParameterList(torch.zeros(members, b) for b in widths[1:])
        self.head = parameter(torch.randn(members, widths[-1], 1) / widths[-1] ** 0.5)
        self.head_bias = parameter(torch.zeros(members, 1, 1))

    def forward(self, x):
        x = x.unsqueeze(1) * self.scale  # (batch, members, inputs)
        for at, layer in enumerate(self.hidden):
            if kind == "full" and at > 0:
                x = x * self.r[at - 1]
            x = layer(x)
            if kind == "full":
                x = x * self.s[at] + self.b[at]
            x = F.relu(x)
        return torch.baddbmm(self.head_bias, x.transpose(0, 1), self.head).squeeze(-1)  # (members, batch)


def plain():
    widths = [inputs, *given["hidden"]]
    layers = [part for a, b in zip(widths, widths[1:]) for part in (torch.nn.Linear(a, b), torch.nn.ReLU())]
    return torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 1), torch.nn.Flatten(0))


model = plain() if kind == "plain" else TabM()
x = torch.sin(12.9 * torch.arange(rows * inputs)).reshape(rows, inputs)
y = (x[:, 0] + x[:, 1] > 0).float()


def epoch(optimizer):
    order = torch.randperm(rows)
    for start in range(0, rows, batch):
        part = order[start : start + batch]
        target = y[part]
        z = model(x[part])
        loss = F.binary_cross_entropy_with_logits(z, target.expand_as(z))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


def fastest():
    best = None
    for form in [{}, {"foreach": True}, {"fused": True}]:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **form)
        epoch(optimizer)
        begin = time.perf_counter()
        epoch(optimizer)
        seconds = time.perf_counter() - begin
        if best is None or seconds < best[0]:
            best = (seconds, optimizer)
    return best[1]


optimizer = fastest()
print(torch.__version__, flush=True)
for _ in sys.stdin:
    begin, before, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - begin < given["seconds"]:
        epoch(optimizer)
        done += rows
    print(done / (time.perf_counter() - begin), done / (time.process_time() - before), flush=True)
