// Package action says how a Lie algebra moves the inputs of a network, as
// graph code that GoMLX differentiates and XLA compiles.
//
// An action of a candidate algebra with basis A₁ … A_K maps an input x to the
// velocities A₁·x … A_K·x. These are the columns of T(x), and the rows of the
// network polarization matrix are C(x) = J(x)·T(x) with J = ∂f/∂x (Moskalev
// et al., "LieGG", NeurIPS 2022, §3).
//
// Vectors and points: Linear, Affine, ComplexLinear, and the non-linear
// Polynomial. One matrix moves all vectors of an input in the same way, so
// these also serve for clouds of points: the spectrum does not depend on the
// order of the points. Grids: ImageLinear, ImageAffine, ImageProjective,
// VolumeLinear, VolumeAffine, SignalAffine, Signal, and NewRaster for others.
// Colour images take a layout, as in ImageAffine(32, 32, ChannelsFirst(3)),
// and photographs a frame, as in …Framed(Disc).
// Combinations: Product and Separate for several spaces with matrices of
// their own, Together for several actions on the same inputs, such as
// brightness and contrast, Restricted for fewer candidates. Equivariant and
// Covariant also move the outputs.
//
// An action of your own takes ten lines:
//
//	type twist struct{} // turns (x, y, z) about the z axis by an angle proportional to z
//
//	func (twist) Dim() int                         { return 1 }
//	func (twist) Generator(h []float64) *mat.Dense { return mat.NewDense(1, 1, h) }
//	func (twist) Check(input []int) error          { return action.Linear(3, 1).Check(input) }
//	func (twist) Tangents(p *Node) *Node { // [batch, 3] to [batch, 1, 3]
//		at := func(i int) *Node { return Slice(p, AxisRange(), AxisElem(i)) }
//		x, y, z := at(0), at(1), at(2)
//		return Stack([]*Node{Concatenate([]*Node{Neg(Mul(z, y)), Mul(z, x), ZerosLike(z)}, -1)}, 1)
//	}
//
// It can be used wherever an Action is expected. Agrees checks it against its
// group. Finite flows (package flow) need one more method:
//
//	func (twist) Velocity(h []float64) func(v, p []float64) {
//		return func(v, p []float64) { v[0], v[1], v[2] = -h[0]*p[2]*p[1], h[0]*p[2]*p[0], 0 }
//	}
package action
