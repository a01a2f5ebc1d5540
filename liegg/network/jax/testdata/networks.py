"""Exports networks from JAX, flax, equinox and e3nn-jax, with JAX's own answers beside them.

    python -m venv venv && venv/bin/pip install jax flax equinox e3nn-jax
    venv/bin/python networks.py [FOLDER] [NAME...]

(jax 0.10.2, flax 0.12.8, equinox 0.13.8 and e3nn-jax 0.21.0 made those that are here.)
Per network NAME it writes NAME.jaxnet and NAME.npz, which holds inputs x, outputs y, and
the Jacobians J = dy/dx by jax.jacfwd, or by jax.jacrev where that does not work, in the
type of the network. For networks with several inputs or outputs it holds each input under
its name, all outputs in one row as y, and as J the gradients by all floats, in one row.
"""

import os
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import liegg_export

jax.config.update("jax_enable_x64", True)
NETWORKS = {}


def network(*shape, single=True, chunks=(4,), layers=None):
    def enter(make):
        NETWORKS[make.__name__] = (make, shape, np.float32 if single else np.float64, chunks, layers)
        return make
    return enter


def several(inputs, chunks=(4,), layers=None):
    """A network of several inputs and outputs. inputs gives N samples from a random generator."""
    def enter(make):
        NETWORKS[make.__name__] = (make, inputs, None, chunks, layers)
        return make
    return enter


def weights(*shape, seed=0):
    w = np.random.default_rng(seed + sum(shape)).normal(size=shape) / np.sqrt(shape[0])
    return jnp.asarray(w, jnp.float32)


def dense(x, *widths):
    for i, width in enumerate(widths):
        x = jnp.tanh(x @ weights(x.shape[-1], width, seed=i))
    return x


def spd(x):
    a = x.reshape(3, 3)
    return a @ a.T + jnp.eye(3, dtype=x.dtype)


# Plain JAX

@network(10, chunks=(4, 32), layers=lambda x: {"hidden 1": dense(x, 16), "hidden 2": dense(x, 16, 16)})
def mlp():
    return lambda x: dense(x, 16, 16, 3)


@network(6)
def jitted():
    inner = jax.jit(lambda x: dense(x, 16))
    return jax.jit(lambda x: inner(x) @ weights(16, 2))


@network(8)
def sorts():
    return lambda x: jnp.sort(dense(x, 8), axis=-1)[:, ::2] + jnp.median(x, axis=-1, keepdims=True)


@network(8)
def largest():
    return lambda x: lax.top_k(dense(x, 8), 3)[0]


@network(3, 2)
def angles():
    return lambda x: dense(jnp.arctan2(x[..., 1], x[..., 0]), 4)


@network(6, 3)
def recurrent():
    u, w = weights(3, 8), weights(8, 8, seed=1)

    def step(h, x):
        h = jnp.tanh(x @ u + h @ w)
        return h, h
    return jax.vmap(lambda x: lax.scan(step, jnp.zeros(8, x.dtype), x)[0])


@network(4)
def loops():
    w = weights(4, 4) / 2

    def fixed_point(x):
        def far(state):
            i, old, new = state
            return (i < 30) & (jnp.abs(new - old).max() > 1e-6)
        return lax.while_loop(far, lambda s: (s[0] + 1, s[2], jnp.tanh(s[2] @ w + x)), (0, x + 1, x))[2]
    return jax.vmap(fixed_point)


@network(16)
def spectra():
    def f(x):
        z = jnp.fft.rfft(x)
        return jnp.log1p(jnp.abs(z) ** 2) + jnp.fft.irfft(z * z, n=16)[:, :9]
    return f


@network(4, 4)
def images_fft():
    return lambda x: jnp.abs(jnp.fft.fft2(x))[:, 1:3, 1:3]


@network(9)
def solve():
    return jax.vmap(lambda x: jnp.linalg.solve(x.reshape(3, 3) + 4 * jnp.eye(3, dtype=x.dtype), x[:3]))


@network(9, single=False)
def eigenvalues():
    def f(x):
        values, vectors = jnp.linalg.eigh(spd(x))
        return jnp.concatenate([values, (vectors ** 2).ravel()])
    return jax.vmap(f)


@network(9)
def singular_values():
    return jax.vmap(lambda x: jnp.linalg.svd(x.reshape(3, 3), compute_uv=False))


@network(9)
def determinants():
    def f(x):
        a = spd(x)
        return jnp.stack([jnp.linalg.slogdet(a)[1], jnp.linalg.det(x.reshape(3, 3)), jnp.trace(jnp.linalg.inv(a)),
                          jnp.linalg.cholesky(a)[2, 0]])
    return jax.vmap(f)


@network(12)
def orthogonal():
    def f(x):
        q, r = jnp.linalg.qr(x.reshape(4, 3))
        return jnp.concatenate([q.ravel(), r.ravel()])
    return jax.vmap(f)


@network(9)
def exponentials():
    return jax.vmap(lambda x: jax.scipy.linalg.expm(x.reshape(3, 3) / 2).ravel())


@network(4)
def hamiltonian():
    energy = lambda x: dense(x, 16, 1).sum()
    return lambda x: jax.grad(energy)(x) @ jnp.asarray([[0, 0, 1, 0], [0, 0, 0, 1], [-1, 0, 0, 0], [0, -1, 0, 0]], x.dtype)


@network(3)
def ode():
    field = lambda x: dense(x, 16, 3)

    def step(_, x):
        k1 = field(x)
        k2 = field(x + .05 * k1)
        return x + .1 * k2
    return lambda x: lax.fori_loop(0, 10, step, x)


@network(5, 3)
def graph():
    source, target = jnp.asarray([0, 1, 2, 3, 4, 0, 2]), jnp.asarray([1, 2, 3, 4, 0, 2, 4])

    def f(x):
        message = dense(jnp.linalg.norm(x[source] - x[target], axis=-1, keepdims=True), 8)
        return jax.ops.segment_sum(message, target, 5).max(axis=0)
    return jax.vmap(f)


@network(4)
def branches():
    def f(x):
        y = lax.cond(x[0] > 0, lambda x: jnp.sin(x), lambda x: x ** 3, x)
        return lax.switch(jnp.int32(x[1] > 0) + jnp.int32(x[2] > 0), [jnp.cos, jnp.exp, jnp.cbrt], y)
    return jax.vmap(f)


@network(6)
def special():
    from jax.scipy import special as s
    return lambda x: jnp.stack([s.erf(x), s.gammaln(x ** 2 + 1), s.digamma(x ** 2 + 1), s.i0(x), s.erfinv(jnp.tanh(x) * .9),
                                s.gammainc(x ** 2 + 1, x ** 2 + 1), s.logsumexp(x, axis=-1, keepdims=True) + x], -1)


@network(4)
def complexes():
    def f(x):
        z = lax.complex(x[:, :2], x[:, 2:])
        w = jnp.exp(1j * z) / (2 + z ** 2)
        return jnp.concatenate([w.real, jnp.abs(w), jnp.angle(z)], -1)
    return f


@network(5)
def custom_rules():
    @jax.custom_vjp
    def clipped(x):
        return jnp.sinh(x)
    clipped.defvjp(lambda x: (jnp.sinh(x), x), lambda x, u: (u * jnp.cosh(x),))

    @jax.custom_jvp
    def softened(x):
        return jnp.log1p(jnp.exp(x))
    softened.defjvp(lambda x, v: (softened(x[0]), jax.nn.sigmoid(x[0]) * v[0]))
    return lambda x: dense(softened(clipped(x)), 3)


@network(6, 6)
def warped():
    y, x = jnp.meshgrid(jnp.arange(4) + .6, jnp.arange(4) + .3, indexing="ij")
    return jax.vmap(lambda image: jax.scipy.ndimage.map_coordinates(image, [y, x], order=1).ravel()[:6] ** 2)


@network(6)
def dictionary():
    return lambda x: {"energy": dense(x, 8, 1)[:, 0], "forces": jax.vmap(jax.grad(lambda x: dense(x, 8, 1)[0]))(x)}


# Flax

@network(8, 8, 2)
def flax_cnn():
    from flax import linen as nn

    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            x = nn.Conv(6, (3, 3), strides=2)(x)
            x = nn.gelu(nn.BatchNorm(use_running_average=True)(x))
            x = nn.max_pool(nn.GroupNorm(2)(x), (2, 2), strides=(2, 2))
            x = nn.ConvTranspose(3, (2, 2), strides=(2, 2))(x)
            x = nn.Dropout(.5, deterministic=True)(x)
            return nn.Dense(3)(x.reshape(x.shape[0], -1))
    net = Net()
    state = net.init(jax.random.key(0), jnp.zeros((1, 8, 8, 2), jnp.float32))
    return lambda x: net.apply(state, x)


@network(5, 8)
def flax_attention():
    from flax import linen as nn

    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            x = x + nn.MultiHeadDotProductAttention(2)(nn.LayerNorm()(x))
            return nn.Dense(3)(nn.silu(nn.Dense(8)(x))).mean(axis=1)
    net = Net()
    state = net.init(jax.random.key(0), jnp.zeros((1, 5, 8), jnp.float32))
    return lambda x: net.apply(state, x)


@network(6, 3)
def flax_gru():
    from flax import linen as nn
    net = nn.RNN(nn.GRUCell(8))
    state = net.init(jax.random.key(0), jnp.zeros((1, 6, 3), jnp.float32))
    return lambda x: net.apply(state, x)[:, -1]


@network(6)
def flax_nnx():
    from flax import nnx
    net = nnx.Sequential(nnx.Linear(6, 16, rngs=nnx.Rngs(0)), nnx.relu, nnx.LayerNorm(16, rngs=nnx.Rngs(1)), nnx.Linear(16, 2, rngs=nnx.Rngs(2)))
    return lambda x: net(x)


# Equinox

@network(6)
def equinox_mlp():
    import equinox as eqx
    return jax.vmap(eqx.nn.MLP(6, 2, 16, 2, activation=jax.nn.softplus, key=jax.random.key(0), dtype=jnp.float32))


@network(1, 8, 8)
def equinox_cnn():
    import equinox as eqx
    a, b = jax.random.split(jax.random.key(0))
    net = eqx.nn.Sequential([eqx.nn.Conv2d(1, 4, 3, key=a, dtype=jnp.float32), eqx.nn.Lambda(jax.nn.elu), eqx.nn.AvgPool2d(2, 2),
                             eqx.nn.Lambda(jnp.ravel), eqx.nn.Linear(36, 3, key=b, dtype=jnp.float32)])
    return jax.vmap(net)


# e3nn

def point_cloud(out):
    import e3nn_jax as e3nn

    def f(x):
        r = x[:, None] - x[None]
        i, j = jnp.triu_indices(x.shape[0], 1)
        r = r[i, j]
        y = e3nn.spherical_harmonics("1o + 2e", e3nn.IrrepsArray("1o", r), normalize=True)
        length = jnp.linalg.norm(r, axis=-1, keepdims=True)
        radial = jnp.asarray(dense(length, 8, 2), x.dtype)
        h = e3nn.concatenate([y.filter("1o") * radial[:, :1], y.filter("2e") * radial[:, 1:]])
        h = e3nn.tensor_product(e3nn.sum(h, axis=0), e3nn.sum(h, axis=0))
        return h.filter(out).array[:3]
    return jax.vmap(f)


@network(4, 3, single=False, chunks=(4, 32))
def e3nn_invariant():
    return point_cloud("0e")


@network(4, 3, single=False, chunks=(4, 32))
def e3nn_vector():
    return point_cloud("1o")


# Several inputs and outputs

def molecules(random, n):
    mask = random.random((n, 4)) < 0.8
    mask[:, :2] = True
    return {"positions": random.normal(size=(n, 4, 3)).astype(np.float32),
            "species": random.integers(0, 5, (n, 4)).astype(np.int32), "mask": mask}


def atoms(x):
    return weights(5, 1)[:, 0][x["species"]] * x["mask"]


@several(molecules, chunks=(4, 32), layers=lambda x: {"weighted": x["positions"] * atoms(x)[..., None], "squares": (x["positions"] ** 2).sum(-1)})
def molecule():
    def energy(r, w):
        apart = r[:, :, None] - r[:, None]
        return (w[:, :, None] * w[:, None] / jnp.sqrt(1 + (apart * apart).sum(-1))).sum((1, 2))

    def f(x):
        value, pull = jax.vjp(lambda r: energy(r, atoms(x)), x["positions"])
        return {"energy": value, "forces": -pull(jnp.ones_like(value))[0]}
    return f


def of_many_types(random, n):
    def integers(kind):
        return random.integers(max(np.iinfo(kind).min, -2**53), min(np.iinfo(kind).max, 2**53), (n, 2), dtype=kind, endpoint=True)
    return {"a": {"x": random.normal(size=(n, 2, 2)).astype(np.float32), "y": random.normal(size=(n,))},
            "b": [integers(kind) for kind in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)],
            "c": random.random((n, 3)) < 0.5}


@several(of_many_types)
def many_types():
    def f(x):
        whole = sum(jnp.sin(b.astype(jnp.float64) / float(jnp.iinfo(b.dtype).max)).sum(-1) for b in x["b"])
        steps = lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, jnp.tanh(s[1] + x["a"]["y"][:, None])), (0, x["a"]["x"].sum(-1) * x["c"][:, :2].astype(jnp.float64)))[1]
        return steps * whole[:, None], jnp.where(x["c"][:, 2], x["a"]["y"], 1)
    return f


# What is to be refused

@network(3)
def coupled():
    return lambda x: jnp.tanh(x - x.mean(axis=0))


def write(folder, name):
    make, shape, kind, chunks, layers = NETWORKS[name]
    f, random = make(), np.random.default_rng(1)
    x = random.normal(size=(6, *shape)).astype(kind) if kind else shape(random, 6)
    path = os.path.join(folder, name)
    liegg_export.save(path + ".jaxnet", f, x, chunks=chunks, layers=layers)
    if name == "coupled":
        return
    if kind is None:
        np.savez(path + ".npz", **answers(f, x))
        return

    def one(x):
        return f(x[None])
    y = jax.jit(f)(x)
    try:
        jacobian = jax.jit(jax.vmap(jax.jacfwd(one)))(x)
    except TypeError:
        jacobian = jax.jit(jax.vmap(jax.jacrev(one)))(x)
    first = y if not isinstance(y, dict) else y["forces"]
    jacobian = jacobian if not isinstance(jacobian, dict) else jacobian["forces"]
    first = np.asarray(first).reshape(6, -1)
    np.savez(path + ".npz", x=x, y=first, J=np.asarray(jacobian).reshape(6, first.shape[1], -1))


def answers(f, x):
    """What the .npz holds for several inputs and outputs."""
    names = ["/".join(str(getattr(k, "key", getattr(k, "idx", k))) for k in path) for path, _ in jax.tree_util.tree_flatten_with_path(x)[0]]
    leaves, tree = jax.tree.flatten(x)
    floats = [i for i, a in enumerate(leaves) if np.issubdtype(a.dtype, np.floating)]

    def row(ys):
        return jnp.concatenate([y.reshape(-1).astype(jnp.float64) for y in jax.tree.leaves(ys)])

    def one(moving, leaves):
        for i, a in zip(floats, moving):
            leaves[i] = a
        return row(f(jax.tree.unflatten(tree, [a[None] for a in leaves])))
    y, jacobians = [], []
    for sample in zip(*leaves):
        sample = [jnp.asarray(a) for a in sample]
        y.append(one([sample[i] for i in floats], list(sample)))
        by = jax.jacfwd(lambda moving: one(moving, list(sample)))([sample[i] for i in floats])
        jacobians.append(jnp.concatenate([j.reshape(len(y[-1]), -1).astype(jnp.float64) for j in by], axis=1))
    return dict(zip(names, leaves)) | {"y": np.stack(y), "J": np.stack(jacobians)}


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for name in sys.argv[2:] or NETWORKS:
        write(folder, name)
        print(name)
