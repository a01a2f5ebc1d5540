// Package flow asks whether a network keeps its answers along finite
// transformations exp(tH), where the nullspace of its polarization matrix speaks
// of infinitesimal ones only.
//
// Along draws Δ(t), the change of the output along a flow; Test and TestMap judge
// a generator or a finite map that was named beforehand; Compare tells several
// generators apart; Refine fits the generators of a nullspace to the finite
// transformations that the network respects.
//
// The change of f under g is measured against that between unrelated inputs:
//
//	Δ(g) = E‖f(g·x) − f(x)‖² / (2·Var f),   Var f = E‖f(x) − E f‖²,
//
// 0 for an invariant function, 1 where f(g·x) and f(x) are independent draws.
package flow
