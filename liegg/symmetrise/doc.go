// Package symmetrise measures the cost of a broken symmetry. It compares a network f with its mean
// over a compact group G,
//
//	f̄(x) = ∫ ρ(g)⁻¹ f(g·x) dg,
//
// which is equivariant. If inputs are spread evenly over the orbits of G, f̄ is the equivariant
// function nearest to f (Elesedy and Zaidi, "Provably Strict Generalisation Benefit for
// Equivariant Models", ICML 2021). Invariance is the case ρ = 1.
//
// There are four ways to use a symmetry that was found: Network returns f̄ as a network, Canonical a
// network that moves every input to a standard pose first, Augment moves training samples by random
// elements, and training.Penalty penalises deviations from the symmetry during training.
//
// Over makes the group of a compact algebra, such as one that network.Judge has found. OverMaps
// makes a finite group. With adds maps, such as a reflection, to either. Measure then returns the
// equivariance error E‖f − f̄‖², also for each output, label and sample. Given targets y, it also
// returns the error's share of the test error: if the targets are equivariant and inputs are spread
// evenly over the orbits,
//
//	E‖f − y‖² = E‖f̄ − y‖² + E‖f − f̄‖².
//
// Means over rotations of the plane and of space, and over products of these, use rules that are
// exact for polynomials (see group.Haar). Means over other compact groups use random elements. The
// error that these add is subtracted, and reported.
package symmetrise
