"""PyTorch's populations by `torch.func`: one module, its members' parameters stacked, `vmap` over `functional_call`. Tried
as it is and under `torch.compile`; the faster counts."""

import torch
from torch.func import functional_call, grad_and_value, stack_module_state, vmap

import with_torch
from torch_nets import sequential


def open(workload, options):
    return Contender(workload, options)


class Contender(with_torch.Contender):
    def __init__(self, workload, options):
        self.compiled = {}
        super().__init__(workload, options)

    def note(self):
        return f"vmap {self.form[0]}, {self.form[1]} optimizer"

    def forms(self):
        return [(how, optimizer) for how in ("eager", "compiled") for optimizer in ("foreach", "fused")]

    def optimizer(self, parameters):
        make = torch.optim.Adam if self.workload["optimizer"] == "adam" else torch.optim.SGD
        return make(parameters, lr=with_torch.RATE[self.workload["optimizer"]], **{self.form[1]: True})

    def start(self, training):
        base = sequential(self.workload).to("meta")
        parameters, _ = stack_module_state([sequential(self.workload, member) for member in range(self.members)])
        optimizer = self.optimizer(parameters.values())

        def loss_of(own, x, y):
            return self.loss(functional_call(base, own, (x,)), y)

        gradients_of = vmap(grad_and_value(loss_of))
        if self.form[0] == "compiled":
            if "gradients" not in self.compiled:
                self.compiled["gradients"] = torch.compile(gradients_of)
            gradients_of = self.compiled["gradients"]

        def step(input, target):
            # Detached: nothing but `grad_and_value` is to record.
            gradients, loss = gradients_of({name: value.detach() for name, value in parameters.items()}, input, target)
            for name, parameter in parameters.items():
                parameter.grad = gradients[name]
            optimizer.step()
            return loss.mean()

        return step
