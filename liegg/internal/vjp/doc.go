// Package vjp replaces differentiation rules of GoMLX v0.28.2 that are wrong,
// and adds rules that are missing if reverse mode is applied twice. Importing
// it is enough. Package network does, so the rules hold for exact functions,
// trained networks and ONNX files alike, on every backend. Gradients refuses
// what no rule can fix.
//
// A rule is a vector-Jacobian product (VJP): it maps the cotangent v of a
// node's output to the cotangents of its inputs. GoMLX keeps the rules in the
// map graph.VJPRegistration, which this package changes once, at program
// start.
//
// Push is forward mode, with rules of its own for all tangents at once. Convolved
// is a convolution in the form that is fastest on the backend.
//
// # Conventions
//
// If a function has no derivative, the rules follow PyTorch, so that no NaN
// arises:
//
//   - √ at 0, and x^p for 0 < p < 1 at 0, have the derivative 0. The true one is
//     infinite, and infinity times the 0 that a norm sends on would be NaN. With this,
//     the gradient of ‖x‖, and of every distance, is 0 where it is 0. PyTorch has the
//     same for its norms and for cdist, but +Inf for √ itself.
//   - |x| at 0 has the derivative 0, for complex x, too.
//   - max(a, b) and min(a, b) at a = b give half of the cotangent to each side. If one
//     side is a bound (a constant, or one number for all, as in relu(x) = max(x, 0)), the
//     other has the derivative 0.
//   - The maximum or minimum over axes shares the cotangent among all entries that
//     attain it; a window of a pool gives it to the first.
//   - The cotangent of a complex z is ∂L/∂Re z + i·∂L/∂Im z.
//
// # To be reported upstream
//
// Faults of the rules in GoMLX v0.28.2 (github.com/gomlx/gomlx, core/graph),
// each with a test here that fails without this package:
//
//   - DotGeneral takes the contracted axes of the other side in ascending order instead
//     of the order of the list. Einsum("bij,jik->bk") has a wrong gradient if sizes
//     agree, and panics if they do not.
//   - ConvGeneral has wrong rules for kernels of even size, and for strides that leave a
//     rest. It has no rule for dilated inputs, and hence none for the gradient of a
//     strided convolution.
//   - Products, quotients and all holomorphic functions of complex numbers lack a
//     conjugation, which Real, Imag, Complex, Abs and FFT presume.
//   - FFT over several axes is differentiated as if there were one.
//   - ReduceMax and ReduceMin give the whole cotangent to each of several equal entries,
//     so the sum of the gradients is a multiple of it; so do ScatterMax and ScatterMin.
//   - Gather clamps indices beyond the edge, while the ScatterSum in its rule drops them
//     (XLA) or ends the process (Go). ScatterSum drops them, while the Gather in its rule
//     clamps.
//   - BatchNormForTraining drops the cotangents of mean and variance.
//   - ConvertDType from floats to integers passes the cotangent on, rounded; the
//     derivative is 0 almost everywhere.
//   - Sqrt, Pow and complex Abs give NaN at 0, Pow also in the derivative for the
//     exponent.
//   - If and While silently drop the gradient through what their closures capture.
//   - Complex gives a part that was broadcast a cotangent in the shape of the whole,
//     which panics in derivatives of Real and Imag.
//   - There is no rule for Clamp, on which Clip is based, nor for Pad, Reverse, Identity,
//     SelectAndScatterMax and SelectAndScatterMin, which other rules use: Slice, Convolve
//     and MaxPool cannot be differentiated twice.
//
// And one of its pure-Go backend (github.com/gomlx/compute v0.1.2): Scatter
// of windows smaller than the operand writes them as if they had the
// operand's width.
package vjp
