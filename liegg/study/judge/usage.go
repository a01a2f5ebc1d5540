package judge

import (
	"fmt"
	"strings"
)

// Torch and JAX are Python code that writes a file of gradients, for networks of these
// frameworks: x is an array of inputs, net and f are functions.
const (
	Torch = `import numpy as np, torch                      # net: your network, x: a tensor [N, in…] of its inputs
net.eval()
f = lambda sample: net(sample[None])[0]
y, J = torch.vmap(f)(x), torch.vmap(torch.func.jacrev(f))(x)
np.savez("gradients.npz", x=x.numpy(), y=y.detach().numpy(), J=J.detach().numpy())`
	JAX = `import jax, numpy as np                        # f: your network for one sample, x: an array [N, in…] of inputs
y = jax.vmap(f)(x)
J = jax.vmap(jax.jacrev(f))(x)
np.savez("gradients.npz", x=x, y=y, J=J)`
)

const usage = `usage: study judge MODEL DATA --action ACTION [flags]
       study judge GRADIENTS.npz --action ACTION [flags]

Says which continuous symmetries a trained network has: how many generators, which Lie
algebra, and how surely. You need no Go beyond its compiler. From PyTorch, in three lines:

%s

and then, in a clone of this repository, without --action to see which actions fit:

  go run ./liegg/study judge net.onnx data.npz --action linear:3x2

MODEL is an .onnx file, or a folder that network.Save wrote. DATA is an .npz with an array
named like the model's input, or x; an .npy; or a .csv, of which all columns are inputs that
no flag names. Give data that the network was not trained on, some hundred samples or more.

Any framework's gradients do without MODEL: x [N, in…], J [N, m, in…], and y [N, m] if
outputs are asked about. Finite flows (--flows, --test) need the network itself.
With PyTorch:

%s

With JAX:

%s

ACTION says how inputs may move; the search is for all symmetries among these motions:

%s
  Actions joined by + move slices of the input, one after the other: linear:3x4+linear:1x4.

Exit status: 0 for an answer, "none" and "undetermined" included, 1 for an error, and 2 if
--action is missing: then the actions that fit the inputs are listed.

Several processes or machines share the work, and the verdict has the same bits however it
is split: --shard i/n -o FILE computes a share, and "study merge FILE..." the verdict. With
--nats URL the workers of that server do it (study worker --nats URL); they need the files
under the same paths.

`

// exporting is how to export a network of PyTorch.
const exporting = `torch.onnx.export(net.eval(), x, "net.onnx", input_names=["x"], dynamic_axes={"x": {0: "batch"}})
np.savez("data.npz", x=test_inputs)
# or skip the export and save gradients, as shown below`

// Usage is the help of the command study judge, without its flags.
func Usage() string {
	var list strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&list, "  %-22s %s\n", k.form, k.about)
	}
	return fmt.Sprintf(usage, indented(exporting), indented(Torch), indented(JAX), list.String())
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
