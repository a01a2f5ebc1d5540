// Package lie is matrix Lie algebra on gonum: named algebras as orthonormal
// bases, brackets and structure constants, principal angles between algebras,
// and the flows of single generators. Its subpackages name algebras
// (classification), average over their groups (group), and move outputs (rep).
//
// A generator is an n×n *mat.Dense. Inner products are Frobenius products,
// ⟨A,B⟩ = tr(AᵀB). Affine algebras act on R^n through homogeneous
// (n+1)×(n+1) matrices [A b; 0 0] on points (x, 1).
//
// Functions panic, with a message that starts with "lie:", if an argument
// has the wrong shape or holds NaN or Inf.
package lie
