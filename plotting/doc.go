// Package plotting draws learned symmetries: the polarization spectrum, the
// bias of each generator, generators as heat-maps, training curves, vector
// fields with their orbits, functions over the plane, and strips of images
// along a one-parameter group. It also draws the evidence for conclusions:
// relative defects with their intervals and threshold, by generator and by
// the part of a function that breaks them or the layer of a network, finite
// flows Δ(t), ranges in which the classes of a classifier keep, structure
// constants, the Killing form, principal angles to named algebras, and the
// scoreboard of cases whose truth is known. Studies of many networks are
// drawn as trends with intervals, as points, and as tables.
//
// Slider moves through figures that differ in one parameter, such as level
// sets along a flow (LevelSets) or a digit with the outputs of a network beside
// it (WithOutputs); Animate writes them as a file. Hover tells the values of a
// chart. Both work in saved notebooks and their pages, by keyboard too. InPlace
// shows a training while it runs.
//
// The input is plain values (slices, mat.Matrix, plotter.GridXYZ); the output
// is a *Chart. A Chart embeds a *plot.Plot of gonum.org/v1/plot, so titles,
// axes and further plotters are set as that package documents:
//
//	c := plotting.Spectrum(plotting.Series{Name: "MLP", Y: s})
//	c.Y.Label.Text = "symmetry variance s²/N"
//	err := plotting.Show(c) // inline, in a GoNB notebook
//	err = plotting.Save(c, "spectrum.pdf")
//
// # Bad data
//
// Constructors return no error. What cannot be drawn is shown as missing and
// never left out silently: a NaN, an infinity, or a value ≤ 0 on a
// logarithmic axis becomes a gap or a crossed cell, and a line in the warning
// colour above the picture counts such values. Empty data give empty axes
// that say "no data".
//
// Misuse by the programmer (a nil matrix, a matrix of the wrong shape, x and
// y of unequal lengths) panics with a message that names the argument.
//
// The typeface lacks some symbols of Lie theory: so(3) ⊕ R is drawn as so(3)
// + R, and ⋉ as |×.
//
// # Colours
//
// Series use the colours of Okabe and Ito, which remain distinct under the
// common forms of colour blindness, and also differ in the shape of the
// marker or the dashes of the line. Signed quantities run from blue over
// white to red with white at exactly zero; unsigned ones take the upper part
// of viridis.
package plotting
