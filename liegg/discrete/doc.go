// Package discrete searches for the finite symmetries of a function: signed permutations of its
// inputs, permutations of blocks such as particles, and turns of planes by fractions of 2π. Outputs
// stay, move as the inputs do, or move by any matrix.
//
// Search compares f(g·x) with f(x) for every candidate g of a finite set,
//
//	Δ(g) = E‖f(g·x) − f(x)‖²/(2·Var f),
//
// on a few samples first, and drops the candidates that clearly change f. flow.TestMaps judges
// generators of what remains, on all samples and with intervals at a level that is divided by the
// number of candidates (Bonferroni), so that the chance that a single wrong one is accepted stays
// below the level. Small changes may be chance even so: two weights of a network may be nearly equal.
// A group that does not hold to rounding must therefore be told from other candidates by a gap that
// chance hardly makes, unless a margin is given. Symmetries form a group: the products of those that are accepted must not
// have been dropped.
package discrete
