// Package flow asks whether a network keeps its answers along finite transformations exp(tH).
// The nullspace of a polarization matrix only speaks of infinitesimal ones.
//
// Judge asks for the symmetries of a network by gradients and by finite flows at once. Along
// measures Δ(t), the change of the output along a flow. Test and TestMap judge a generator or
// a finite map that was named beforehand. Compare tells several generators apart. Refine fits
// the generators of a nullspace to the finite transformations that the network respects.
// TestRange says how far along a flow each sample and each class keeps its answer.
//
// The change of f under g is measured relative to the difference between unrelated inputs:
//
//	Δ(g) = E‖f(g·x) − f(x)‖² / (2·Var f),   Var f = E‖f(x) − E f‖².
//
// It is 0 for an invariant function and 1 if f(g·x) and f(x) are independent.
//
// # Outputs that move, too
//
// With an action.Equivariance the question is whether f(exp(tA)·x) = exp(tB)·f(x), and
//
//	Δ(t) = E‖f(exp(tA)·x) − exp(tB)·f(x)‖² / (2·Var f).
//
// Along, Test, Compare, Refine and Judge take generators of the action: A if outputs move by a
// declared representation, and diag(A, B…) if B is unknown and was found. Controls are random
// pairs that move inputs as fast, and outputs as fast. TestMap and TestComponents move outputs by
// a matrix that is given, declared, or found on half of the inputs. Outputs are compared as they
// are, unless free factors leave each one a unit of its own.
//
// If outputs are images that move as the input images do, action.Onto says so. Along, Test, TestMap
// and TestRange then compare f(g·x) with g·f(x), pixel by pixel, through the window of their frame.
//
// # Gradients and flows together
//
// A test measures three quantities. The relative defect ρ compares the change along a
// generator with the change along the steepest direction. The variation η compares the change
// of f over one extent of the data with the spread of f. And Δ is the change along the finite
// flow. The answer is "invariant" only if all three are certainly small, with Δ followed over
// one extent of the data or to where the flow leaves them. So the curve printed below an
// answer never contradicts it. See Verdict.
//
// # Coordinates, outputs and groups
//
// All functions measure as network.Judge does: translations are relative to the mean of the
// inputs, vectors are in units of their spread, and each output is divided by the size of its
// gradients. Settings.BySize leaves outputs as they are. If samples depend on each other,
// name their groups in Settings.Groups: intervals and halves are then made of whole groups.
// Without groups, the tests look for dependent samples and answer "undetermined" if they find
// any.
//
// # Jumps
//
// A step, a rounded number or an argmax changes f at points where its gradients vanish. Tests
// compare the change of f along a flow with the change that its gradients along that flow
// account for, and answer "undetermined" if they account for too little. Images are exempt,
// since they are interpolated as they move. Rounding of the inputs must not change f either.
//
// # Images that fill their frame
//
// The corners of a moved photograph show what was outside its frame. By default that is a
// background, and flows end when too much of the image has left its frame: at about .3 rad
// for a turned photograph. An action with another action.Frame, such as
// action.ImageAffine(32, 32, action.ChannelsFirst(3)).Framed(action.Disc), shows the image
// through a disc, or continues it by reflection or periodically. Answers say which frame was
// used. With a disc, all answers, including the ones by gradients, are about f(disc(x)).
//
// # A few dominant samples
//
// A handful of near-collisions dominates the potential −1/r of random points, and so the sums
// of ρ and Δ. If few samples dominate, two measures limit the influence of a single sample.
// Neither changes a symmetry. Both sums of ρ get weights (Influence), and Δ and the fits of
// Refine use a bounded increasing function of every output (Curve.Bounded). For data with
// light tails, neither is used. So that no cluster of a few samples hides behind the others, Judge,
// Test and TestMap also look at the samples at which f itself changes most: see Judge.
package flow
