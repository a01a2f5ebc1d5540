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
// chance makes in one of a hundred searches, unless a margin is given. That is for each number of
// generators, so that in all a few searches of a hundred find a group by chance. It is not a false
// one: f keeps it within the stated √Δ, but only because of weights that happen to be nearly equal or
// nearly 0. This needs functions with few weights. Of 400 random networks of 4 inputs with one hidden
// neuron, 11 have such a group among 383 signed permutations, with √Δ ≤ .02 for 9 of them; of 50 with 16
// neurons, none. Whether a group is meant, only another training can tell.
//
// Symmetries form a group: the products of those that are accepted must not have been dropped.
package discrete
