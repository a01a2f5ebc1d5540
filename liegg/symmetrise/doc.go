// Package symmetrise says what a broken symmetry costs: it compares a network f with its mean over
// a compact group G,
//
//	f̄(x) = ∫ ρ(g)⁻¹ f(g·x) dg,
//
// which is equivariant, and of all equivariant functions the nearest to f if inputs are spread
// evenly over the orbits of G (Elesedy and Zaidi, "Provably Strict Generalisation Benefit for
// Equivariant Models", ICML 2021). Invariance is the case ρ = 1.
//
// There are four ways to use a symmetry that was found: Network makes of f̄ a network like any other,
// Canonical one that sees every input in one pose, Augment moves training samples by random elements,
// and training.Penalty asks a network for the symmetry while it is trained.
//
// Over makes the group of a compact algebra, such as one that network.Judge has found; OverMaps a
// finite one; With adds maps, such as a reflection, to either. Measure then gives the equivariance
// error E‖f − f̄‖², by output, label and sample, and, with targets y, what it is of the test error:
// if the targets are equivariant and inputs are spread evenly over the orbits,
//
//	E‖f − y‖² = E‖f̄ − y‖² + E‖f − f̄‖².
//
// Means over rotations of the plane and of space, and products of them, are by rules that are
// exact for polynomials (see lie.Haar); means over other compact groups are over random elements, and
// what that adds to an error is taken from it and told.
package symmetrise
