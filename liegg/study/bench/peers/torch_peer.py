"""PyTorch at the jobs of package bench.

Reads the name of a contender and of a job from a line of standard input, does the
job once and writes its seconds as a line; the first line it writes lists what it can
do. Its argument is the device, cpu or cuda. What a job needs is made, and run once, at its first call.
"""
import functools
import sys
import time

import torch
from torch import nn
from torch.func import functional_call, jacrev, vmap

DEVICE = sys.argv[1]
torch.set_default_device(DEVICE)
torch.manual_seed(0)


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


def mlp(inputs, outputs, width, depth, activation=Swish, bias=False):
    layers, last = [], inputs
    for _ in range(depth):
        layers += [nn.Linear(last, width, bias=bias), activation()]
        last = width
    return nn.Sequential(*layers, nn.Linear(last, outputs, bias=bias))


@functools.cache
def digits_net():
    return mlp(784, 10, 128, 5)


@functools.cache
def digits():
    return torch.randn(12000, 28, 28)


def training(net, x, y, batch, steps, loss):
    """A loop over tensors in memory, without a DataLoader."""
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

    def run():
        for _ in range(steps):
            chosen = torch.randint(0, len(x), (batch,))
            optimizer.zero_grad()
            loss(net(x[chosen]), y[chosen]).backward()
            optimizer.step()

    return run


def train_o5():
    return training(mlp(10, 1, 32, 2), torch.randn(10000, 10), torch.randn(10000, 1), 500, 1000, nn.MSELoss())


def train_digits():
    labels = torch.randint(0, 10, (12000,))
    return training(digits_net(), digits().reshape(-1, 784), labels, 512, 100, nn.CrossEntropyLoss())


def paper_o5(samples):
    """As the paper's code: one gradient, N×25 rows, their singular values."""
    net, data = mlp(10, 1, 32, 2), torch.randn(samples, 10)

    def run():
        x = data.clone().requires_grad_(True)
        net(x).backward(torch.ones(len(x), 1))
        g = x.grad
        rows = torch.bmm(g[:, :5, None], data[:, None, :5]) + torch.bmm(g[:, 5:, None], data[:, None, 5:])
        torch.svd(rows.reshape(len(data), -1))

    return run


def paper_digits():
    """As the paper's code: the gradient of the sum of normalised outputs, forward differences."""
    net, d = digits_net(), digits()

    def run():
        gx, gy = d[:, 1:, :-1] - d[:, :-1, :-1], d[:, :-1, 1:] - d[:, :-1, :-1]
        image = torch.stack([gx, gy], -1)
        x = d.reshape(len(d), -1).clone().requires_grad_(True)
        y = nn.functional.normalize(net(x), dim=1)
        y.backward(torch.ones_like(y))
        g = x.grad.reshape(len(d), 28, 28)[:, :-1, :-1]
        grid = torch.stack(torch.meshgrid(torch.arange(27), torch.arange(27), indexing="ij"), -1) / 14 - 1
        rows = (g[..., None, None] * image[..., None] * grid[None, :, :, None, :]).view(len(d), -1, 2, 2).sum(1)
        torch.svd(rows.reshape(len(d), -1))

    return run


def jacobian_digits():
    """The Jacobian alone, vmap(jacrev) in chunks of 500."""
    net, x = digits_net(), digits().reshape(-1, 784)
    weights = dict(net.named_parameters())
    jacobian = vmap(jacrev(lambda z: functional_call(net, weights, (z,))))

    def run():
        for i in range(0, len(x), 500):
            jacobian(x[i:i + 500])

    return run


def liesd_inertia(samples=300):
    """LieSD's loop over samples and outputs, 300 of the 100 000 samples."""
    net = mlp(9, 9, 384, 2, nn.ReLU, bias=True)
    x = torch.randn(samples, 9)

    def run():
        gram = torch.zeros(27, 27)
        for sample in x:
            xi = sample.clone().requires_grad_(True)
            y = net(xi)
            j = torch.stack([torch.autograd.grad(y[k], xi, retain_graph=True)[0] for k in range(9)])
            inputs = torch.zeros(9, 9)
            for c in range(3):
                inputs -= torch.kron(j[:, 3 * c:3 * c + 3], xi[3 * c:3 * c + 3].unsqueeze(1).T)
            f = y.reshape(3, 3)
            left = torch.kron(torch.eye(3), f.T.contiguous())
            right = torch.cat([torch.kron(torch.eye(3), f[c].unsqueeze(0)) for c in range(3)])
            rows = torch.cat([inputs, left, right], 1).detach()
            gram += rows.T @ rows
        torch.svd(gram)

    run.scale = 100000 / samples
    return run


JOBS = {
    "torch train-o5": train_o5,
    "torch train-digits": train_digits,
    "paper o5-10k": lambda: paper_o5(10_000),
    "paper o5-200k": lambda: paper_o5(200_000),
    "paper o5-1m": lambda: paper_o5(1_000_000),
    "paper digits": paper_digits,
    "torch digits": jacobian_digits,
    "LieSD inertia": liesd_inertia,
}


def seconds(run):
    """The time of a run, until the device is done."""
    start = time.perf_counter()
    run()
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main():
    print(",".join(JOBS), flush=True)
    ready = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in ready:
            ready[name] = JOBS[name]()
            seconds(ready[name])
        print(seconds(ready[name]) * getattr(ready[name], "scale", 1), flush=True)


if __name__ == "__main__":
    main()
