// Package invariants says of which quantities an invariant function is a function: the polynomials
// that do not change under the group of a Lie algebra.
//
// An algebra of matrices A acts on polynomials p by derivations,
//
//	(A·p)(x) = ∇p(x)·Ax,
//
// and p is invariant under exp(tA) if and only if A·p = 0. This is linear in the coefficients of p.
// Of solves it degree by degree and lists only invariants that are not made of lower ones. Near a
// generic point there are n − r functionally independent invariants, where n is the number of
// inputs and r the dimension of generic orbits, the rank of [A₁x … A_dx] (Olver, "Applications of
// Lie Groups to Differential Equations", 1993, §2.1). Not all of them need be polynomials.
//
// Casimirs are the invariants of the coadjoint action of an algebra. Invariants.Explain checks the
// answer for a network: it refits the network on the invariants alone.
package invariants
