"""PyTorch's side of the row resnet18 of .github/gpu.py: J·T by vmap(jvp) of torchvision's ResNet18
on images of 64×64, along six velocities that are given.

    python gpu_resnet18.py FILE DEVICE ROUNDS

Writes the network to FILE as ONNX, and a line of JSON for each size of batches: the median of the
rounds, with full float32 products and with TF32.
"""
import json
import statistics
import sys
import time

import torch
import torchvision

from resnet18 import extract


def seconds(work, device):
    begun = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def main():
    file, device, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    samples = 500 if device == "cuda" else 8
    torch.manual_seed(0)
    net = torchvision.models.resnet18(num_classes=10).eval()
    for p in net.parameters():
        p.requires_grad_(False)
    torch.onnx.export(net, torch.randn(1, 3, 64, 64), file, input_names=["x"], dynamic_axes={"x": {0: "batch"}}, dynamo=False)
    net = net.to(device)
    x, velocities = torch.randn(samples, 3, 64, 64, device=device), torch.randn(6, samples, 3, 64, 64, device=device)
    for tf32 in (False, True):
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
        for batch in (50, 125, 250, 500) if device == "cuda" else (4, 8):
            work = lambda: extract(net, x, velocities, batch)  # noqa: B023
            seconds(work, device)
            took = statistics.median(seconds(work, device) for _ in range(rounds))
            print(json.dumps({"tf32": tf32, "batch": batch, "seconds": took}), flush=True)


if __name__ == "__main__":
    main()
