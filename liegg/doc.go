// Package liegg turns the gradients of a trained function into the generators
// of its Lie-group symmetries.
//
// A one-parameter group exp(tA) acts on inputs. A function f is invariant
// under it exactly when J(x)·(A·x) = 0 for every x, where J = ∂f/∂x. That is
// linear in A: in a basis A_1 … A_K of candidate generators, with T(x) the
// matrix of columns A_k·x, every sample adds the rows J(x)·T(x) to the network
// polarization matrix C, and the (near-)nullspace of C is the Lie algebra that
// f has learned.
//
// The package takes polarization rows, or their Gram matrix, in [Chunk]s,
// accumulates them in O(K²) memory ([Polarization]) and reads off the
// [Spectrum]: singular values, the paper's symmetry variance and symmetry
// bias, the relative defect ρ, and the generators as matrices. Where the rows
// come from is not its business; package network computes them for GoMLX
// models.
//
// Source: Moskalev, Sepliarskaia, Sosnovik, Smeulders, "LieGG: Studying
// Learned Lie Group Generators", NeurIPS 2022, arXiv:2210.04345.
package liegg
