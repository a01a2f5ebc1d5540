"""A small residual network, with what PyTorch finds inside it.

    venv/bin/python inside.py           (the venv of export.py)

inside.onnx and inside_dynamo.onnx are the network by both exporters. inside.npz
holds inputs x, outputs y, the activations that hooks saw at the end of each
block, and the Jacobian J of the outputs by the pooled activations.
"""

import os

import numpy as np
import onnx
import torch
from torch import nn

from export_tools import exported

torch.manual_seed(2026)
torch.set_num_threads(1)
os.chdir(os.path.dirname(os.path.abspath(__file__)))


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return torch.tanh(x + self.second(torch.tanh(self.first(x))))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Softplus())
        self.block = Block(4)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.hidden = nn.Sequential(nn.Linear(4, 5), nn.SiLU())
        self.out = nn.Linear(5, 3)

    def head(self, pooled):
        return self.out(self.hidden(pooled))

    def forward(self, x):
        # the shape of the input alone says how many samples there are
        return self.head(self.pool(self.block(self.stem(x))).reshape(x.shape[0], -1))


net = Net().double().eval()
net.stem[1].running_mean.normal_()
x = torch.randn(6, 2, 6, 6, dtype=torch.float64)
seen = {}
hooks = [getattr(net, name).register_forward_hook(lambda module, inputs, output, name=name: seen.__setitem__(name, output.detach().numpy()))
         for name in ("stem", "block", "pool", "hidden")]
y = net(x).detach().numpy()
for hook in hooks:
    hook.remove()
pooled = torch.tensor(seen["pool"]).reshape(len(x), -1)
j = torch.vmap(torch.func.jacrev(net.head))(pooled)
np.savez("inside.npz", x=x.numpy(), y=y, J=j.detach().numpy(), **seen)
for name, dynamo in (("inside", False), ("inside_dynamo", True)):
    onnx.save(exported(net, x[:2], dynamo), name + ".onnx")
