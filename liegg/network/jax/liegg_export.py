"""Writes a JAX function into a file that LieGG Lab reads as a network.

    import liegg_export

    liegg_export.save("net.jaxnet", f, x)

f takes a batch [batch, input...] of float32 or float64 to a batch [batch, output...],
or to a dictionary, tuple or tree of such batches. x is any array of such inputs; only
its shape and type are used. A model of one sample goes through jax.vmap(f). In Go,
jax.Load("net.jaxnet", jax.Settings{}) is then a network.

Several inputs for each sample come in a dictionary (or another tree), whose names the file
keeps. They may be of different types, integers and bools among them:

    x = {"positions": r, "species": z, "mask": m}       # each [batch, ...]
    liegg_export.save("net.jaxnet", lambda x: model(x["positions"], x["species"], x["mask"]), x)

    flax       liegg_export.save(path, lambda x: model.apply(params, x), x)
    equinox    liegg_export.save(path, jax.vmap(model), x)
    e3nn-jax   liegg_export.save(path, lambda x: model.apply(w, e3nn.IrrepsArray(irreps, x)).array, x)

The file holds f, its Jacobian's products with vectors from either side, and the arrays
that f closes over, for a chunk of samples. It needs no JAX to run. Every operator that
XLA knows by itself can be in f: sorts, scans, while loops, Fourier transforms, linear
algebra. The file does not depend on the device: float32 is multiplied as float32 on GPUs,
too, unless f asks for less. What cannot be written: callbacks to Python, and operators
that call a library of one device (such as eigenvalues of matrices that are not symmetric).

It was tried with JAX 0.6.2, 0.7.2 and 0.10.2, and is one file: copy it to where it is needed.
"""

import hashlib
import io
import json
import os
import re
import zipfile

import jax
import jax.numpy as jnp
import numpy as np
from jax import export
from jax.extend.core import ClosedJaxpr, Literal
from jax.extend.core import primitives
from jax.extend.mlir import ir
from jax.interpreters import mlir

FORMAT = "liegg-jax"
VERSION = 2

# A platform of this name has no operators of its own, so that JAX lowers all of them to
# operators of XLA, which run on every device.
ANY = "liegg"


def save(path, f, x, *, layers=None, chunks=(16, 64, 512)):
    """Writes f to the file path.

    x: an array of inputs, or a tree of arrays, [batch, ...].
    layers: a function of a batch that returns hidden representations [batch, ...] in a
        dictionary, in the order in which they are computed.
    chunks: how many samples programs take at once. Any batch is cut or filled up to a
        number of chunks of the size that fits best.
    """
    chunks = sorted(set(chunks))
    inputs = _Inputs(x)
    hidden = []

    def every(*args):
        x = inputs.tree(*args)
        with jax.default_matmul_precision("highest"):  # GPUs would round the factors of float32 to 11 bits
            y, found = f(x), layers(x) if layers else {}
        hidden[:] = found
        return y, list(found.values())  # a dictionary would lose its order

    largest = inputs.batch(chunks[-1])
    try:
        found = jax.eval_shape(every, *largest)
    except Exception as error:
        if hasattr(error, "add_note"):  # from Python 3.11 on
            error.add_note(f"f was called with a batch of {chunks[-1]} samples: put a function of one sample through jax.vmap")
        raise
    names = _names(*found, hidden, chunks[-1])

    def flat(*args):
        return [y.astype(jnp.promote_types(y.dtype, jnp.float32)) for y in jax.tree.leaves(every(*args))]

    # Arrays that f closes over are stored once, and are arguments of all programs.
    closed = [_inlined(jax.make_jaxpr(flat)(*inputs.batch(size))) for size in chunks]
    stored = [np.size(c) > 1 and str(getattr(c, "dtype", None)) in ("float32", "float64") for c in closed[0].consts]
    weights = [np.asarray(c) for c, s in zip(closed[0].consts, stored) if s]

    for other in closed[1:]:
        if len(other.consts) != len(closed[0].consts) or not all(map(_same, other.consts, closed[0].consts)):
            raise ValueError("f closes over arrays that depend on the number of samples: give one size in chunks")

    def outputs(weights, still, x):
        given = iter(weights)
        consts = [next(given) if s else c for c, s in zip(closed[0].consts, stored)]
        return _evaluate(closed[chunks.index(x.shape[0])].jaxpr, consts, *still, x)

    shapes = jax.eval_shape(flat, *largest)
    _write(path, {
        "format": FORMAT,
        "version": VERSION,
        "jax": jax.__version__,
        "platform": "any",
        "chunks": chunks,
        "input": _described(largest[-1]),
        "inputs": [{"name": name, "shape": a.shape, "type": str(a.dtype)} for name, a in inputs.samples],
        "weights": [{"shape": w.shape, "type": str(w.dtype)} for w in weights],
    }, weights, [(name, y, _programs(outputs, i, weights, inputs, y, chunks)) for i, (name, y) in enumerate(zip(names, shapes))])


class _Inputs:
    """The inputs of f, by name, and how programs take them.

    A single array is taken as it is. Of several, programs take those that are not floats, each
    in its own shape, and then all floats, flat and one after the other in a single array
    [batch, numbers], by which they are differentiated.
    """

    def __init__(self, x):
        leaves, self.structure = jax.tree_util.tree_flatten_with_path(x)
        if not leaves:
            raise ValueError("x holds no array")
        self.samples = []  # names and one sample of each
        for path, a in leaves:
            name, shape = _name(path) or "x", np.shape(a)
            kind = jax.dtypes.canonicalize_dtype(getattr(a, "dtype", np.asarray(a).dtype))
            if not shape:
                raise ValueError(f"the input {name} is a single number: the first axis of every input numbers the samples")
            if shape[0] != np.shape(leaves[0][1])[0]:
                raise ValueError(f"the input {name} has {shape[0]} samples, and {self.samples[0][0]} has {np.shape(leaves[0][1])[0]}")
            if not _differentiable(kind) and (len(leaves) == 1 or kind != jnp.bool_ and not jnp.issubdtype(kind, jnp.integer)):
                raise TypeError(f"the input {name} is of type {kind}: give float32 or float64" + " or, beside such inputs, integers or bools" * (len(leaves) > 1))
            self.samples.append((name, jax.ShapeDtypeStruct(shape[1:], kind)))
        _once("inputs", [name for name, _ in self.samples])
        self.floats = [a for _, a in self.samples if _differentiable(a.dtype)]
        if not self.floats:
            raise TypeError("no input is of float32 or float64, so that none can move: " + ", ".join(f"{name} is of type {a.dtype}" for name, a in self.samples))

    def batch(self, size):
        """The arguments of f for a number of samples: those that are not floats, then the floats."""
        still = [_batch(a, size) for _, a in self.samples if not _differentiable(a.dtype)]
        if len(self.samples) == 1:
            return [_batch(self.floats[0], size)]
        kind = jnp.result_type(*[a.dtype for a in self.floats])
        return still + [jax.ShapeDtypeStruct((size, sum(a.size for a in self.floats)), kind)]

    def tree(self, *args):
        """x, from the arguments."""
        *still, moving = args
        if len(self.samples) == 1:
            return jax.tree_util.tree_unflatten(self.structure, [moving])
        leaves, at = [], 0
        for _, a in self.samples:
            if _differentiable(a.dtype):
                part, at = moving[:, at:at + a.size], at + a.size
                leaves.append(part.reshape(moving.shape[0], *a.shape).astype(a.dtype))
            else:
                leaves.append(still.pop(0))
        return jax.tree_util.tree_unflatten(self.structure, leaves)


def _differentiable(kind):
    return kind in (jnp.float32, jnp.float64)


def _batch(a, size):
    return jax.ShapeDtypeStruct((size, *a.shape), a.dtype)


def _same(a, b):
    return a is b or np.shape(a) == np.shape(b) and bool(jnp.all(jnp.asarray(a) == jnp.asarray(b)))


def _name(path):
    """The name of a leaf of a tree, such as "a/b"."""
    return "/".join(str(getattr(k, "key", getattr(k, "name", getattr(k, "idx", k)))) for k in path)


def _once(what, names):
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"several {what} have the names {sorted(twice)}")


def _names(outputs, hidden, hidden_names, size):
    """The kinds and names of outputs and layers, which are checked."""
    names = [("output", _name(path) or "output", y) for path, y in jax.tree_util.tree_flatten_with_path(outputs)[0]]
    if not names:
        raise ValueError("f returns no array")
    names += [("layer", str(name), y) for name, y in zip(hidden_names, hidden)]
    _once("outputs or layers", [name for _, name, _ in names])
    for kind, name, y in names:
        what = f"the {kind} {name}"
        if y.ndim == 0 or y.shape[0] != size:
            raise ValueError(f"{what} has the shape {y.shape} for {size} samples, but its first axis must be the batch: "
                             "put a function of one sample through jax.vmap")
        if not jnp.issubdtype(y.dtype, jnp.floating):
            raise TypeError(f"{what} is of type {y.dtype}, which has no derivative: give float32 or float64")
    return [(kind, name) for kind, name, _ in names]


def _described(x):
    return {"shape": x.shape[1:], "type": str(x.dtype)}


def _programs(outputs, i, weights, inputs, y, chunks):
    """The texts of the values of output i and of its Jacobian's products, for each size of chunks."""
    spec = [jax.ShapeDtypeStruct(w.shape, w.dtype) for w in weights]

    def f(w, still):
        return lambda x: outputs(w, still, x)[i]

    def value(w, still, x):
        return f(w, still)(x)

    def jvp(w, still, x, v):
        return jax.jvp(f(w, still), (x,), (v,))[1]

    def vjp(w, still, x, u):
        return jax.vjp(f(w, still), x)[1](u)[0]

    # A while loop has no reverse mode: Jᵀu is then collected from J·e for all coordinates e.
    def vjp_by_coordinates(w, still, x, u):
        def one(e):
            v = jnp.broadcast_to(e.reshape(x.shape[1:]), x.shape)
            return (jvp(w, still, x, v) * u).sum(tuple(range(1, u.ndim)))
        n = int(np.prod(x.shape[1:]))
        return jax.lax.map(one, jnp.eye(n, dtype=x.dtype)).T.reshape(x.shape)

    # A custom_vjp has no forward mode: J·v is then the transpose of u -> Jᵀu.
    def jvp_by_transposing(w, still, x, v):
        u = jax.ShapeDtypeStruct((x.shape[0], *y.shape[1:]), y.dtype)
        return jax.linear_transpose(lambda u: vjp(w, still, x, u), u)(v)[0]

    def text(program, *args):
        try:
            return _functions(export.export(jax.jit(program, keep_unused=True), platforms=[ANY])(*args).mlir_module())
        except NotImplementedError as error:
            raise NotImplementedError(f"{error}: a file can hold only operators that XLA has on every device") from error

    def texts(program, *vector):
        found = []
        for size in chunks:
            *still, x = inputs.batch(size)
            found.append(text(program, spec, still, x, *[jax.ShapeDtypeStruct((size, *a.shape[1:]), a.dtype) for a in vector]))
        return found

    x = inputs.batch(chunks[-1])[-1]
    found = {"value": texts(value)}
    for role, vector, ways in ("jvp", x, (jvp, jvp_by_transposing)), ("vjp", y, (vjp, vjp_by_coordinates)):
        errors = []
        for way in ways:
            try:
                found[role] = texts(way, vector)
                break
            except (TypeError, ValueError, NotImplementedError) as error:
                errors.append(error)
        else:
            raise errors[0]
    return found


def _inlined(closed):
    """Brings what jitted functions close over to the top."""
    return jax.make_jaxpr(lambda *args: _evaluate(closed.jaxpr, closed.consts, *args))(*closed.in_avals)


def _evaluate(jaxpr, consts, *args):
    values = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *args]))

    def read(v):
        return v.val if isinstance(v, Literal) else values[v]

    for eqn in jaxpr.eqns:
        given = [read(v) for v in eqn.invars]
        inner = eqn.params.get("jaxpr")
        if eqn.primitive.name in ("jit", "pjit") and isinstance(inner, ClosedJaxpr):
            results = _evaluate(inner.jaxpr, inner.consts, *given)
        else:
            bound = eqn.primitive.get_bind_params(eqn.params)
            functions, params = bound if isinstance(bound, tuple) else ((), bound)  # before JAX 0.10
            results = eqn.primitive.bind(*functions, *given, **params)
            results = results if eqn.primitive.multiple_results else [results]
        values.update(zip(eqn.outvars, results))
    return [read(v) for v in jaxpr.outvars]


def _functions(module):
    """The functions of a module, in MLIR's generic form, which all versions of XLA read alike."""
    texts = []
    with jax.jit(lambda x: x).lower(1.0).compiler_ir().context:  # one that knows JAX's dialects
        for function in ir.Module.parse(module).body.operations:
            for attribute in "arg_attrs", "res_attrs":
                if attribute in function.attributes:
                    del function.attributes[attribute]
            texts.append(function.operation.get_asm(print_generic_op_form=True, enable_debug_info=False))
    return "\n".join(texts)


# Names of functions, and texts in which "@" means nothing.
_SYMBOL = re.compile(r'sym_name = "([^"]*)"|@"([^"]*)"|@([\w.$-]+)|"(?:[^"\\]|\\.)*"')


def _renamed(text, prefix):
    """Puts a prefix before the names of functions, so that programs can stand beside each other."""
    def new(found):
        named, quoted, plain = found.groups()
        if named is not None:
            return f'sym_name = "{prefix}{_plain(named)}"'
        if quoted is not None or plain is not None:
            return f"@{prefix}{_plain(quoted if plain is None else plain)}"
        return found[0]
    return _SYMBOL.sub(new, text)


def _plain(name):
    return re.sub(r"\W", "_", name)


def _write(path, manifest, weights, outputs):
    """Writes the file aside, then renames it."""
    key = hashlib.sha256(repr([texts for _, _, texts in outputs]).encode()).hexdigest()[:16]
    manifest["outputs"] = []
    aside = f"{path}.{os.getpid()}.new"
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as file:
            for i, ((kind, name), y, texts) in enumerate(outputs):
                for role in texts:
                    for size, text in zip(manifest["chunks"], texts[role]):
                        file.writestr(f"programs/{i}.{role}.{size}.mlir", _renamed(text, f"liegg_{key}_{i}_{role}_{size}_"))
                manifest["outputs"].append({"name": name, "kind": kind} | _described(y))
            for i, w in enumerate(weights):
                array = io.BytesIO()
                np.save(array, w)
                file.writestr(f"weights/{i}.npy", array.getvalue())
            file.writestr("manifest.json", json.dumps(manifest | {"key": key}, indent=1))
        os.replace(aside, path)
    finally:
        if os.path.exists(aside):
            os.remove(aside)


def _eigh(x, *, lower, sort_eigenvalues, **_):
    """Eigenvectors and eigenvalues by XLA's own Jacobi iteration."""
    tolerance = jnp.finfo(x.dtype).eps ** 0.75
    shapes = [jax.ShapeDtypeStruct(x.shape, x.dtype), jax.ShapeDtypeStruct(x.shape[:-1], jnp.finfo(x.dtype).dtype)]
    call = jax.ffi.ffi_call("Eigh", shapes, custom_call_api_version=1,
                            legacy_backend_config=f"{int(lower)},{int(sort_eigenvalues)},100,{tolerance:g}")
    return call(x)


# JAX has rules for single platforms only, which go before this one.
mlir.register_lowering(primitives.eigh_p, mlir.lower_fun(_eigh, multiple_results=True))
