"""What export.py and operators.py share."""

import torch


def jacobians(net, x):
    """J [N, m, input...] by torch.autograd, one row of the output at a time."""
    x = x.clone().requires_grad_(True)
    y = net(x)
    rows = [torch.autograd.grad(y[:, k].sum(), x, retain_graph=True)[0] for k in range(y.shape[1])]
    return y.detach(), torch.stack(rows, 1)


def forget(message):
    """Drops metadata: stack traces name the folders of the machine."""
    for field, value in message.ListFields():
        if field.name in ("metadata_props", "doc_string"):
            message.ClearField(field.name)
        elif field.message_type:
            for inner in value if hasattr(value, "add") else [value]:
                forget(inner)
