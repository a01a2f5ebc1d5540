"""The layerwise equivariance error of Gruver et al. (ICLR 2023), in NumPy.

    venv/bin/python lee.py           (a venv with numpy and onnx)

lee.onnx is a small convolutional network with random weights. lee.npz holds
inputs x and, for a rotation and a translation, the root mean square of each
layer's term (the layer's Lie derivative, pushed to the outputs), and the LEE.
ONNX's reference implementation runs the layers one by one; derivatives are
differences of finite transformations, exp(tV) of images and feature maps, with
V the velocities that package action documents: central differences, faded out
at the border.
"""

import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(2023)
SIDE, STEP = 12, 1e-4


def weights(name, *shape):
    fan_in = np.prod(shape[1:]) if len(shape) > 1 else 4
    return numpy_helper.from_array(rng.normal(size=shape) / np.sqrt(fan_in), name)


PARTS = [
    # inputs, outputs, nodes, weights
    ("input", "first", [helper.make_node("Conv", ["input", "w1", "b1"], ["c1"], pads=[1, 1, 1, 1]), helper.make_node("Tanh", ["c1"], ["first"])],
     [weights("w1", 4, 1, 3, 3), weights("b1", 4)]),
    ("first", "second", [helper.make_node("Conv", ["first", "w2", "b2"], ["c2"], pads=[1, 1, 1, 1], strides=[2, 2]), helper.make_node("Tanh", ["c2"], ["second"])],
     [weights("w2", 5, 4, 3, 3), weights("b2", 5)]),
    ("second", "pooled", [helper.make_node("GlobalAveragePool", ["second"], ["p"]), helper.make_node("Flatten", ["p"], ["pooled"])], []),
    ("pooled", "output", [helper.make_node("Gemm", ["pooled", "w3", "b3"], ["g"], transB=1), helper.make_node("Tanh", ["g"], ["output"])],
     [weights("w3", 3, 5), weights("b3", 3)]),
]
SHAPES = {"input": (1, SIDE, SIDE), "first": (4, SIDE, SIDE), "second": (5, SIDE // 2, SIDE // 2), "pooled": (5,), "output": (3,)}


def made(parts):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.DOUBLE, ("batch",) + SHAPES[name])
    graph = helper.make_graph([n for p in parts for n in p[2]], "lee", [value(parts[0][0])], [value(parts[-1][1])], [w for p in parts for w in p[3]])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def velocity(side, a, b):
    """V as a matrix: -taper * (d_x I, d_y I) . (A p + b)."""
    unit, index = side / 2, np.arange(side)
    place = (index - (side - 1) / 2) / unit
    inner = np.minimum(index, side - 1 - index)
    fade = np.where(inner >= 2, 1, np.sin(np.pi / 4 * inner) ** 2)
    slope = np.zeros((side, side))
    for i in index:
        slope[i, min(i + 1, side - 1)] += unit / 2
        slope[i, max(i - 1, 0)] -= unit / 2
    dx, dy = np.kron(np.eye(side), slope), np.kron(slope, np.eye(side))
    x, y = np.tile(place, side), np.repeat(place, side)
    taper = np.repeat(fade, side) * np.tile(fade, side)
    return -taper[:, None] * ((a[0][0] * x + a[0][1] * y + b[0])[:, None] * dx + (a[1][0] * x + a[1][1] * y + b[1])[:, None] * dy)


def exponential(m):
    """exp(m) of a small matrix, by its series."""
    total = term = np.eye(len(m))
    for k in range(1, 30):
        term = term @ m / k
        total = total + term
    return total


def moved(h, t, generator):
    if h.ndim != 4:
        return h
    side = h.shape[-1]
    group = exponential(t * velocity(side, *generator))
    return (h.reshape(*h.shape[:2], -1) @ group.T).reshape(h.shape)


def terms(x, generator):
    """The term of each part, and of the whole network, at the outputs."""
    layers = [ReferenceEvaluator(made([p])) for p in PARTS]
    rest = [ReferenceEvaluator(made(PARTS[i + 1:])) if i + 1 < len(PARTS) else None for i in range(len(PARTS))]
    h, found = x, []
    for part, layer, after in zip(PARTS, layers, rest):
        def there(t):
            y = moved(layer.run(None, {part[0]: moved(h, t, generator)})[0], -t, generator)
            return after.run(None, {part[1]: y})[0] if after else y
        found.append((there(STEP) - there(-STEP)) / (2 * STEP))
        h = layer.run(None, {part[0]: h})[0]
    whole = ReferenceEvaluator(made(PARTS))
    ends = [whole.run(None, {"input": moved(x, t, generator)})[0] for t in (STEP, -STEP)]
    return found, (ends[0] - ends[1]) / (2 * STEP)


x = rng.normal(size=(40, 1, SIDE, SIDE))
for _ in range(2):  # smooth
    x = (x + np.roll(x, 1, 2) + np.roll(x, 1, 3) + np.roll(x, -1, 2) + np.roll(x, -1, 3)) / 2.2
results = {"x": x}
for name, generator in {"rotation": (((0, -1), (1, 0)), (0, 0)), "translation": (((0, 0), (0, 0)), (1, 0))}.items():
    found, whole = terms(x, generator)
    assert np.abs(sum(found) - whole).max() < 1e-6
    results[name] = np.array([np.sqrt((c ** 2).sum(1).mean()) for c in found])
    results[name + "_lee"] = np.array([(whole ** 2).sum(1).mean() / whole.shape[1]])
onnx.save(made(PARTS), "lee.onnx")
np.savez_compressed("lee.npz", **results)
print(results)
