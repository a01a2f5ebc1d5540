"""Operators as other exporters write them, with the answers of ONNX's own reference.

    venv/bin/python reference.py        (the venv of export.py)

reference.npz holds for each NAME what operators.npz does, with the outputs of
onnx.reference and gradients by central differences of them. All is in float64.
"""

import os

import numpy as np
import onnx.parser
from onnx.reference import ReferenceEvaluator

os.chdir(os.path.dirname(os.path.abspath(__file__)))
row, image = "6", "2,4,4"

# name: operator set, shape of a sample, body from x to y; and for operators that had
# another meaning, which the reference has forgotten, what it was in those of today
models = {
    "Identity": (13, row, "z = Identity(x) y = Mul(z, z)"),
    "Dropout": (13, row, "z = Dropout(x) y = Mul(z, z)"),
    "Clip with attributes": (6, row, "y = Clip<min = -0.5, max = 0.4>(x)"),
    "Clip from above": (6, row, "y = Clip<max = 0.4>(x)"),
    "Softmax before 13": (11, image, "y = Softmax<axis = 2>(x)", "s = Shape(x) r = Flatten<axis = 2>(x) z = Softmax(r) y = Reshape(z, s)"),
    "LogSoftmax before 13": (11, image, "y = LogSoftmax(x)", "s = Shape(x) r = Flatten(x) z = LogSoftmax(r) y = Reshape(z, s)"),
    "LogSoftmax along an axis": (13, image, "y = LogSoftmax<axis = 1>(x)"),
    "MaxPool without strides": (12, image, "y = MaxPool<kernel_shape = [2, 2]>(x)"),
    "AveragePool without strides": (11, image, "y = AveragePool<kernel_shape = [2, 2]>(x)"),
    "AveragePool of even size": (11, "1,7,6", "y = AveragePool<kernel_shape = [4, 2], strides = [2, 3]>(x)"),
    "MaxPool of even size": (11, "1,7,6", "y = MaxPool<kernel_shape = [4, 2], strides = [2, 3], pads = [1, 0, 2, 1]>(x)"),
    "AveragePool, padded on one side": (11, image, "y = AveragePool<kernel_shape = [2, 2], pads = [1, 0, 0, 1]>(x)"),
    "AveragePool, same": (11, image, 'y = AveragePool<kernel_shape = [3, 2], auto_pad = "SAME_LOWER">(x)'),
    "Conv, same upper": (11, image, 'w = Constant<value = double[1,2,2,2] {1, 2, 3, 4, 5, 6, 7, 8}>() y = Conv<kernel_shape = [2, 2], auto_pad = "SAME_UPPER">(x, w)'),
    "Conv, same lower": (11, image, 'w = Constant<value = double[1,2,2,2] {1, 2, 3, 4, 5, 6, 7, 8}>() y = Conv<kernel_shape = [2, 2], auto_pad = "SAME_LOWER">(x, w)'),
    "Conv, valid": (11, image, 'w = Constant<value = double[1,2,2,2] {1, 2, 3, 4, 5, 6, 7, 8}>() y = Conv<kernel_shape = [2, 2], auto_pad = "VALID">(x, w)'),
    "Conv of even size, strided": (11, image, "w = Constant<value = double[2,1,2,4] {1, 2, 3, 4, 5, 6, 7, 8, -1, -2, 3, 4, 5, 6, -7, 8}>() "
                                   "y = Conv<pads = [1, 2, 0, 1], strides = [2, 1], group = 2>(x, w)"),
    "Conv of even size, dilated": (11, image, "w = Constant<value = double[2,1,2,4] {1, 2, 3, 4, 5, 6, 7, 8, -1, -2, 3, 4, 5, 6, -7, 8}>() "
                                   "y = Conv<pads = [1, 2, 0, 3], dilations = [1, 2], group = 2>(x, w)"),
    "Conv, padded on one side": (11, image, "w = Constant<value = double[1,2,1,3] {1, 2, 3, 4, 5, 6}>() y = Conv<kernel_shape = [1, 3], pads = [0, 2, 0, 0]>(x, w)"),
    "Conv of a signal": (11, "2,7", "w = Constant<value = double[1,2,4] {1, 2, 3, 4, 5, 6, -7, 8}>() y = Conv<strides = [3]>(x, w)"),
    "Pad": (13, image, "w = Constant<value = int64[8] {0, 0, 1, 2, 0, 0, 0, 1}>() y = Pad(x, w)"),
    "Pad by a number": (13, image, "w = Constant<value = int64[8] {0, 0, 1, 2, 0, 0, 0, 1}>() c = Constant<value = double {3.5}>() z = Pad(x, w, c) y = Mul(z, z)"),
    "Pad by the edge": (13, image, 'w = Constant<value = int64[8] {0, 0, 1, 2, 0, 0, 0, 1}>() y = Pad<mode = "edge">(x, w)'),
    "Pad by reflection": (13, image, 'w = Constant<value = int64[8] {0, 0, 1, 2, 0, 0, 3, 1}>() y = Pad<mode = "reflect">(x, w)'),
    "Pad around": (19, image, 'w = Constant<value = int64[8] {0, 0, 1, 2, 0, 0, 3, 1}>() y = Pad<mode = "wrap">(x, w)'),
    "ReduceSumSquare": (13, image, "y = ReduceSumSquare<axes = [2, 3]>(x)"),
    "ReduceLogSumExp of an axis": (13, image, "y = ReduceLogSumExp<axes = [-1], keepdims = 0>(x)"),
    "ReduceL1 of an axis": (13, image, "y = ReduceL1<axes = [1]>(x)"),
    "Gemm": (13, row, "w = Constant<value = double[2,6] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}>() b = Constant<value = double[2] {1, -1}>() "
                      "y = Gemm<alpha = 0.5, beta = 2.0, transB = 1>(x, w, b)"),
    "Gather from the end": (13, row, "i = Constant<value = int64[2] {-1, 1}>() z = Gather<axis = 1>(x, i) y = Mul(z, z)"),
    "Elu with its default": (6, row, "y = Elu(x)"),
    "HardSigmoid with its defaults": (6, row, "y = HardSigmoid(x)"),
    "InstanceNormalization": (6, image, "s = Constant<value = double[2] {1.5, -2}>() b = Constant<value = double[2] {0.1, 3}>() y = InstanceNormalization(x, s, b)"),
}


def answers(model, x):
    run = ReferenceEvaluator(model).run
    flat = lambda x: run(None, {"x": x})[0].reshape(len(x), -1)
    y = flat(x)
    weights = np.cos(np.arange(y.shape[1]))
    g, h = np.zeros_like(x), 1e-5
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        g[i] = ((flat(x + step) - flat(x - step)) @ weights)[i[0]] / (2 * h)
    return y, g


def parsed(opset, shape, body):
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]> g (double[N,{shape}] x) => (double y) {{ {body} }}')
    return onnx.shape_inference.infer_shapes(model)


arrays = {}
for name, (opset, shape, body, *today) in models.items():
    model = parsed(opset, shape, body)
    x = np.random.default_rng(3).standard_normal([2, *map(int, shape.split(","))])
    y, g = answers(parsed(13, shape, *today) if today else model, x)
    arrays |= {name + ".onnx": np.frombuffer(model.SerializeToString(), np.uint8), name + ".x": x, name + ".y": y, name + ".g": g}
np.savez_compressed("reference.npz", **arrays)
