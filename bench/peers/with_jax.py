"""JAX: whole epochs in one jit-compiled `lax.scan`, whose every step gathers its shuffled rows. `vmap` over the members
of a population. Parameters and moments are donated, so that they are updated in place.

At the start it tries weights as (inputs, outputs) and as (outputs, inputs), and keeps what is faster.
"""

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from data import RATE, data_of, rows_of_members, tabm_weights_of, weights_of

# The faster of the generators that a CPU has, for dropout.
jax.config.update("jax_default_prng_impl", "rbg")

CALL_SECONDS = 0.05
CHOOSE_SECONDS = 0.3


def open(workload, options):
    return Contender(workload, options)


def forward_of(workload, outputs_first):
    """Logits of rows, from parameters as a list of (weight, bias)."""
    dropout = workload.get("dropout") or []

    def forward(parameters, x, key):
        for layer, (weight, bias) in enumerate(parameters):
            x = x @ (weight.T if outputs_first else weight) + bias
            if layer == len(parameters) - 1:
                return x
            x = jax.nn.relu(x)
            if key is not None and layer < len(dropout):
                key, own = jax.random.split(key)
                keep = jax.random.bernoulli(own, 1 - dropout[layer], x.shape)
                x = jnp.where(keep, x / (1 - dropout[layer]), 0)

    return forward


def tabm_of(outputs_first):
    """Logits (members, rows)."""

    def tabm(parameters, x, _key):
        scale, *shared, (heads, head_biases) = parameters
        x = x[:, None, :] * scale
        for weight, bias in shared:
            x = jax.nn.relu(x @ (weight.T if outputs_first else weight) + bias)
        return jnp.einsum("rmi,mi->mr", x, heads) + head_biases[:, None]

    return tabm


class Contender:
    def __init__(self, workload, options):
        self.workload = workload
        self.members = workload.get("members")
        x, y = data_of(workload)
        self.full = workload["batch"] >= workload["rows"]
        if x.dtype == np.uint8 and self.full:
            # A full batch is the same at every step: converted once.
            x = x.astype(np.float32) / 255
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        if workload["loss"] == "binaryCrossEntropy":
            self.y = self.y.astype(jnp.float32)
        self.rows = rows_of_members(workload) if self.members else None
        rows = self.rows.shape[1] if self.members else workload["rows"]
        self.per_epoch = 1 if self.full else rows // workload["batch"]
        self.compiled = {}
        self.warm = set()
        self.choose()
        note = f"jit, scan{', vmap' if self.members else ''}, weights {'outputs' if self.outputs_first else 'inputs'} first"
        self.about = {"version": jax.__version__, "threads": options["threads"], "note": note}

    def choose(self):
        best = None
        for self.outputs_first in (False, True):
            self.steps_of_call = 8 if self.full else self.per_epoch
            if self.full:
                # Calling would be most of the time: a call takes many steps.
                seconds = min(self.train(8, True)[0] for _ in range(2)) / 8
                self.steps_of_call = max(1, int(CALL_SECONDS / seconds))
            times = []
            while len(times) < 3 and sum(times) < CHOOSE_SECONDS:
                seconds, _, done = self.train(1, True)
                times.append(seconds / done)
            if best is None or min(times) < best[0]:
                best = (min(times), self.outputs_first, self.steps_of_call)
        _, self.outputs_first, self.steps_of_call = best

    def parameters(self):
        """Lists of (weight, bias), of all members together for a population."""
        turned = (lambda weight: weight) if self.outputs_first else (lambda weight: weight.T)
        if self.workload.get("tabM"):
            scale, shared, heads, biases = tabm_weights_of(self.workload)
            shared = [(jnp.asarray(turned(weight)), jnp.asarray(bias)) for weight, bias in shared]
            return [jnp.asarray(scale), *shared, (jnp.asarray(heads), jnp.asarray(biases))]
        if not self.members:
            return [(jnp.asarray(turned(weight)), jnp.asarray(bias)) for weight, bias in weights_of(self.workload)]
        nets = [weights_of(self.workload, member) for member in range(self.members)]
        return [
            (jnp.asarray(np.stack([turned(weight) for weight, _ in layer])), jnp.asarray(np.stack([bias for _, bias in layer])))
            for layer in zip(*nets)
        ]

    def loss(self):
        workload = self.workload
        forward = (tabm_of if workload.get("tabM") else partial(forward_of, workload))(self.outputs_first)

        def loss(parameters, x, y, key):
            z = forward(parameters, x, key)
            if workload["loss"] == "crossEntropy":
                own = jnp.take_along_axis(z, y[:, None], axis=1)[:, 0]
                return jnp.mean(jax.nn.logsumexp(z, axis=1) - own)
            z = z if workload.get("tabM") else z[:, 0]
            return jnp.mean(jax.nn.relu(z) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))

        return loss

    def epochs(self, random):
        """The function of one call, compiled: (state, x, y, what each step gets) to (state, losses)."""
        key = (random, self.outputs_first)
        if key in self.compiled:
            return self.compiled[key]
        workload = self.workload
        gradient = jax.value_and_grad(self.loss())
        if self.members:
            gradient = jax.vmap(gradient, in_axes=(0, 0, 0, None))
        adam = workload["optimizer"] == "adam"
        clip = workload.get("clipNorm")
        masks = random and workload.get("dropout")
        tree = jax.tree_util

        def step(state, given, x, y):
            if given["rows"] is not None:
                x, y = x[given["rows"]], y[given["rows"]]
                if x.dtype == jnp.uint8:
                    x = x.astype(jnp.float32) / 255
            own = None
            if masks:
                carried, own = jax.random.split(state["key"])
            loss, g = gradient(state["parameters"], x, y, own)
            if clip:
                norm = jnp.sqrt(sum(jnp.sum(one * one) for one in tree.tree_leaves(g)))
                factor = jnp.minimum(1, clip / (norm + 1e-6))
                g = tree.tree_map(lambda one: one * factor, g)
            if adam:
                m = tree.tree_map(lambda m, g: 0.9 * m + 0.1 * g, state["m"], g)
                v = tree.tree_map(lambda v, g: 0.999 * v + 0.001 * g * g, state["v"], g)
                p = tree.tree_map(
                    lambda p, m, v: p - given["rate"] * m / (jnp.sqrt(v) * given["correction"] + 1e-8),
                    state["parameters"], m, v,
                )
                state = {**state, "parameters": p, "m": m, "v": v}
            else:
                p = tree.tree_map(lambda p, g: p - RATE["sgd"] * g, state["parameters"], g)
                state = {**state, "parameters": p}
            if masks:
                state["key"] = carried
            return state, loss

        def run(state, x, y, given):
            return jax.lax.scan(lambda state, one: step(state, one, x, y), state, given)

        self.compiled[key] = jax.jit(run, donate_argnums=0)
        return self.compiled[key]

    def train(self, steps, random):
        """Seconds, and the losses of all steps."""
        # An epoch, or of full batches as many as take a while: calling would be most of the time.
        call = self.steps_of_call if random else steps
        run = self.epochs(random)
        numbers = np.random.default_rng(7)
        done = 0

        def given():
            t = np.arange(done + 1, done + call + 1, dtype=np.float64)
            rows = None
            if not self.full:
                rows = self.order(numbers if random else None)[..., : call * self.workload["batch"]]
                rows = rows.reshape(*rows.shape[:-1], call, self.workload["batch"]).astype(np.int32)
                rows = np.moveaxis(rows, -2, 0)
            rate = (RATE["adam"] / (1 - 0.9**t)).astype(np.float32)
            correction = (1 / np.sqrt(1 - 0.999**t)).astype(np.float32)
            # A net without rows to gather still has a step for each entry.
            return {"rows": rows, "rate": rate, "correction": correction}

        def state():
            parameters = self.parameters()
            made = {"parameters": parameters}
            if self.workload["optimizer"] == "adam":
                made["m"] = jax.tree_util.tree_map(jnp.zeros_like, parameters)
                made["v"] = jax.tree_util.tree_map(jnp.zeros_like, parameters)
            if random and self.workload.get("dropout"):
                made["key"] = jax.random.key(1)
            return jax.block_until_ready(made)

        # Compiled outside of the time taken.
        form = (random, call, self.outputs_first)
        if form not in self.warm:
            jax.block_until_ready(run(state(), self.x, self.y, given()))
            self.warm.add(form)
        one = state()
        losses = []
        start = time.perf_counter()
        while done < steps:
            one, some = run(one, self.x, self.y, given())
            losses.append(some)
            done += call
        jax.block_until_ready(one)
        return time.perf_counter() - start, np.concatenate(losses).astype(np.float64), done

    def order(self, numbers):
        if self.members:
            return self.rows if numbers is None else numbers.permuted(self.rows, axis=1)
        rows = self.workload["rows"]
        return np.arange(rows) if numbers is None else numbers.permutation(rows)

    def run(self, steps):
        if not self.full:
            steps = max(1, round(steps / self.per_epoch)) * self.per_epoch
        seconds, losses, done = self.train(steps, True)
        return {"seconds": seconds, "steps": done, "loss": float(losses[-1].mean())}

    def check(self, steps):
        _, losses, _ = self.train(steps, False)
        losses = losses[:steps]
        return {"loss": float(losses[-1] if self.full else losses.mean())}
