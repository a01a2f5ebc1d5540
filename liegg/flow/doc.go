// Package flow asks whether a network keeps its answers along finite
// transformations exp(tH), where the nullspace of its polarization matrix speaks
// of infinitesimal ones only.
//
// Judge asks for the symmetries of a network by gradients and by finite flows at once.
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
//
// # Gradients and flows together
//
// A test has three measures: the relative defect ρ, which compares the change along a
// generator with that along the steepest direction; η, the change of f over one extent
// of the data against the spread of f; and Δ along the finite flow. It says "invariant"
// only if all three are certainly small, Δ as far as one extent of the data or to where
// the flow leaves them, so that the curve below an answer never contradicts it; see
// Verdict.
//
// # Coordinates, outputs and groups
//
// All of this is measured as network.Judge measures: translations about the mean of the
// inputs, vectors in units of their spread, and outputs brought to one size, each by its own
// gradients. Test, TestMap, TestComponents, Along, Compare, Refine and Judge do so alike;
// Settings.BySize leaves outputs as they are. Samples that belong together are given groups,
// Settings.Groups, so that intervals and halves are of whole groups; without them,
// verdicts look for dependence and are undetermined where they find any.
//
// # Where gradients do not see f
//
// A step, a rounded number or an argmax changes f where its gradients vanish. Tests compare
// the change of f along a flow with what its gradients along that flow account for, and
// answer "undetermined" if they account for too little. Images are not asked for that, since
// they are interpolated as they move. Rounding of the inputs must not change f either.
//
// # Images that fill their frame
//
// What a moved photograph shows in its corners comes from outside. By default that is a
// background, and flows end where too much of the image has left its frame, of a turned
// photograph at about .3 rad. An action with another action.Frame, such as
// action.ImageAffine(32, 32, action.ChannelsFirst(3)).Framed(action.Disc), shows it through a
// disc, or continues it by reflection or periodically. Answers say which was used. Through a
// disc, all answers, gradients included, are of f(disc(x)).
//
// # Few samples that rule
//
// The potential −1/r of random points is carried by a handful of near-collisions, and so
// are the sums of ρ and Δ. Two things bound what one sample can do where few would rule,
// and neither changes a symmetry: weights in both sums of ρ (Influence), and a bounded
// increasing function of every output in Δ and in the fits of Refine (Curve.Bounded).
// Where tails are light neither is used.
package flow
