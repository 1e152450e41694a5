"""PyTorch with `torch.compile`, mode max-autotune: the loss with its gradients is one compiled function, the optimizer's
step another, or the fused one where that is faster. Compiling is no part of the time taken."""

import torch

import with_torch
from data import RATE
from torch_nets import net_of

MODE = "max-autotune"


def open(workload, options):
    return Contender(workload, options)


class Contender(with_torch.Contender):
    def __init__(self, workload, options):
        self.model = net_of(workload)
        self.first = [parameter.detach().clone() for parameter in self.model.parameters()]
        self.updates = {}
        members = workload.get("members") or 1
        self.forward = torch.compile(lambda x, y: self.loss(self.model(x), y) * members, mode=MODE)
        super().__init__(workload, options)

    def note(self):
        return f"{MODE}, {self.form} optimizer"

    def forms(self):
        return ["compiled", "fused"]

    def update(self):
        """The optimizer in its form, and the function that takes its step."""
        if self.form in self.updates:
            return self.updates[self.form]
        parameters = list(self.model.parameters())
        make = torch.optim.Adam if self.workload["optimizer"] == "adam" else torch.optim.SGD
        optimizer = make(parameters, lr=RATE[self.workload["optimizer"]], fused=self.form == "fused")
        # Makes the moments, whose absence would be compiled too.
        for parameter in parameters:
            parameter.grad = torch.zeros_like(parameter)
        optimizer.step()
        clip = self.workload.get("clipNorm")

        def update():
            if clip:
                torch.nn.utils.clip_grad_norm_(parameters, clip)
            optimizer.step()

        self.updates[self.form] = optimizer, torch.compile(update, mode=MODE) if self.form == "compiled" else update
        return self.updates[self.form]

    def start(self, training):
        self.model.train(training)
        optimizer, update = self.update()
        members = self.members or 1

        def step(input, target):
            optimizer.zero_grad(set_to_none=True)
            loss = self.forward(input, target)
            loss.backward()
            update()
            return loss.detach() / members

        # Compiled here, if it is not yet; then the first weights and no moments, in place, so that it stays compiled.
        for rows in self.batches(1, training):
            step(self.x, self.y) if rows is None else step(self.inputs(rows), self.y[rows])
        with torch.no_grad():
            for parameter, value in zip(self.model.parameters(), self.first):
                parameter.copy_(value)
            for state in optimizer.state.values():
                for value in state.values():
                    if value is not None:
                        value.zero_()
        return step
