"""PyTorch in eager mode, as fast as it goes on a CPU without changing what is computed.

At the start it tries the forms of the optimizer that this version has, and keeps the fastest.
"""

import os
import time

import torch
import torch.nn.functional as F

from data import RATE, data_of, rows_of_members, uniform
from libraries import blas
from torch_nets import net_of


def open(workload, options):
    return Contender(workload, options)


class Contender:
    def __init__(self, workload, options):
        self.workload = workload
        self.members = workload.get("members")
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
        self.rows = torch.from_numpy(rows_of_members(workload)) if self.members else None
        torch.set_num_threads(options["threads"])
        self.choose()
        note = self.note()
        mkl = torch.backends.mkl.is_available()
        if not mkl:
            note += f", BLAS with {os.environ.get('OPENBLAS_NUM_THREADS', 'all')} threads"
        self.about = {
            "version": torch.__version__,
            "blas": "MKL" if mkl else blas(),
            "threads": options["threads"],
            "note": note,
        }

    def note(self):
        return f"{', '.join(self.form) or 'plain'} optimizer"

    def forms(self):
        """Of the optimizer, as keyword arguments."""
        return [{}, {"foreach": True}, {"fused": True}]

    def works(self, form):
        try:
            self.form = form
            self.train(1, True)
            return True
        except (TypeError, RuntimeError):
            return False

    def choose(self):
        best = None
        for form in [form for form in self.forms() if self.works(form)]:
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
        """Rows of each step, (members, batch) for a population; None for a full batch."""
        batch = self.workload["batch"]
        at = rows = self.rows.shape[1] if self.members else self.workload["rows"]
        for _ in range(steps):
            if self.full:
                yield None
                continue
            if at >= rows:
                order = self.order(rows, shuffled)
                at = 0
            yield order[..., at : at + batch]
            at += batch

    def order(self, rows, shuffled):
        if not self.members:
            return torch.randperm(rows) if shuffled else torch.arange(rows)
        # Each member has its own.
        return self.rows.gather(1, torch.rand(self.rows.shape).argsort(1)) if shuffled else self.rows

    def inputs(self, rows):
        taken = self.x[rows]
        return taken.float() / 255 if taken.dtype == torch.uint8 else taken

    def loss(self, output, target):
        if self.workload["loss"] == "crossEntropy":
            return F.cross_entropy(output, target)
        if self.workload.get("tabM"):
            return F.binary_cross_entropy_with_logits(output, target.expand_as(output))
        return F.binary_cross_entropy_with_logits(output.squeeze(-1), target)

    def start(self, training):
        """A fresh net: a function of a batch that takes a step and gives the mean loss."""
        model = net_of(self.workload).train(training)
        optimizer = self.optimizer(model.parameters())
        clip, members = self.workload.get("clipNorm"), self.members or 1

        def step(input, target):
            optimizer.zero_grad(set_to_none=True)
            # The sum of the members' means: each member's gradient is that of its own loss.
            loss = self.loss(model(input), target) * members
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            return loss.detach() / members

        return step

    def train(self, steps, training):
        """Seconds, the mean loss and the last one. Without `training` rows come in order and nothing drops out."""
        step = self.start(training)
        x, y = self.x, self.y
        total = torch.zeros((), dtype=torch.float64)
        start = time.perf_counter()
        for rows in self.batches(steps, training):
            loss = step(x, y) if rows is None else step(self.inputs(rows), y[rows])
            total += loss
        last = loss.item()
        return time.perf_counter() - start, total.item() / steps, last

    def run(self, steps):
        seconds, loss, _ = self.train(steps, True)
        return {"seconds": seconds, "steps": steps, "loss": loss}

    def check(self, steps):
        _, mean, last = self.train(steps, False)
        return {"loss": last if self.full else mean}

    def predict_one(self, given):
        """Microseconds of a one-row prediction."""
        torch.set_num_threads(1)
        model = net_of(self.workload)
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
        model = net_of(self.workload)
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
            step = self.start(True)
            taken = torch.randperm(rows)[:batch]
            step(self.inputs(taken), self.y[taken]).item()
            samples.append(time.perf_counter() - start)
        return sorted(samples)[2]
