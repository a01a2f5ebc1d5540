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
// # Verdicts
//
// [Evidence] says how many of the generators are symmetries, with the doubt that belongs to
// it ([Verdict]). Generators are fitted to half of the samples and tested on the others. A
// symmetry must be small on two scales:
//
//   - the relative defect ρ(h)² = Σ w_i‖J_iT_ih‖² / Σ w_i‖J_i‖²_F‖T_ih‖², the change of f along
//     h against the change if gradients and velocities were parallel, and
//   - the variation η(h)² = Σ w_i‖J_iT_ih‖² / (V·Σ w_i‖T_ih‖²_S), the change over one extent of
//     the data against the spread √V of f ([Variation]).
//
// The weights w_i ∈ (0, 1] bound what a sample counts for ([Influence]). They leave the
// symmetries of f as they are: a sum of squares with positive weights vanishes if and only if
// every square does, so Σ w_i‖J_iT_ih‖² = 0 exactly where J_iT_ih = 0 for all i. Only where
// generators are not exact do weights choose among them: without weights by the few samples
// near a singularity, with them by all.
//
// Sorted by ρ, directions form plateaus, and each is a [Rung] of a ladder of approximate
// symmetry. The threshold only says which rung is called a symmetry. Samples that depend on
// each other ([Dependence]), few samples that rule, a function that fits badly, and directions
// that span no Lie algebra make the answer undetermined, with the reason.
//
// Source: Moskalev, Sepliarskaia, Sosnovik, Smeulders, "LieGG: Studying
// Learned Lie Group Generators", NeurIPS 2022, arXiv:2210.04345.
package liegg
