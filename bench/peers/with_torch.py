"""PyTorch, as fast as it goes on a CPU without changing what is computed.

At the start it tries the forms of the optimizer that this version has, and keeps the fastest.
"""

import os
import time

import torch
import torch.nn.functional as F

from data import RATE, data_of, uniform, weights_of
from libraries import blas


def open(workload, options):
    if workload.get("members"):
        return Population(workload, options)
    return Single(workload, options)


class Contender:
    def __init__(self, workload, options):
        self.workload = workload
        torch.manual_seed(1)
        torch.set_flush_denormal(True)
        x, y = data_of(workload)
        self.full = workload["batch"] >= workload["rows"]
        self.x = torch.from_numpy(x)
        if workload["type"] == "uint8" and self.full:
            # A full batch is the same at every step: converted once.
            self.x = self.x.float() / 255
        self.y = torch.from_numpy(y)
        if workload["loss"] == "binaryCrossEntropy":
            self.y = self.y.float()
        torch.set_num_threads(options["threads"])
        self.choose()
        note = f"{', '.join(self.form) or 'plain'} optimizer"
        mkl = torch.backends.mkl.is_available()
        if not mkl:
            note += f", BLAS with {os.environ.get('OPENBLAS_NUM_THREADS', 'all')} threads"
        self.about = {
            "version": torch.__version__,
            "blas": "MKL" if mkl else blas(),
            "threads": options["threads"],
            "note": note,
        }

    def forms(self):
        """Keyword arguments of the optimizer that this version takes."""
        forms = [{}, {"foreach": True}, {"fused": True}]
        return [form for form in forms if self.works(form)]

    def works(self, form):
        try:
            self.form = form
            self.train(1, True)
            return True
        except (TypeError, RuntimeError):
            return False

    def choose(self):
        best = None
        for form in self.forms():
            self.form = form
            step = self.train(1, True)[0]
            if 0 < step < 0.5:
                steps = max(1, int(0.05 / step))
                step = min(self.train(steps, True)[0] / steps for _ in range(3))
            if best is None or step < best[0]:
                best = (step, form)
        self.form = best[1]

    def optimizer(self, parameters):
        make = torch.optim.Adam if self.workload["optimizer"] == "adam" else torch.optim.SGD
        return make(parameters, lr=RATE[self.workload["optimizer"]], **self.form)

    def batches(self, steps, shuffled):
        """Rows of each step; None for a full batch."""
        rows, batch = self.workload["rows"], self.workload["batch"]
        at = rows
        for _ in range(steps):
            if self.full:
                yield None
                continue
            if at >= rows:
                order = torch.randperm(rows) if shuffled else torch.arange(rows)
                at = 0
            yield order[at : at + batch]
            at += batch

    def inputs(self, rows):
        taken = self.x[rows]
        return taken.float() / 255 if taken.dtype == torch.uint8 else taken

    def loss(self, output, target):
        if self.workload["loss"] == "crossEntropy":
            return F.cross_entropy(output, target)
        return F.binary_cross_entropy_with_logits(output.squeeze(-1), target)

    def run(self, steps):
        seconds, loss, _ = self.train(steps, True)
        return {"seconds": seconds, "steps": steps, "loss": loss}

    def check(self, steps):
        _, mean, last = self.train(steps, False)
        return {"loss": last if self.full else mean}


class Single(Contender):
    def model(self):
        layers = []
        for weight, bias in weights_of(self.workload):
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(weight))
                layer.bias.copy_(torch.from_numpy(bias))
            layers += [layer, torch.nn.ReLU()]
        return torch.nn.Sequential(*layers[:-1])

    def train(self, steps, shuffled):
        model = self.model()
        optimizer = self.optimizer(model.parameters())
        x, y = self.x, self.y
        total = torch.zeros(())
        loss = total
        start = time.perf_counter()
        for rows in self.batches(steps, shuffled):
            if rows is None:
                input, target = x, y
            else:
                input, target = self.inputs(rows), y[rows]
            optimizer.zero_grad(set_to_none=True)
            loss = self.loss(model(input), target)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        last = loss.item()
        return time.perf_counter() - start, total.item() / steps, last

    def predict_one(self, given):
        """Microseconds of a one-row prediction."""
        torch.set_num_threads(1)
        model = self.model()
        row = self.x[:1].float()
        activation = torch.sigmoid if self.workload["loss"] == "binaryCrossEntropy" else (lambda z: z.softmax(-1))
        samples = []
        with torch.inference_mode():
            for _ in range(given["samples"]):
                start = time.perf_counter()
                for _ in range(given["calls"]):
                    activation(model(row)).numpy()
                samples.append((time.perf_counter() - start) / given["calls"])
        return samples

    def predict_many(self, given):
        """Seconds of one prediction of many rows."""
        model = self.model()
        rows = torch.from_numpy(uniform(given["rows"] * self.workload["inputs"], 3).reshape(given["rows"], -1))
        best = None
        for threads in sorted({1, given["threads"]}):
            torch.set_num_threads(threads)
            samples = []
            with torch.inference_mode():
                model(rows).softmax(-1)
                for _ in range(given["samples"]):
                    start = time.perf_counter()
                    model(rows).softmax(-1).numpy()
                    samples.append(time.perf_counter() - start)
            if best is None or sorted(samples)[len(samples) // 2] < sorted(best)[len(best) // 2]:
                best = samples
        return best

    def load(self, given):
        """Seconds from arrays in memory to the end of the first step."""
        rows, batch = given["rows"], self.workload["batch"]
        x, y = data_of({**self.workload, "rows": rows})
        samples = []
        for _ in range(5):
            start = time.perf_counter()
            self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
            model = self.model()
            optimizer = self.optimizer(model.parameters())
            taken = torch.randperm(rows)[:batch]
            loss = self.loss(model(self.inputs(taken)), self.y[taken])
            loss.backward()
            optimizer.step()
            loss.item()
            samples.append(time.perf_counter() - start)
        return sorted(samples)[2]


class Population(Contender):
    """All members in one batched product per layer."""

    def parameters(self):
        members = self.workload["members"]
        parameters = []
        for weight, bias in weights_of(self.workload):
            parameters.append(torch.from_numpy(weight).t().repeat(members, 1, 1).contiguous().requires_grad_())
            parameters.append(torch.from_numpy(bias).repeat(members, 1, 1).contiguous().requires_grad_())
        return parameters

    def train(self, steps, shuffled):
        parameters = self.parameters()
        optimizer = self.optimizer(parameters)
        members, rows, batch = self.workload["members"], self.workload["rows"], self.workload["batch"]
        per_epoch = rows // batch
        total = torch.zeros(())
        loss = total
        start = time.perf_counter()
        for step in range(steps):
            at = step % per_epoch
            if at == 0:
                # Each member has its own order.
                if shuffled:
                    order = torch.rand(members, rows).argsort(1)
                else:
                    order = torch.arange(rows).expand(members, rows)
            taken = order[:, at * batch : (at + 1) * batch]
            z, target = self.x[taken], self.y[taken]
            optimizer.zero_grad(set_to_none=True)
            for layer in range(0, len(parameters), 2):
                z = torch.baddbmm(parameters[layer + 1], z, parameters[layer])
                if layer + 2 < len(parameters):
                    z = z.relu()
            # The sum of the members' means: each member's gradient is that of its own loss.
            loss = self.loss(z, target) * members
            loss.backward()
            optimizer.step()
            total += loss.detach() / members
        last = loss.item() / members
        return time.perf_counter() - start, total.item() / steps, last
