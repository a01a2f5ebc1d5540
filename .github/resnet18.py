"""Measures torchvision's ResNet18 on images of 64×64 with three channels beside PyTorch: J·T for the
six generators of affine maps of the plane, of ten outputs. Prints a line of JSON for each step.

    python .github/resnet18.py [--samples N] [--rounds N] [--threads N] [--batch N]

Run it in a clone, in a virtual environment with torch, torchvision and onnx. PyTorch takes
vmap(jvp) over the six velocities, which it is given, in batches of 50: of 10, 25, 50 and 100 that
was fastest. Ours is BenchmarkResNet18 of liegg/network/onnx: polarization rows (which also
estimate the norm of the gradients), and the whole verdict. The two take turns. Each step is told in
seconds of wall-clock and of processor time; the latter changes less with what else the machine does.
"""
import argparse
import json
import os
import resource
import subprocess
import tempfile
import time

import torch
import torchvision


def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(step, work):
    wall, cpu = time.monotonic(), spent()
    work()
    print(json.dumps({"step": step, "wall": round(time.monotonic() - wall, 2), "cpu": round(spent() - cpu, 2)}), flush=True)


def extract(net, x, velocities, batch):
    with torch.no_grad():
        for at in range(0, len(x), batch):
            some = x[at:at + batch]
            torch.vmap(lambda v: torch.func.jvp(net, (some,), (v,))[1])(velocities[:, at:at + batch])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--samples", type=int, default=500)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments.add_argument("--batch", type=int, default=50, help="of PyTorch")
    a = arguments.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    net = torchvision.models.resnet18(num_classes=10).eval()
    for p in net.parameters():
        p.requires_grad_(False)
    x, velocities = torch.randn(a.samples, 3, 64, 64), torch.randn(6, a.samples, 3, 64, 64)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "resnet18.onnx")
        torch.onnx.export(net, x[:1], path, input_names=["x"], dynamic_axes={"x": {0: "batch"}}, dynamo=False)
        binary = os.path.join(folder, "onnx.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./liegg/network/onnx"], check=True)
        ours = dict(os.environ, LIEGG_RESNET18=path, LIEGG_RESNET18_SAMPLES=str(a.samples), GOMAXPROCS=str(a.threads))

        extract(net, x[:10], velocities[:, :10], 10)
        for _ in range(a.rounds):
            timed("torch", lambda: extract(net, x, velocities, a.batch))
            subprocess.run([binary, "-test.run", "^$", "-test.bench", "ResNet18", "-test.benchtime", "1x"], check=True, env=ours, cwd="liegg/network/onnx")


if __name__ == "__main__":
    main()
