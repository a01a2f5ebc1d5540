"""Operators whose meaning depends on the operator set, on attributes or on outputs.

    python -m venv venv && venv/bin/pip install onnx==1.23.2
    venv/bin/python meanings.py

meanings.tar.gz holds NAME.onnx as nodes.tar.gz does. Expected outputs are written by hand
in numpy, after the text of ONNX's specification, since the reference of ONNX itself has
forgotten many of the old meanings. Instead of an output, words may be expected of the
error that refuses a model; they are its doc string.
"""

import io
import os
import tarfile

import numpy as np
import onnx.parser
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

os.chdir(os.path.dirname(os.path.abspath(__file__)))
cases = {}


def case(name, opset, shape, body, expected, tensors=None, outputs="float y", domains="", functions="", x=None):
    """shape is that of a sample, body from x to y, expected a function of x, None for that of ONNX's reference implementation, or words of the error."""
    text = f'<ir_version: 8, opset_import: ["" : {opset}{domains}]> g (float[N{"".join("," + str(n) for n in shape)}] x) => ({outputs}) {{ {body} }} {functions}'
    model = onnx.parser.parse_model(text)
    if x is None:
        x = np.random.default_rng(3).standard_normal([3, *shape]).astype(np.float16).astype(np.float32)
    for key, value in (tensors or {}).items():
        model.graph.initializer.append(value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(np.asarray(value), key))
    model.graph.initializer.append(numpy_helper.from_array(x, "given x"))
    if isinstance(expected, str):
        model.doc_string, expected = expected, lambda x: np.zeros(1)
    want = ReferenceEvaluator(model).run(None, {"x": x})[0] if expected is None else expected(x.astype(np.float64))
    model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(want, dtype=np.float32), "expected y"))
    assert name not in cases, name
    cases[name] = model.SerializeToString()


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def flat(f, axis):
    return lambda x: f(x.reshape(int(np.prod(x.shape[:axis])), -1)).reshape(x.shape)


f32 = lambda *v: np.array(v, np.float32)
i64 = lambda *v: np.array(v, np.int64)
channels, matrix = f32(1.5, -2, 0.5), np.arange(12, dtype=np.float32).reshape(3, 4) - 5
image = [3, 4, 5]

# broadcasting before operator set 7
operations = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}
for opset in (1, 6):
    for op, f in operations.items():
        case(f"{op} {opset}, from an axis", opset, image, f"y = {op}<broadcast = 1, axis = 1>(x, b)", lambda x: f(x, channels[:, None, None]), {"b": channels})
    case(f"Add {opset}, two axes from one", opset, image, "y = Add<broadcast = 1, axis = 1>(x, b)", lambda x: x + matrix[:, :, None].astype(float), {"b": matrix})
    case(f"Add {opset}, last axes", opset, [3, 4], "y = Add<broadcast = 1>(x, b)", lambda x: x + matrix, {"b": matrix})
    case(f"Add {opset}, last axes named", opset, [3, 4], "y = Add<broadcast = 1, axis = 1>(x, b)", lambda x: x + matrix, {"b": matrix})
    case(f"Add {opset}, one number", opset, image, "y = Add<broadcast = 1>(x, b)", lambda x: x + 2.5, {"b": f32(2.5)})
    case(f"Add {opset}, one number from an axis", opset, image, "y = Add<broadcast = 1, axis = 1>(x, b)", lambda x: x + 2.5, {"b": f32(2.5)})
    case(f"Add {opset}, of itself", opset, image, "y = Add(x, x)", lambda x: 2 * x)
    case(f"Mul {opset}, of a layer", opset, [3, 5], "s = ReduceMean<axes = [2], keepdims = 0>(x) y = Mul<broadcast = 1, axis = 0>(x, s)", lambda x: x * x.mean(2, keepdims=True))
    case(f"Pow {opset}, from an axis", opset, image, "a = Abs(x) y = Pow<broadcast = 1, axis = 1>(a, b)", lambda x: np.abs(x) ** channels[:, None, None], {"b": channels})
    case(f"Greater {opset}, from an axis", opset, image, "m = Greater<broadcast = 1, axis = 1>(x, b) f = Cast<to = " + ('"FLOAT"' if opset == 1 else "1") + "> (m) y = Mul(x, f)",
         lambda x: x * (x > channels[:, None, None]), {"b": channels})
    case(f"Add {opset}, not to be broadcast", opset, image, "y = Add(x, b)", "does not broadcast without broadcast = 1", tensors={"b": f32(1, 2, 3, 4, 5)})
    case(f"Add {opset}, axes that do not fit", opset, [6, 2], "y = Add<broadcast = 1, axis = 1>(x, b)", "does not fit the first, of shape [7 6 2], from axis 1 on", tensors={"b": channels})
    case(f"Add {opset}, from the last axis", opset, image, "y = Add<broadcast = 1, axis = -1>(x, b)", "axis = -1", tensors={"b": channels})
    case(f"PRelu {opset}, by channel", opset, image, "y = PRelu(x, s)", lambda x: np.where(x < 0, channels[:, None, None] * x, x), {"s": channels})
    case(f"PRelu {opset}, one slope", opset, image, "y = PRelu(x, s)", lambda x: np.where(x < 0, 0.25 * x, x), {"s": f32(0.25)})
    case(f"Gemm {opset}", opset, [4], "y = Gemm<broadcast = 1, alpha = 0.5, beta = 2.0, transB = 1>(x, w, c)", lambda x: 0.5 * x @ matrix.T + 2 * channels, {"w": matrix, "c": channels})
case("Add 7, with broadcast", 7, image, "y = Add<broadcast = 1, axis = 1>(x, b)", 'no attribute "broadcast" in operator set 7', tensors={"b": channels})
case("Add 7", 7, image, "y = Add(x, b)", lambda x: x + channels[:, None, None], {"b": channels[:, None, None]})
case("PRelu 7", 7, image, "y = PRelu(x, s)", lambda x: np.where(x < 0, channels[:, None, None] * x, x), {"s": channels[:, None, None]})
case("PRelu 9, last axis", 9, [4, 3], "y = PRelu(x, s)", lambda x: np.where(x < 0, channels * x, x), {"s": channels})
case("Gemm 11, without C", 11, [4], "y = Gemm<transB = 1>(x, w)", lambda x: x @ matrix.T, {"w": matrix})

# softmax, over all axes from one on before operator set 13
log = lambda f: lambda x: np.log(f(x))
for opset in (1, 11, 12):
    case(f"Softmax {opset}", opset, image, "y = Softmax(x)", flat(lambda x: softmax(x, 1), 1))
    case(f"Softmax {opset}, axis 2", opset, image, "y = Softmax<axis = 2>(x)", flat(lambda x: softmax(x, 1), 2))
    case(f"LogSoftmax {opset}", opset, image, "y = LogSoftmax(x)", flat(log(lambda x: softmax(x, 1)), 1))
    case(f"LogSoftmax {opset}, axis 3", opset, image, "y = LogSoftmax<axis = 3>(x)", flat(log(lambda x: softmax(x, 1)), 3))
case("Softmax 11, axis -2", 11, image, "y = Softmax<axis = -2>(x)", flat(lambda x: softmax(x, 1), 2))
case("Softmax 12, over the batch", 12, image, "y = Softmax<axis = 0>(x)", "depends on the other samples")
for opset in (13, 20):
    case(f"Softmax {opset}", opset, image, "y = Softmax(x)", lambda x: softmax(x, 3))
    case(f"Softmax {opset}, axis 1", opset, image, "y = Softmax<axis = 1>(x)", lambda x: softmax(x, 1))
    case(f"LogSoftmax {opset}", opset, image, "y = LogSoftmax(x)", lambda x: np.log(softmax(x, 3)))
    case(f"Softmax {opset}, over the batch", opset, image, "y = Softmax<axis = 0>(x)", "depends on the other samples")
    case(f"Hardmax {opset}", opset, image, "y = Hardmax(x)", "Hardmax")

# batch normalisation
norms = {"s": channels, "b": f32(0.5, 1, -1), "m": f32(0.1, -0.2, 0.3), "v": f32(1, 2, 0.5)}


def normalised(epsilon=1e-5):
    wide = {k: v.astype(np.float64)[:, None, None] for k, v in norms.items()}
    return lambda x: (x - wide["m"]) / np.sqrt(wide["v"] + epsilon) * wide["s"] + wide["b"]


for opset in (7, 8, 9, 13, 14, 15, 20):
    case(f"BatchNormalization {opset}", opset, image, "y = BatchNormalization<epsilon = 0.1, momentum = 0.7>(x, s, b, m, v)", normalised(0.1), norms)
    if opset < 14:
        case(f"BatchNormalization {opset}, five outputs", opset, image, "y, m1, v1, m2, v2 = BatchNormalization(x, s, b, m, v)", "has 5 outputs", tensors=norms)
    else:
        case(f"BatchNormalization {opset}, training", opset, image, "y = BatchNormalization<training_mode = 1>(x, s, b, m, v)", "training_mode is 1", tensors=norms)
        case(f"BatchNormalization {opset}, training, three outputs", opset, image, "y, m1, v1 = BatchNormalization<training_mode = 1>(x, s, b, m, v)", "training_mode is 1", tensors=norms)
        case(f"BatchNormalization {opset}, not training", opset, image, "y = BatchNormalization<training_mode = 0>(x, s, b, m, v)", normalised(), norms)
for opset in (1, 6):
    consumed = ", consumed_inputs = [0, 0, 0, 1, 1]" if opset == 1 else ""
    case(f"BatchNormalization {opset}, test", opset, image, f"y = BatchNormalization<is_test = 1{consumed}>(x, s, b, m, v)", normalised(), norms)
    case(f"BatchNormalization {opset}, no test", opset, image, "y = BatchNormalization(x, s, b, m, v)", "is_test is 0", tensors=norms)
    case(f"BatchNormalization {opset}, not spatial", opset, image, "y = BatchNormalization<is_test = 1, spatial = 0>(x, s, b, m, v)", "spatial = 0", tensors=norms)
case("BatchNormalization 7, not spatial", 7, image, "y = BatchNormalization<spatial = 0>(x, s, b, m, v)", "spatial = 0", tensors=norms)
case("BatchNormalization 9, spatial", 9, image, "y = BatchNormalization<spatial = 1>(x, s, b, m, v)", 'no attribute "spatial"', norms)

# dropout
square = "y = Mul(z, z)"
for opset in (1, 6):
    case(f"Dropout {opset}, test", opset, image, f"z = Dropout<is_test = 1>(x) {square}", lambda x: x * x)
    case(f"Dropout {opset}, no test", opset, image, f"z = Dropout(x) {square}", "is_test is 0")
for opset in (7, 10):
    case(f"Dropout {opset}", opset, image, f"z = Dropout<ratio = 0.9>(x) {square}", lambda x: x * x)
    case(f"Dropout {opset}, with a mask", opset, image, f"z, mask = Dropout(x) {square}", lambda x: x * x)
case("Dropout 10, of test", 10, image, f"z = Dropout<is_test = 1>(x) {square}", 'no attribute "is_test"')
for opset in (12, 13, 22):
    case(f"Dropout {opset}", opset, image, f"z = Dropout(x, r) {square}", lambda x: x * x, {"r": np.float32(0.9)})
    case(f"Dropout {opset}, not training", opset, image, f"z, mask = Dropout(x, r, t) {square}", lambda x: x * x, {"r": np.float32(0.9), "t": np.array(False)})
    case(f"Dropout {opset}, training", opset, image, f"z = Dropout(x, r, t) {square}", "training_mode is not a constant that is false", tensors={"r": np.float32(0.9), "t": np.array(True)})
    case(f"Dropout {opset}, its mask", opset, image, "z, mask = Dropout(x) f = Cast<to = 1>(mask) y = Mul(z, f)", 'output "mask"')

# resizing
twice = lambda x: x.repeat(2, 2).repeat(2, 3)
scales = {"s": f32(1, 1, 2, 2)}


def between(x, axis):
    """Elements, each followed by the mean of it and the next one."""
    after = np.concatenate([np.take(x, range(1, x.shape[axis]), axis), np.take(x, [-1], axis)], axis)
    return np.stack([x, (x + after) / 2], axis + 1).reshape([n * (2 if i == axis else 1) for i, n in enumerate(x.shape)])


halfway = lambda x: between(between(x, 2), 3)
case("Upsample 7", 7, image, "y = Upsample<scales = [1.0, 1.0, 2.0, 2.0]>(x)", twice)
case("Upsample 9", 9, image, "y = Upsample(x, s)", twice, scales)
case("Upsample 9, three times", 9, image, "y = Upsample(x, s)", lambda x: x.repeat(3, 2), {"s": f32(1, 1, 3, 1)})
case("Upsample 9, linear", 9, image, 'y = Upsample<mode = "linear">(x, s)', halfway, scales)
case("Upsample 1", 1, image, "y = Upsample<width_scale = 2.0, height_scale = 2.0>(x)", "operator set 1 is not supported")
case("Upsample 11", 11, image, "y = Upsample(x, s)", "no longer has it", tensors=scales)
case("Resize 10", 10, image, "y = Resize(x, s)", twice, scales)
case("Resize 10, smaller", 10, image, "y = Resize(x, s)", "does not say how that is rounded", tensors={"s": f32(1, 1, 0.5, 0.5)})
floor = 'coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"'
for opset in (11, 19):
    case(f"Resize {opset}, floor", opset, image, f"y = Resize<{floor}>(x, r, s)", twice, scales | {"r": np.zeros(0, np.float32)})
    case(f"Resize {opset}, round", opset, image, "y = Resize(x, r, s)", twice, scales | {"r": np.zeros(0, np.float32)})
    case(f"Resize {opset}, cubic", opset, image, 'y = Resize<mode = "cubic">(x, r, s)', None, scales | {"r": np.zeros(0, np.float32)})
    case(f"Resize {opset}, sizes no whole numbers", opset, image, f"y = Resize<{floor}>(x, r, s)", None, {"s": f32(1, 1, 1.3, 1.3), "r": np.zeros(0, np.float32)})
    case(f"Resize {opset}, sizes whole numbers", opset, image, f"y = Resize<{floor}>(x, r, s)", lambda x: x[:, :, [0, 0, 1, 2, 2, 3]], {"s": f32(1, 1, 1.5, 1), "r": np.zeros(0, np.float32)})


def linear(height, width):
    """Linear interpolation between the centres of pixels."""
    def along(x, axis, size):
        at = ((np.arange(size) + 0.5) * x.shape[axis] / size - 0.5).clip(0, x.shape[axis] - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, x.shape[axis] - 1)
        share = (at - low).reshape([-1 if i == axis else 1 for i in range(4)])
        return x.take(low, axis) * (1 - share) + x.take(high, axis) * share
    return lambda x: along(along(x, 2, height), 3, width)


sizes = "q = Shape(x) p = Slice(q, o, c) n = Concat<axis = 0>(p, s) "
for coordinates in ("half_pixel", "pytorch_half_pixel"):
    way = f'mode = "linear", coordinate_transformation_mode = "{coordinates}"'
    case(f"Resize 13, linear, {coordinates}", 13, image, sizes + f"y = Resize<{way}>(x, , , n)", linear(7, 3), {"o": i64(0), "c": i64(2), "s": i64(7, 3)})
case("Resize 13, linear, half_pixel, to one", 13, image, sizes + f'y = Resize<mode = "linear">(x, , , n)', linear(3, 1), {"o": i64(0), "c": i64(2), "s": i64(3, 1)})
case("Resize 13, linear, pytorch_half_pixel, to one", 13, image, sizes + f"y = Resize<{way}>(x, , , n)", None, {"o": i64(0), "c": i64(2), "s": i64(3, 1)})
case("Resize 13, floor, by sizes", 13, image, sizes + f"y = Resize<{floor}>(x, , , n)", lambda x: x[:, :, [0, 0, 1, 1, 2, 2, 3]][:, :, :, [0, 1, 3]], {"o": i64(0), "c": i64(2), "s": i64(7, 3)})
case("Resize 18, by axes", 18, image, f"y = Resize<{floor}, axes = [2, 3]>(x, r, s)", twice, {"s": f32(2, 2), "r": np.zeros(0, np.float32)})
case("Resize 18, aspect", 18, image, f'y = Resize<{floor}, axes = [2, 3], keep_aspect_ratio_policy = "not_larger">(x, r, r, s)', None, {"s": i64(8, 20), "r": np.zeros(0, np.float32)})

# padding
padded = lambda mode, **more: lambda x: np.pad(x, [(0, 0), (0, 0), (1, 0), (2, 3)], mode, **more)
widths = "[0, 0, 1, 2, 0, 0, 0, 3]"
case("Pad 1", 1, image, f"y = Pad<paddings = {widths}, value = 1.5>(x)", padded("constant", constant_values=1.5))
for opset in (2, 10):
    case(f"Pad {opset}", opset, image, f"y = Pad<pads = {widths}, value = 1.5>(x)", padded("constant", constant_values=1.5))
    case(f"Pad {opset}, zeros", opset, image, f"y = Pad<pads = {widths}>(x)", padded("constant"))
    case(f"Pad {opset}, reflect", opset, image, f'y = Pad<pads = {widths}, mode = "reflect">(x)', padded("reflect"))
    case(f"Pad {opset}, edge", opset, image, f'y = Pad<pads = {widths}, mode = "edge">(x)', padded("edge"))
pads = {"w": i64(0, 0, 1, 2, 0, 0, 0, 3), "c": np.float32(1.5)}
for opset in (11, 13, 18, 19, 21):
    case(f"Pad {opset}", opset, image, "y = Pad(x, w, c)", padded("constant", constant_values=1.5), pads)
    case(f"Pad {opset}, by attribute", opset, image, f"y = Pad<pads = {widths}>(x)", "has 1 inputs")
case("Pad 18, by axes", 18, image, "y = Pad(x, w, c, a)", lambda x: np.pad(x, [(0, 0), (0, 0), (2, 0), (1, 3)], constant_values=1.5), {"w": i64(1, 2, 3, 0), "c": np.float32(1.5), "a": i64(3, 2)})
case("Pad 18, by axes from the last", 18, image, "y = Pad(x, w, c, a)", None, tensors={"w": i64(1, 3), "c": np.float32(1.5), "a": i64(-1)})
case("Pad 19, wrap", 19, image, 'y = Pad<mode = "wrap">(x, w)', padded("wrap"), pads)
case("Pad 13, unknown mode", 13, image, 'y = Pad<mode = "mirror">(x, w)', 'mode = "mirror"', tensors=pads)

# slices
for opset in (1, 9):
    case(f"Slice {opset}", opset, image, f"z = Slice<starts = [1, -3], ends = [3, 1000], axes = [2, 3]>(x) {square}", lambda x: x[:, :, 1:3, -3:] ** 2)
    case(f"Slice {opset}, without axes", opset, image, f"z = Slice<starts = [0, 1], ends = [1000, 3]>(x) {square}", lambda x: x[:, 1:3] ** 2)
    case(f"Slice {opset}, by inputs", opset, image, f"z = Slice(x, s, e) {square}", "has 3 inputs", tensors={"s": i64(0, 1), "e": i64(1000, 3)})
for opset in (10, 13):
    case(f"Slice {opset}", opset, image, f"z = Slice(x, s, e, a, p) {square}", lambda x: x[:, :, :, 1:5:2] ** 2, {"s": i64(1), "e": i64(5), "a": i64(3), "p": i64(2)})
    case(f"Slice {opset}, int32", opset, image, f"z = Slice(x, s, e, a, p) {square}", lambda x: x[:, :, :, 1:5:2] ** 2, {k: v.astype(np.int32) for k, v in {"s": i64(1), "e": i64(5), "a": i64(3), "p": i64(2)}.items()})
    case(f"Slice {opset}, backwards", opset, image, f"z = Slice(x, s, e, a, p) {square}", None, tensors={"s": i64(4), "e": i64(0), "a": i64(3), "p": i64(-2)})
    case(f"Slice {opset}, by attributes", opset, image, f"z = Slice<starts = [1], ends = [3]>(x) {square}", "has 1 inputs")

# reshaping
for opset in (1, 4):
    case(f"Reshape {opset}", opset, image, f"z = Reshape<shape = [0, -1, 5]>(x) {square}", lambda x: x.reshape(3, -1, 5) ** 2)
for opset in (5, 13, 14, 21):
    case(f"Reshape {opset}", opset, image, f"z = Reshape(x, s) {square}", lambda x: x.reshape(3, -1, 5) ** 2, {"s": i64(0, -1, 5)})
case("Reshape 13, allowzero", 13, image, f"z = Reshape<allowzero = 1>(x, s) {square}", 'no attribute "allowzero"', tensors={"s": i64(-1, 12, 5)})
case("Reshape 14, allowzero", 14, image, f"z = Reshape<allowzero = 1>(x, s) {square}", lambda x: x.reshape(3, 12, 5) ** 2, {"s": i64(-1, 12, 5)})
case("Reshape 14, allowzero of zero", 14, image, f"z = Reshape<allowzero = 1>(x, s) {square}", "allowzero = 1", tensors={"s": i64(0, 12, 5)})
for opset, to in ((1, "attribute"), (11, "attribute"), (13, "input"), (21, "input")):
    axes, more = ("<axes = [1]>", "") if to == "attribute" else ("", ", a")
    tensors = {} if to == "attribute" else {"a": i64(1)}
    case(f"Squeeze {opset}", opset, [1, 4], f"z = Squeeze{axes}(x{more}) {square}", lambda x: x[:, 0] ** 2, tensors)
    case(f"Unsqueeze {opset}", opset, [4], f"z = Unsqueeze{axes}(x{more}) {square}", lambda x: x[:, None] ** 2, tensors)
case("Squeeze 13, by attribute", 13, [1, 4], f"z = Squeeze<axes = [1]>(x) {square}", 'no attribute "axes"')
case("Unsqueeze 13, by attribute", 13, [4], f"z = Unsqueeze<axes = [1]>(x) {square}", "has 1 inputs")
case("Unsqueeze 11, two from the last", 11, [4], f"z = Unsqueeze<axes = [-1, -3]>(x) {square}", lambda x: x[:, None, :, None] ** 2)
case("Unsqueeze 13, several", 13, [4], f"z = Unsqueeze(x, a) {square}", lambda x: x[:, None, :, None] ** 2, {"a": i64(1, 3)})
case("Flatten 1", 1, image, f"z = Flatten(x) {square}", lambda x: x.reshape(3, -1) ** 2)
case("Flatten 11, from the last", 11, image, f"f = Flatten<axis = -3>(x) {square.replace('z', 'f')}", lambda x: x.reshape(3, -1) ** 2)
case("Concat 1, without an axis", 1, image, f"z = Concat(x, x) {square}", lambda x: np.concatenate([x, x], 1) ** 2)
case("Concat 4, without an axis", 4, image, f"z = Concat(x, x) {square}", "axis")
case("Concat 11, from the last", 11, image, f"z = Concat<axis = -1>(x, x) {square}", lambda x: np.concatenate([x, x], 3) ** 2)
for opset in (2, 11):
    case(f"Split {opset}", opset, [5], "a, b = Split<axis = 1, split = [1, 4]>(x) y = Mul(a, a) ", lambda x: x[:, :1] ** 2)
    case(f"Split {opset}, in parts alike", opset, [4], "a, b = Split<axis = 1>(x) y = Mul(a, b)", lambda x: x[:, :2] * x[:, 2:])
    case(f"Split {opset}, uneven", opset, [4], "a, b = Split<axis = 1, split = [1, 3]>(x) y = Mul(b, b)", lambda x: x[:, 1:] ** 2)
case("Split 1, without an axis", 1, [4], "a, b = Split(x) y = Mul(a, b)", "does not say which is meant")
for opset in (13, 18):
    case(f"Split {opset}", opset, [4], "a, b = Split<axis = 1>(x, s) y = Mul(b, b)", lambda x: x[:, 1:] ** 2, {"s": i64(1, 3)})
    case(f"Split {opset}, by attribute", opset, [4], "a, b = Split<axis = 1, split = [1, 3]>(x) y = Mul(b, b)", 'no attribute "split"')
    case(f"Split {opset}, of which one has no name", opset, [4], 'a, , b = Split<axis = -1>(x, s) h = Constant<value = float {0.5}>() c = Clip(b, , h) y = Mul(a, c)',
         lambda x: x[:, :1] * np.minimum(x[:, 3:], 0.5), {"s": i64(1, 2, 1)})
case("Split 18, number of outputs", 18, [4], "a, b = Split<axis = 1, num_outputs = 2>(x) y = Mul(a, b)", lambda x: x[:, :2] * x[:, 2:])
case("Split 18, other number of outputs", 18, [4], "a, b = Split<axis = 1, num_outputs = 4>(x) y = Mul(a, b)", "4 parts, and has 2 outputs")
case("Split 18, uneven number of outputs", 18, [5], "a, b = Split<axis = 1, num_outputs = 2>(x) y = Mul(b, b)", None)
case("Tile 1", 1, [4], "y = Tile(x, t, a)", "operator set 1 is not supported", tensors={"t": i64(2), "a": i64(1)})
case("Tile 6", 6, [4], "y = Tile(x, t)", lambda x: np.tile(x, (1, 2)), {"t": i64(1, 2)})
case("Shape 15, a part", 15, image, "s = Shape<start = -2, end = 100>(x) f = Cast<to = 1>(s) p = ReduceSum(f) y = Mul(x, p)", lambda x: x * 9)
case("Shape 15, to the last but one", 15, image, "s = Shape<end = -1>(x) t = Shape<start = 3>(x) n = Concat<axis = 0>(s, t) z = Reshape(x, n) y = Mul(z, z)", lambda x: x**2)
case("Shape 13, a part", 13, image, "s = Shape<start = 1>(x) f = Cast<to = 1>(s) p = ReduceSum(f) y = Mul(x, p)", 'no attribute "start"')

# reductions
reductions = {"ReduceSum": np.sum, "ReduceMean": np.mean, "ReduceMax": np.max, "ReduceMin": np.min, "ReduceSumSquare": lambda x, *a, **k: np.sum(x * x, *a, **k),
              "ReduceL1": lambda x, *a, **k: np.abs(x).sum(*a, **k), "ReduceL2": lambda x, *a, **k: np.sqrt((x * x).sum(*a, **k)), "ReduceLogSumExp": lambda x, *a, **k: np.log(np.exp(x).sum(*a, **k))}
for op, f in reductions.items():
    changed = 13 if op == "ReduceSum" else 18
    for opset in (1, 11, 13, 18):
        attribute, kept = opset < changed, lambda x: f(x, (1, 3), keepdims=True)
        body = f"y = {op}<axes = [1, 3]>(x)" if attribute else f"y = {op}(x, a)"
        case(f"{op} {opset}", opset, image, body, kept, {} if attribute else {"a": i64(1, 3)})
    case(f"{op} {changed}, by attribute", changed, image, f"y = {op}<axes = [1, 3]>(x)", 'no attribute "axes"')
    case(f"{op} {changed - 1}, by input", changed - 1, image, f"y = {op}(x, a)", "has 2 inputs", tensors={"a": i64(1, 3)})
    case(f"{op} 18, from the last, not kept", 18, image, f"y = {op}<keepdims = 0>(x, a)", lambda x: f(x, (2, 3)), {"a": i64(-1, -2)})
    case(f"{op} 18, nothing", 18, image, f"y = {op}<noop_with_empty_axes = 1>(x)", "noop_with_empty_axes = 1")
    case(f"{op} 18, nothing in a list", 18, image, f"y = {op}<noop_with_empty_axes = 1>(x, a)", "noop_with_empty_axes = 1", tensors={"a": np.zeros(0, np.int64)})
    case(f"{op} 18, something", 18, image, f"y = {op}<noop_with_empty_axes = 1>(x, a)", lambda x: f(x, 2, keepdims=True), {"a": i64(2)})
case("ReduceSum 11, from the last", 11, image, "y = ReduceSum<axes = [-1]>(x)", lambda x: x.sum(3, keepdims=True))
case("ReduceSum 13, over the batch", 13, image, "s = ReduceSum(x) y = Mul(x, s)", "depends on the other samples")
case("CumSum 11, of a number of outputs", 11, [4], "y, z = CumSum(x, a)", "has 2 outputs", tensors={"a": i64(1)})

# arithmetic and activations
for opset in (1, 6):
    case(f"Clip {opset}", opset, image, "y = Clip<min = -0.5, max = 0.5>(x)", lambda x: x.clip(-0.5, 0.5))
    case(f"Clip {opset}, from below", opset, image, "y = Clip<min = -0.5>(x)", lambda x: x.clip(-0.5))
case("Clip 6, by inputs", 6, image, "y = Clip(x, l, h)", "has 3 inputs", tensors={"l": np.float32(-0.5), "h": np.float32(0.5)})
for opset in (11, 12, 13):
    case(f"Clip {opset}", opset, image, "y = Clip(x, l, h)", lambda x: x.clip(-0.5, 0.5), {"l": np.float32(-0.5), "h": np.float32(0.5)})
    case(f"Clip {opset}, from above", opset, image, "y = Clip(x, , h)", lambda x: np.minimum(x, 0.5), {"h": np.float32(0.5)})
    case(f"Clip {opset}, by attributes", opset, image, "y = Clip<min = -0.5>(x)", 'no attribute "min"')
case("Selu 1", 1, image, "y = Selu(x)", lambda x: 1.0507 * np.where(x > 0, x, 1.6732 * np.expm1(x)), x=np.linspace(-12, 1, 180, dtype=np.float32).reshape(3, 3, 4, 5))
case("Selu 6", 6, image, "y = Selu(x)", lambda x: 1.05070102214813232421875 * np.where(x > 0, x, 1.67326319217681884765625 * np.expm1(x)))
case("LeakyRelu 1", 1, image, "y = LeakyRelu<alpha = 0.3, consumed_inputs = [0]>(x)", lambda x: np.where(x < 0, 0.3 * x, x))
case("LeakyRelu 6, its default", 6, image, "y = LeakyRelu(x)", lambda x: np.where(x < 0, 0.01 * x, x))
case("Elu 1", 1, image, "y = Elu<alpha = 2.0, consumed_inputs = [0]>(x)", lambda x: np.where(x < 0, 2 * np.expm1(x), x))
case("HardSigmoid 1", 1, image, "y = HardSigmoid<alpha = 0.3, consumed_inputs = [0]>(x)", lambda x: (0.3 * x + 0.5).clip(0, 1))
case("Gelu 20", 20, image, 'y = Gelu<approximate = "tanh">(x)', lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))
case("Gelu 20, unknown", 20, image, 'y = Gelu<approximate = "sigmoid">(x)', 'approximate = "sigmoid"')
case("Gelu 13", 13, image, "y = Gelu(x)", "since operator set 20")
case("Swish 24", 24, image, "y = Swish<alpha = 2.0>(x)", lambda x: x / (1 + np.exp(-2 * x)))
for opset in (1, 6, 8, 13):
    for op, f in {"Sum": lambda a, b: 2 * a + b, "Mean": lambda a, b: (2 * a + b) / 3, "Max": np.maximum, "Min": np.minimum}.items():
        first, body = (", x" if op in ("Sum", "Mean") else ""), "e = Exp(x) "
        case(f"{op} {opset}", opset, image, body + f"y = {op}(x{first}, e)", lambda x: f(x, np.exp(x)))
    if opset >= 8:
        case(f"Mean {opset}, broadcast", opset, image, "y = Mean(x, b)", lambda x: (x + channels[:, None, None]) / 2, {"b": channels[:, None, None]})
        case(f"Sum {opset}, broadcast", opset, image, "y = Sum(x, b)", lambda x: x + channels[:, None, None], {"b": channels[:, None, None]})
case("Sum 8, of one", 8, image, f"z = Sum(x) {square}", lambda x: x * x)
case("Cast 1", 1, image, 'm = Greater<broadcast = 1>(x, z) f = Cast<to = "FLOAT">(m) y = Mul(x, f)', lambda x: np.maximum(x, 0), {"z": f32(0)})
case("Cast 1, unknown", 1, image, 'a = Cast<to = "INTEGER">(x) b = Cast<to = "FLOAT">(a) y = Mul(x, b)', "no type of ONNX")
case("Cast 6", 6, image, "m = Greater<broadcast = 1>(x, z) f = Cast<to = 1>(m) y = Mul(x, f)", lambda x: np.maximum(x, 0), {"z": f32(0)})
case("TopK 1", 1, [5], "v, i = TopK<k = 2, axis = 1>(x) y = Mul(v, v)", lambda x: np.sort(x, 1)[:, :2:-1] ** 2)
case("ArgMax 12, the last", 12, [5], "i = ArgMax<axis = 1, select_last_index = 1>(x) f = Cast<to = 1>(i) y = Mul(x, f)", None)
for name, body in {"value_float": "float = 1.5", "value_floats": "floats = [1.5, 1.5, 1.5]"}.items():
    case(f"Constant 12, {name}", 12, [3], f"c = Constant<value_{body}>() y = Mul(x, c)", lambda x: 1.5 * x)
case("Constant 12, value_ints", 12, [4], f"c = Constant<value_ints = [0, 2, 2]>() z = Reshape(x, c) {square}", lambda x: x.reshape(3, 2, 2) ** 2)
case("Constant 11, value_float", 11, [3], "c = Constant<value_float = 1.5>() y = Mul(x, c)", 'no attribute "value_float"')

# pools, convolutions, norms
case("AveragePool 7, pads counted", 7, image, "y = AveragePool<kernel_shape = [2, 2], pads = [1, 0, 0, 0], count_include_pad = 1>(x)",
     lambda x: (lambda p: (p[:, :, :-1, :-1] + p[:, :, 1:, :-1] + p[:, :, :-1, 1:] + p[:, :, 1:, 1:]) / 4)(np.pad(x, [(0, 0), (0, 0), (1, 0), (0, 0)])))
case("AveragePool 1, pads counted", 1, image, "y = AveragePool<kernel_shape = [2, 2], pads = [1, 0, 0, 0], count_include_pad = 1>(x)", 'no attribute "count_include_pad"')
case("AveragePool 10, ceil", 10, image, "y = AveragePool<kernel_shape = [2, 2], strides = [2, 2], ceil_mode = 1>(x)", None)
case("AveragePool 19, dilated", 19, image, "y = AveragePool<kernel_shape = [2, 2], dilations = [2, 2]>(x)", None)
case("AveragePool 11, unknown padding", 11, image, 'y = AveragePool<kernel_shape = [2, 2], auto_pad = "SAME">(x)', 'auto_pad = "SAME"')
case("AveragePool 11, twice padded", 11, image, 'y = AveragePool<kernel_shape = [2, 2], auto_pad = "VALID", pads = [1, 1, 1, 1]>(x)', "pads and auto_pad")
case("MaxPool 10, dilated", 10, image, "y = MaxPool<kernel_shape = [2, 2], dilations = [2, 2]>(x)", None)
case("MaxPool 8, its places", 8, image, "z, i = MaxPool<kernel_shape = [2, 2]>(x) f = Cast<to = 1>(i) y = Mul(z, f)", 'output "i"')
case("LayerNormalization 17", 17, image, "y = LayerNormalization(x, s)", lambda x: (x - x.mean(3, keepdims=True)) / np.sqrt(x.var(3, keepdims=True) + 1e-5) * np.arange(5), {"s": np.arange(5, dtype=np.float32)})
case("LayerNormalization 17, from an axis", 17, [2, 2, 5], "y = LayerNormalization<axis = 2, epsilon = 0.1>(x, s)", lambda x: (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + 0.1) * np.arange(10).reshape(2, 5),
     {"s": np.arange(10, dtype=np.float32).reshape(2, 5)})
case("LayerNormalization 17, its mean not used", 17, image, "y, m, d = LayerNormalization(x, s)", lambda x: (x - x.mean(3, keepdims=True)) / np.sqrt(x.var(3, keepdims=True) + 1e-5) * np.arange(5), {"s": np.arange(5, dtype=np.float32)})
case("LayerNormalization 17, in half precision", 17, image, "y = LayerNormalization<stash_type = 10>(x, s)", 'stash_type = "10"', {"s": np.arange(5, dtype=np.float32)})
case("LayerNormalization 17, its mean", 17, image, "z, m = LayerNormalization(x, s) y = Mul(z, m)", None, tensors={"s": np.arange(5, dtype=np.float32)})
case("RMSNormalization 23", 23, image, "y = RMSNormalization<epsilon = 0.1>(x, s)", lambda x: x / np.sqrt((x * x).mean(3, keepdims=True) + 0.1) * np.arange(5), {"s": np.arange(5, dtype=np.float32)})
case("RMSNormalization 23, from an axis", 23, image, "y = RMSNormalization<axis = 2>(x, s)", None, tensors={"s": np.ones((4, 5), np.float32)})
case("GroupNormalization 18", 18, image, "y = GroupNormalization<num_groups = 1>(x, s, b)", "GroupNormalization", tensors={"s": f32(1), "b": f32(0)})
case("InstanceNormalization 1", 1, image, "y = InstanceNormalization<epsilon = 0.1, consumed_inputs = [0, 0, 0]>(x, s, b)",
     lambda x: (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + 0.1) * channels[:, None, None] + 1, {"s": channels, "b": f32(1, 1, 1)})


# LSTM, whose input has time first
def lstm(x, w, r, b, h, c, reverse=False, of_cell=np.tanh, coupled=False):
    """Y [time, batch, hidden], Y_h, Y_c of one direction, gates in the order i o f c."""
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    times, y = x.shape[0], np.zeros((*x.shape[:2], h.shape[-1]))
    for k in range(times):
        t = times - 1 - k if reverse else k
        i, o, f, g = np.split(x[t] @ w.T + h @ r.T + b.reshape(2, -1).sum(0), 4, -1)
        c = (1 - sigmoid(i) if coupled else sigmoid(f)) * c + sigmoid(i) * of_cell(g)
        h = sigmoid(o) * np.tanh(c)
        y[t] = h
    return y, h, c


draw = np.random.default_rng(5)
both = {k: (draw.standard_normal(shape) / 2).astype(np.float32) for k, shape in {"w": (2, 8, 4), "r": (2, 8, 2), "b": (2, 16)}.items()}
one = {k: v[:1] for k, v in both.items()}


def run(output, *ways, **changes):
    def f(x):
        zero = np.zeros((len(x), 2))
        results = [lstm(x.transpose(1, 0, 2), *(both[k][i].astype(np.float64) for k in "wrb"), zero, zero, reverse, **changes)[output] for i, reverse in enumerate(ways)]
        return np.stack(results, -2)  # [.., batch, directions, hidden]
    return f


steps = "s = Transpose<perm = [1, 0, 2]>(x) "
for opset in (1, 7, 14, 22):
    case(f"LSTM {opset}", opset, [3, 4], steps + "Y, h, c = LSTM<hidden_size = 2>(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(h)", run(1, False), one)
case("LSTM 14, its cell", 14, [3, 4], steps + "Y, h, c = LSTM<hidden_size = 2>(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(c)", run(2, False), one)
case("LSTM 14, all of it", 14, [3, 4], steps + "Y = LSTM<hidden_size = 2>(s, w, r, b) y = Transpose<perm = [2, 0, 1, 3]>(Y)", lambda x: run(0, False)(x).transpose(1, 0, 2, 3), one)
case("LSTM 14, backwards", 14, [3, 4], steps + 'Y, h, c = LSTM<hidden_size = 2, direction = "reverse">(s, w, r, b) y = Transpose<perm = [2, 0, 1, 3]>(Y)', lambda x: run(0, True)(x).transpose(1, 0, 2, 3), one)
case("LSTM 14, both ways", 14, [3, 4], steps + 'Y, h, c = LSTM<hidden_size = 2, direction = "bidirectional">(s, w, r, b) y = Transpose<perm = [2, 0, 1, 3]>(Y)', lambda x: run(0, False, True)(x).transpose(1, 0, 2, 3), both)
case("LSTM 14, both ways, its end", 14, [3, 4], steps + 'Y, h, c = LSTM<hidden_size = 2, direction = "bidirectional">(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(h)', run(1, False, True), both)
case("LSTM 14, batch first", 14, [3, 4], "Y, y = LSTM<hidden_size = 2, layout = 1>(x, w, r, b)", run(1, False), one)
case("LSTM 14, without its first output", 14, [3, 4], steps + ", h = LSTM<hidden_size = 2>(s, w, r, b) u = Constant<value = float {0.01}>() v = Clip(h, , u) y = Transpose<perm = [1, 0, 2]>(v)", lambda x: np.minimum(run(1, False)(x), 0.01), one)
case("LSTM 14, other activations", 14, [3, 4], steps + 'Y, h, c = LSTM<hidden_size = 2, activations = ["Sigmoid", "Relu", "Tanh"]>(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(h)', run(1, False, of_cell=lambda z: np.maximum(z, 0)), one)
case("LSTM 14, clipped", 14, [3, 4], steps + "Y, h, c = LSTM<hidden_size = 2, clip = 0.1>(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(h)", "clip", one)
case("LSTM 14, coupled", 14, [3, 4], steps + "Y, h, c = LSTM<hidden_size = 2, input_forget = 1>(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(h)", run(1, False, coupled=True), one)
case("GRU 14", 14, [3, 4], steps + "Y, h = GRU<hidden_size = 2>(s, w, r, b) y = Transpose<perm = [1, 0, 2]>(h)", "GRU", one)

# numbers of half precision, which lie in whole numbers
half = onnx.helper.make_tensor("h", onnx.TensorProto.FLOAT16, [3], [1.5, -2.0, 0.25])
half.ClearField("raw_data")
half.int32_data[:] = np.array([1.5, -2.0, 0.25], np.float16).view(np.uint16).tolist()
case("half precision in whole numbers", 13, [3], "f = Cast<to = 1>(h) y = Mul(x, f)", lambda x: x * f32(1.5, -2, 0.25), {"h": half})

# domains, functions, branches
case("domain of others", 13, image, "y = com.microsoft.Relu(x)", 'domain "com.microsoft"', domains=', "com.microsoft" : 1')
case("domain of others, its own operator", 13, image, "y = com.microsoft.FastGelu(x)", 'domain "com.microsoft"', domains=', "com.microsoft" : 1')
case("domain of machine learning", 13, image, "y = ai.onnx.ml.Normalizer(x)", 'domain "ai.onnx.ml"', domains=', "ai.onnx.ml" : 2')
case("domain of ONNX by its name", 13, image, "y = ai.onnx.Relu(x)", lambda x: np.maximum(x, 0))
case("operator of others in the domain of ONNX", 13, image, "y = FastGelu(x)", "no such operator")
case("simplified norm in the domain of ONNX", 17, image, "y = SimplifiedLayerNormalization(x, s)", "no such operator", tensors={"s": np.ones(5, np.float32)})
case("rotary embedding", 23, [2, 3, 4], "y = RotaryEmbedding(x, c, c, p)", "RotaryEmbedding", tensors={"c": np.ones((50, 2), np.float32), "p": np.zeros((3, 3), np.int64)})
case("function", 13, image, "y = mine.f(x)", "function", domains=', "mine" : 1', functions='<domain: "mine", opset_import: ["" : 13]> f (a) => (b) { b = Relu(a) }')
case("function with a name of ONNX's", 13, image, "y = Relu(x)", "function", functions='<domain: "", opset_import: ["" : 13]> Relu (a) => (b) { b = Neg(a) }')
case("function that is not called", 13, image, "y = Relu(x)", lambda x: np.maximum(x, 0), domains=', "mine" : 1', functions='<domain: "mine", opset_import: ["" : 13]> f (a) => (b) { b = Neg(a) }')
case("unknown attribute", 13, image, "y = Relu<alpha = 0.1>(x)", 'no attribute "alpha"')
case("unknown operator", 13, image, "y = Rellu(x)", "no such operator")
case("newer operator set", 99, image, "y = Relu(x)", "operator set 99")
case("operator not yet there", 9, image, "y = Mish(x)", "since operator set 18")
branch = "c = Constant<value = bool {1}>() y = If(c) <then_branch = t () => (float z) { %s }, else_branch = e () => (float w) { w = Neg(x) }>"
case("branch", 13, image, branch % "z = Exp(x)", np.exp)
case("branch that an old softmax is in", 11, image, branch % "z = Softmax(x)", flat(lambda x: softmax(x, 1), 1))
case("branch that training is in", 9, image, branch % "z, m1, v1, m2, v2 = BatchNormalization(x, s, b, m, v)", "has 5 outputs", tensors=norms)
case("branch with the domain of others", 13, image, branch % "z = com.microsoft.Relu(x)", 'domain "com.microsoft"', domains=', "com.microsoft" : 1')
case("branch that is broadcast as of old", 6, image, branch % "z = Add<broadcast = 1, axis = 1>(x, b)", "branches", tensors={"b": channels})

with tarfile.open("meanings.tar.gz", "w:gz", compresslevel=9) as tar:
    for name, contents in cases.items():
        info = tarfile.TarInfo(name + ".onnx")
        info.size = len(contents)
        tar.addfile(info, io.BytesIO(contents))
print(len(cases), "models")
