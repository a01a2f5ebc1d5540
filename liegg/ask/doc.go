// Package ask asks a network for its symmetries in one call.
//
//	answer, err := ask.Symmetries(f, x, action.Linear(3, 1)) // a GoMLX function, a tensor of its inputs
//	answer, err = ask.Symmetries("net.onnx", "data.npz", "linear:3x2")
//	answer, err = ask.Symmetries("gradients.npz", nil, "image") // that another framework has computed
//
// The answer holds the verdict by gradients and the one by finite flows. plotting.Show shows it
// with its pictures. Without an action, Symmetries lists those that fit the inputs.
//
// A [Question] says more: which outputs, layers, labels, and how outputs move. [Open] reads its
// files, [About] takes values of the program as well, and [Subject.Ask] answers. The command
// study judge asks the same questions from a terminal.
package ask
