"""Exports PyTorch's operators one by one, with PyTorch's own answers beside them.

    venv/bin/python operators.py [NAME...]        (the venv of export.py)

With names, only these are exported anew.

Each is exported by both of PyTorch's exporters: NAME by the one that is the
default, "NAME, script" by the older one (dynamo=False), which is kept only where
it writes other operators. operators.npz holds for each NAME

    NAME.onnx  the file, as bytes
    NAME.x     inputs [N, ...]
    NAME.y     outputs [N, m], flattened
    NAME.g     the gradient of sum_k cos(k) y_k, k from 0, by torch.autograd
"""

import os
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from export_tools import Function, answers, exported

warnings.simplefilter("ignore")
torch.set_num_threads(1)
os.chdir(os.path.dirname(os.path.abspath(__file__)))
row, vectors, signal, image, volume = (6,), (3, 4), (2, 9), (2, 6, 6), (1, 4, 4, 4)


def layer(shape, make):
    torch.manual_seed(1)
    net = make()
    for name, buffer in net.named_buffers():  # averages of a training that did something
        if "running" in name:
            buffer.uniform_(0.5, 1.5)
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.7, 0.9)
    return shape, net


def positive(f):
    return lambda x: f(x.abs() + 0.3)


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6)

    def forward(self, x):
        return x + self.b(F.relu(self.a(x)))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x):
        return self.a(x, x, x, need_weights=False)[0]


class Last(nn.Module):
    """The output of a recurrent network after its last step."""

    def __init__(self, kind):
        super().__init__()
        self.net = kind(4, 3, batch_first=True)

    def forward(self, x):
        return self.net(x)[0][:, -1]


class Lookup(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("i", torch.tensor([2, 0, 0, 5]))

    def forward(self, x):
        return x[:, self.i] ** 2


operators = {
    # layers with weights
    "Linear": layer(row, lambda: nn.Linear(6, 4)),
    "Linear on vectors": layer(vectors, lambda: nn.Linear(4, 2)),
    "Linear without bias": layer(row, lambda: nn.Linear(6, 4, bias=False)),
    "Bilinear": (row, lambda x: torch.einsum("bi,bj,ij->b", x, x, torch.arange(36.0).reshape(6, 6).to(x.dtype))),
    "Residual": layer(row, Twice),
    "Conv1d": layer(signal, lambda: nn.Conv1d(2, 3, 3, padding=1)),
    "Conv2d": layer(image, lambda: nn.Conv2d(2, 3, 3)),
    "Conv2d padded": layer(image, lambda: nn.Conv2d(2, 3, 3, padding="same")),
    "Conv2d strided": layer(image, lambda: nn.Conv2d(2, 3, 3, stride=2, padding=1)),
    "Conv2d in groups": layer(image, lambda: nn.Conv2d(2, 4, 3, groups=2)),
    "Conv2d dilated": layer(image, lambda: nn.Conv2d(2, 3, 3, dilation=2, padding=2)),
    "Conv2d circular": layer(image, lambda: nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular")),
    "Conv3d": layer(volume, lambda: nn.Conv3d(1, 2, 3)),
    "ConvTranspose2d": layer(image, lambda: nn.ConvTranspose2d(2, 3, 2, stride=2)),
    "BatchNorm1d": layer(row, lambda: nn.BatchNorm1d(6)),
    "BatchNorm1d on signals": layer(signal, lambda: nn.BatchNorm1d(2)),
    "BatchNorm2d": layer(image, lambda: nn.BatchNorm2d(2)),
    "Conv2d and BatchNorm2d": layer(image, lambda: nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU())),
    "LayerNorm": layer(vectors, lambda: nn.LayerNorm(4)),
    "InstanceNorm2d": layer(image, lambda: nn.InstanceNorm2d(2, affine=True)),
    "GroupNorm": layer((4, 3, 3), lambda: nn.GroupNorm(2, 4)),
    "RMSNorm": layer(vectors, lambda: nn.RMSNorm(4, eps=1e-5)),
    "PReLU": layer(row, lambda: nn.PReLU()),
    "MultiheadAttention": layer(vectors, Attention),
    "TransformerEncoderLayer": layer(vectors, lambda: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)),
    "LSTM": layer(vectors, lambda: Last(nn.LSTM)),
    "GRU": layer(vectors, lambda: Last(nn.GRU)),
    # pools
    "MaxPool1d": (signal, lambda x: F.max_pool1d(x, 2)),
    "MaxPool2d": (image, lambda x: F.max_pool2d(x, 2)),
    "MaxPool2d padded": (image, lambda x: F.max_pool2d(x, 3, stride=2, padding=1)),
    "MaxPool2d ceil": (image, lambda x: F.max_pool2d(x, 4, stride=3, ceil_mode=True)),
    "MaxPool2d dilated": (image, lambda x: F.max_pool2d(x, 2, dilation=2)),
    "AvgPool1d": (signal, lambda x: F.avg_pool1d(x, 3)),
    "AvgPool2d": (image, lambda x: F.avg_pool2d(x, 2)),
    "AvgPool2d padded": (image, lambda x: F.avg_pool2d(x, 3, stride=2, padding=1)),
    "AvgPool2d padded, not counted": (image, lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)),
    "AvgPool2d ceil": (image, lambda x: F.avg_pool2d(x, 4, stride=3, ceil_mode=True)),
    "AdaptiveAvgPool2d(1)": (image, lambda x: F.adaptive_avg_pool2d(x, 1)),
    "AdaptiveAvgPool2d(2)": (image, lambda x: F.adaptive_avg_pool2d(x, 2)),
    "AdaptiveMaxPool2d(1)": (image, lambda x: F.adaptive_max_pool2d(x, 1)),
    # activations
    "ReLU": (row, F.relu),
    "LeakyReLU": (row, F.leaky_relu),
    "ELU": (row, lambda x: F.elu(x, 0.7)),
    "SELU": (row, F.selu),
    "CELU": (row, lambda x: F.celu(x, 0.7)),
    "GELU": (row, F.gelu),
    "GELU by tanh": (row, lambda x: F.gelu(x, approximate="tanh")),
    "Sigmoid": (row, torch.sigmoid),
    "LogSigmoid": (row, F.logsigmoid),
    "Tanh": (row, torch.tanh),
    "Softplus": (row, F.softplus),
    "SiLU": (row, F.silu),
    "Mish": (row, F.mish),
    "Hardswish": (row, F.hardswish),
    "Hardsigmoid": (row, F.hardsigmoid),
    "Hardtanh": (row, F.hardtanh),
    "ReLU6": (row, F.relu6),
    "Softsign": (row, F.softsign),
    "Tanhshrink": (row, F.tanhshrink),
    "Softmax": (row, lambda x: F.softmax(x, -1)),
    "Softmax over vectors": (vectors, lambda x: F.softmax(x, 1)),
    "LogSoftmax": (row, lambda x: F.log_softmax(x, -1)),
    "Dropout": layer(row, lambda: nn.Sequential(nn.Dropout(0.5), nn.Tanh())),
    # shapes
    "Flatten": (image, lambda x: torch.flatten(x, 1) ** 2),
    "Reshape": (row, lambda x: x.reshape(-1, 2, 3) ** 2),
    "View by the batch": (row, lambda x: x.view(x.size(0), 3, 2) ** 2),
    "Transpose": (vectors, lambda x: x.transpose(1, 2) ** 2),
    "Concat": (row, lambda x: torch.cat([x, x * x], 1)),
    "Stack": (row, lambda x: torch.stack([x, x * x], 1)),
    "Split": (row, lambda x: torch.chunk(x, 2, 1)[0] * torch.chunk(x, 2, 1)[1]),
    "Slice": (row, lambda x: x[:, 1:5:2] ** 2),
    "Slice backwards": (row, lambda x: torch.flip(x, [1]) * x),
    "Select": (vectors, lambda x: x[:, 0] * x[:, 2]),
    "Gather": layer(row, Lookup),
    "Squeeze": (row, lambda x: x.unsqueeze(1).squeeze(1) ** 2),
    "Expand": (row, lambda x: x.unsqueeze(1).expand(-1, 3, -1) ** 2),
    "Repeat": (row, lambda x: x.repeat(1, 2) ** 2),
    "Pad": (image, lambda x: F.pad(x, (1, 1, 1, 1)) ** 2),
    "Upsample": (image, lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "Upsample, bilinear": (image, lambda x: F.interpolate(x, scale_factor=2, mode="bilinear")),
    "PixelShuffle": ((4, 3, 3), lambda x: F.pixel_shuffle(x, 2) ** 2),
    "Tril": (row, lambda x: torch.tril(x.reshape(-1, 2, 3)) ** 2),
    "Cumsum": (row, lambda x: torch.cumsum(x * x, 1)),
    "Sort": (row, lambda x: torch.sort(x, 1)[0]),
    "TopK": (row, lambda x: torch.topk(x, 2)[0]),
    # arithmetic
    "Add": (row, lambda x: x + 1),
    "Sub": (row, lambda x: 1 - x),
    "Mul": (row, lambda x: x * x),
    "Div": (row, positive(lambda x: 1 / x + x / 3)),
    "Pow 2": (row, lambda x: x**2),
    "Pow 3": (row, lambda x: x**3),
    "Pow 2.5": (row, positive(lambda x: x**2.5)),
    "Pow of itself": (row, positive(lambda x: x**x)),
    "Pow at negative numbers": (row, lambda x: (-x.abs() - 0.1) ** 3),
    "Sqrt": (row, positive(torch.sqrt)),
    "Rsqrt": (row, positive(torch.rsqrt)),
    "Exp": (row, torch.exp),
    "Expm1": (row, torch.expm1),
    "Log": (row, positive(torch.log)),
    "Log1p": (row, positive(torch.log1p)),
    "Erf": (row, torch.erf),
    "Sin and cos": (row, lambda x: torch.sin(x) * torch.cos(x)),
    "Tan": (row, lambda x: torch.tan(x / 3)),
    "Atan": (row, torch.atan),
    "Atan2": (row, lambda x: torch.atan2(x[:, :3], x[:, 3:])),
    "Acos": (row, lambda x: torch.acos(x / 5)),
    "Asin": (row, lambda x: torch.asin(x / 5)),
    "Sinh and cosh": (row, lambda x: torch.sinh(x) * torch.cosh(x)),
    "Abs": (row, torch.abs),
    "Neg": (row, torch.neg),
    "Sign": (row, lambda x: torch.sign(x) * x),
    "Floor": (row, lambda x: x * torch.floor(x)),
    "Round": (row, lambda x: x * torch.round(x)),
    "Remainder": (row, lambda x: torch.remainder(x, 1.0) * x),
    "Reciprocal": (row, positive(torch.reciprocal)),
    "Clip": (row, lambda x: torch.clamp(x, -0.5, 0.8)),
    "Clip from below": (row, lambda x: torch.clamp(x, min=-0.5)),
    "Max": (row, lambda x: torch.maximum(x[:, :3], x[:, 3:])),
    "Min": (row, lambda x: torch.minimum(x[:, :3], x[:, 3:])),
    "Where": (row, lambda x: torch.where(x > 0, x * x, x)),
    "Masked by comparison": (row, lambda x: x * (x > 0.2).to(x.dtype)),
    # sums
    "ReduceMean": (vectors, lambda x: (x * x).mean(1)),
    "ReduceMean of all": (vectors, lambda x: (x * x).mean((1, 2))),
    "ReduceSum": (vectors, lambda x: (x * x).sum(-1)),
    "ReduceMax": (vectors, lambda x: x.amax(1)),
    "ReduceMin": (vectors, lambda x: x.amin(1)),
    "ReduceProd": (vectors, lambda x: x.prod(1)),
    "Norm": (vectors, lambda x: x.norm(dim=-1)),
    "Norm 1": (vectors, lambda x: x.norm(p=1, dim=-1)),
    "LogSumExp": (vectors, lambda x: torch.logsumexp(x, -1)),
    "Var": (vectors, lambda x: x.var(-1)),
    "Std": (vectors, lambda x: x.std(-1)),
    "ArgMax": (row, lambda x: x * x.argmax(1, keepdim=True).to(x.dtype)),
    # products
    "MatMul": (vectors, lambda x: x @ x.transpose(1, 2)),
    "Einsum": (vectors, lambda x: torch.einsum("bij,bkj->bik", x, x)),
    "Cross": (vectors, lambda x: torch.linalg.cross(x[:, 0, :3], x[:, 1, :3])),
    "Cdist": (vectors, lambda x: torch.cdist(x, x.flip(1) + 1)),
    "Outer": (row, lambda x: x[:, :3, None] * x[:, None, 3:]),
    "Det": (row, lambda x: torch.linalg.det(x[:, :4].reshape(-1, 2, 2))),
    "Diagonal": (vectors, lambda x: torch.diagonal(x, 1, 1, 2) ** 2),
    "Trace": (vectors, lambda x: torch.diagonal(x @ x.transpose(1, 2), dim1=1, dim2=2).sum(-1)),
}


def kinds(model):
    """What is asked of a reader: operators with their attributes."""
    return sorted((n.op_type, str(sorted(a.name for a in n.attribute))) for n in model.graph.node if n.op_type != "Constant")


def main():
    names = sys.argv[1:]
    arrays = dict(np.load("operators.npz")) if names else {}
    for name in names or operators:
        shape, net = operators[name]
        torch.manual_seed(2)
        x = torch.randn(2, *shape)
        net = (net if isinstance(net, nn.Module) else Function(net)).eval()
        written = {}
        for suffix, dynamo in [("", True), (", script", False)]:
            try:
                written[suffix] = exported(net, x[:2], dynamo)
            except Exception as e:
                print(f"{name}{suffix}: PyTorch cannot export it: {str(e).splitlines()[0]}")
        if len(written) == 2 and kinds(written[""]) == kinds(written[", script"]):
            del written[", script"]
        y, g = answers(net, x)
        arrays |= {name + ".x": x.numpy(), name + ".y": y.float().numpy(), name + ".g": g.float().numpy()}
        for suffix, model in written.items():
            arrays[name + suffix + ".onnx"] = np.frombuffer(model.SerializeToString(), np.uint8)
            print(f"{name}{suffix}: {', '.join(sorted({n.op_type for n in model.graph.node}))}", flush=True)
        np.savez_compressed("operators.npz", **arrays)


main()
