"""JAX, compiled by jit, at the jobs of package bench; speaks as torch_peer.py does.

Compilation is in the first call of a job, which is not timed. Samples come from the host's memory
each time, except in the jobs -device.
"""
import os
import sys
import time

DEVICE = sys.argv[1]
os.environ["JAX_PLATFORMS"] = DEVICE

import jax
import jax.numpy as jnp
import numpy as np

key = jax.random.PRNGKey


def normal(seed, *shape):
    return jax.random.normal(key(seed), shape)


def weights(sizes):
    return [jax.random.normal(k, (a, b)) / jnp.sqrt(a)
            for k, a, b in zip(jax.random.split(key(0), len(sizes) - 1), sizes, sizes[1:])]


def net(w, x):
    for layer in w[:-1]:
        x = jax.nn.swish(x @ layer)
    return x @ w[-1]


def training(sizes, x, y, loss, batch, steps):
    """Adam by hand, one jitted step at a time."""
    zeros = [jnp.zeros_like(w) for w in weights(sizes)]

    @jax.jit
    def step(w, m, v, t, k):
        chosen = jax.random.randint(k, (batch,), 0, len(x))
        g = jax.grad(loss)(w, x[chosen], y[chosen])
        m = [.9 * a + .1 * b for a, b in zip(m, g)]
        v = [.999 * a + .001 * b * b for a, b in zip(v, g)]
        w = [q - 1e-3 * (a / (1 - .9 ** t)) / (jnp.sqrt(b / (1 - .999 ** t)) + 1e-8) for q, a, b in zip(w, m, v)]
        return w, m, v

    keys = jax.random.split(key(3), steps)

    def run():
        state = weights(sizes), zeros, zeros
        for i in range(steps):
            state = step(*state, float(i + 1), keys[i])
        return state

    return run


def squared(w, x, y):
    return ((net(w, x) - y) ** 2).mean()


def cross_entropy(w, x, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(net(w, x)), labels[:, None], 1).mean()


def train_o5():
    return training([10, 32, 32, 1], normal(1, 10000, 10), normal(2, 10000, 1), squared, 500, 1000)


DIGITS = [784] + [128] * 5 + [10]


def train_digits():
    labels = jax.random.randint(key(2), (12000,), 0, 10)
    return training(DIGITS, normal(1, 12000, 784), labels, cross_entropy, 512, 100)


def o5(samples, lies=np.asarray):
    """The rows' Gram matrix, in one program: rows in float32, sums in float64."""
    w, x = weights([10, 32, 32, 1]), lies(normal(5, samples, 10))

    @jax.jit
    def gram(x):
        g = jax.vmap(jax.grad(lambda z: net(w, z)[0]))(x)
        rows = (g[:, :5, None] * x[:, None, :5] + g[:, 5:, None] * x[:, None, 5:]).reshape(len(x), -1)
        rows = rows.astype(jnp.float64)
        return rows.T @ rows

    def run():
        with jax.enable_x64(True):
            return gram(x)

    return run


def digits(lies=np.asarray):
    """The Jacobian alone, vmap(jacrev): in chunks of 500, or at once on a GPU."""
    size = 500 if DEVICE == "cpu" else 12000
    w, x = weights(DIGITS), lies(normal(6, size, 784))
    jacobian = jax.jit(lambda x: jax.vmap(jax.jacrev(lambda z: net(w, z)))(x))
    return lambda: [jacobian(x) for _ in range(12000 // size)]


def inertia(lies=np.asarray):
    """The rows' Gram matrix, in one program, inputs and outputs moved."""
    w, x, eye = weights([9, 384, 384, 9]), lies(normal(7, 100_000, 9)), jnp.eye(3)

    def f(z):
        for layer in w[:-1]:
            z = jax.nn.relu(z @ layer + .1)
        return z @ w[-1] + .1

    @jax.jit
    def gram(x):
        n = len(x)
        j = jax.vmap(jax.jacrev(f))(x).reshape(n, 9, 3, 3)
        y = f(x).reshape(n, 3, 3)
        moved = jnp.einsum("bmci,bcj->bmij", j, x.reshape(n, 3, 3)).reshape(n, 9, 9)
        left = jnp.einsum("pi,bjq->bpqij", eye, y).reshape(n, 9, 9)
        right = jnp.einsum("bpi,qj->bpqij", y, eye).reshape(n, 9, 9)
        rows = jnp.concatenate([moved, -left, -right], 2).reshape(-1, 27)
        return rows.T @ rows

    return lambda: gram(x)


JOBS = {
    "JAX train-o5": train_o5,
    "JAX train-digits": train_digits,
    "JAX o5-10k": lambda: o5(10_000),
    "JAX o5-200k": lambda: o5(200_000),
    "JAX o5-1m": lambda: o5(1_000_000),
    "JAX o5-1m-device": lambda: o5(1_000_000, jnp.asarray),
    "JAX digits": digits,
    "JAX digits-device": lambda: digits(jnp.asarray),
    "JAX inertia": inertia,
    "JAX inertia-device": lambda: inertia(jnp.asarray),
}


def main():
    print(",".join(JOBS), flush=True)
    ready = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in ready:
            ready[name] = JOBS[name]()
            jax.block_until_ready(ready[name]())
        start = time.perf_counter()
        jax.block_until_ready(ready[name]())
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
