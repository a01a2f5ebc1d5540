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
// bias, the relative defect ρ, and the generators as matrices. The rows may come
// from anywhere; package network computes them for GoMLX models.
//
// # Verdicts
//
// [Evidence] decides how many of the generators are symmetries, and how certain that is
// ([Verdict]). Generators are fitted to half of the samples and tested on the other half. A
// symmetry must be small on two scales:
//
//   - the relative defect ρ(h)² = Σ w_i‖J_iT_ih‖² / Σ w_i‖J_i‖²_F‖T_ih‖², the change of f along
//     h against the change if gradients and velocities were parallel, and
//   - the variation η(h)² = Σ w_i‖J_iT_ih‖² / (V·Σ w_i‖T_ih‖²_S), the change over one extent of
//     the data against the spread √V of f ([Variation]).
//
// The weights w_i ∈ (0, 1] bound the influence of a sample ([Influence]). They do not change the
// symmetries of f: a sum of squares with positive weights vanishes if and only if every square
// does, so Σ w_i‖J_iT_ih‖² = 0 if and only if J_iT_ih = 0 for all i. If generators are not exact,
// the weights matter: without them, a few samples near a singularity choose the generators, with
// them all samples do.
//
// Sorted by ρ, directions form plateaus, and each is a [Rung] of a ladder of approximate
// symmetry. The threshold only says which rung is called a symmetry. Samples that depend on
// each other ([Dependence]), a few samples that dominate, a function that fits badly, outputs that
// change along finite [Steps] by more than gradients predict, and directions that span no Lie
// algebra make the answer undetermined, with the reason.
//
// Source: Moskalev, Sepliarskaia, Sosnovik, Smeulders, "LieGG: Studying
// Learned Lie Group Generators", NeurIPS 2022, arXiv:2210.04345.
package liegg
