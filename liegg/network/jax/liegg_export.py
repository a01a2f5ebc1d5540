"""Writes a JAX function into a file that LieGG Lab reads as a network.

    import liegg_export

    liegg_export.save("net.jaxnet", f, x)

f takes a batch [batch, input...] of float32 or float64 to a batch [batch, output...],
or to a dictionary, tuple or tree of such batches. x is any array of such inputs; only
its shape and type are used. A model of one sample goes through jax.vmap(f). In Go,
jax.Load("net.jaxnet", jax.Settings{}) is then a network.

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
VERSION = 1

# A platform of this name has no operators of its own, so that JAX lowers all of them to
# operators of XLA, which run on every device.
ANY = "liegg"


def save(path, f, x, *, layers=None, chunks=(16, 64, 512)):
    """Writes f to the file path.

    layers: a function of a batch that returns hidden representations [batch, ...] in a
        dictionary, in the order in which they are computed.
    chunks: how many samples programs take at once. Any batch is cut or filled up to a
        number of chunks of the size that fits best.
    """
    chunks = sorted(set(chunks))
    x = jax.ShapeDtypeStruct((chunks[-1], *np.shape(x)[1:]), jax.dtypes.canonicalize_dtype(x.dtype))
    if x.dtype not in (jnp.float32, jnp.float64):
        raise TypeError(f"the input x is of type {x.dtype}: give float32 or float64")
    hidden = []

    def every(x):
        with jax.default_matmul_precision("highest"):  # GPUs would round the factors of float32 to 11 bits
            y, found = f(x), layers(x) if layers else {}
        hidden[:] = found
        return y, list(found.values())  # a dictionary would lose its order

    names = _names(*jax.eval_shape(every, x), hidden, x)

    def flat(x):
        return [y.astype(jnp.promote_types(y.dtype, jnp.float32)) for y in jax.tree.leaves(every(x))]

    # Arrays that f closes over are stored once, and are arguments of all programs.
    closed = [_inlined(jax.make_jaxpr(flat)(_batch(x, size))) for size in chunks]
    stored = [np.size(c) > 1 and str(getattr(c, "dtype", None)) in ("float32", "float64") for c in closed[0].consts]
    weights = [np.asarray(c) for c, s in zip(closed[0].consts, stored) if s]

    for other in closed[1:]:
        if len(other.consts) != len(closed[0].consts) or not all(map(_same, other.consts, closed[0].consts)):
            raise ValueError("f closes over arrays that depend on the number of samples: give one size in chunks")

    def outputs(weights, x):
        given = iter(weights)
        consts = [next(given) if s else c for c, s in zip(closed[0].consts, stored)]
        return _evaluate(closed[chunks.index(x.shape[0])].jaxpr, consts, x)

    shapes = jax.eval_shape(flat, x)
    _write(path, {
        "format": FORMAT,
        "version": VERSION,
        "jax": jax.__version__,
        "platform": "any",
        "chunks": chunks,
        "input": _described(x),
        "weights": [{"shape": w.shape, "type": str(w.dtype)} for w in weights],
    }, weights, [(name, y, _programs(outputs, i, weights, x, y, chunks)) for i, (name, y) in enumerate(zip(names, shapes))])


def _batch(x, size):
    return jax.ShapeDtypeStruct((size, *x.shape[1:]), x.dtype)


def _same(a, b):
    return a is b or np.shape(a) == np.shape(b) and bool(jnp.all(jnp.asarray(a) == jnp.asarray(b)))


def _names(outputs, hidden, hidden_names, x):
    """The kinds and names of outputs and layers, which are checked."""
    names = []
    for path, y in jax.tree_util.tree_flatten_with_path(outputs)[0]:
        name = "/".join(str(getattr(k, "key", getattr(k, "name", getattr(k, "idx", k)))) for k in path) or "output"
        names.append(("output", name, y))
    if not names:
        raise ValueError("f returns no array")
    names += [("layer", str(name), y) for name, y in zip(hidden_names, hidden)]
    if twice := {name for _, name, _ in names if [n for _, n, _ in names].count(name) > 1}:
        raise ValueError(f"several outputs or layers have the names {sorted(twice)}")
    for kind, name, y in names:
        what = f"the {kind} {name}"
        if y.ndim == 0 or y.shape[0] != x.shape[0]:
            raise ValueError(f"{what} has the shape {y.shape} for inputs {x.shape}, but its first axis must be the batch: "
                             "put a function of one sample through jax.vmap")
        if not jnp.issubdtype(y.dtype, jnp.floating):
            raise TypeError(f"{what} is of type {y.dtype}, which has no derivative: give float32 or float64")
    return [(kind, name) for kind, name, _ in names]


def _described(x):
    return {"shape": x.shape[1:], "type": str(x.dtype)}


def _programs(outputs, i, weights, x, y, chunks):
    """The texts of the values of output i and of its Jacobian's products, for each size of chunks."""
    spec = [jax.ShapeDtypeStruct(w.shape, w.dtype) for w in weights]

    def f(w):
        return lambda x: outputs(w, x)[i]

    def jvp(w, x, v):
        return jax.jvp(f(w), (x,), (v,))[1]

    def vjp(w, x, u):
        return jax.vjp(f(w), x)[1](u)[0]

    # A while loop has no reverse mode: Jᵀu is then collected from J·e for all coordinates e.
    def vjp_by_coordinates(w, x, u):
        def one(e):
            v = jnp.broadcast_to(e.reshape(x.shape[1:]), x.shape)
            return (jvp(w, x, v) * u).sum(tuple(range(1, u.ndim)))
        n = int(np.prod(x.shape[1:]))
        return jax.lax.map(one, jnp.eye(n, dtype=x.dtype)).T.reshape(x.shape)

    # A custom_vjp has no forward mode: J·v is then the transpose of u -> Jᵀu.
    def jvp_by_transposing(w, x, v):
        return jax.linear_transpose(lambda u: vjp(w, x, u), _batch(y, x.shape[0]))(v)[0]

    def text(program, *args):
        try:
            return _functions(export.export(jax.jit(program, keep_unused=True), platforms=[ANY])(spec, *args).mlir_module())
        except NotImplementedError as error:
            raise NotImplementedError(f"{error}: a file can hold only operators that XLA has on every device") from error

    def texts(program, *args):
        return [text(program, *[_batch(a, size) for a in args]) for size in chunks]

    found = {"value": texts(lambda w, x: f(w)(x), x)}
    for role, args, ways in ("jvp", (x, x), (jvp, jvp_by_transposing)), ("vjp", (x, y), (vjp, vjp_by_coordinates)):
        errors = []
        for way in ways:
            try:
                found[role] = texts(way, *args)
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
