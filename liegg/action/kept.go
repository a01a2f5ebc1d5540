package action

import "github.com/liegg/lab/liegg/keep"

// Verdicts and spectra hold the action that was asked about. These are all types of actions.
func init() {
	keep.Register(Vectors{}, Image{}, Raster{}, Fields{}, Polynomials{}, Equivariance{}, Orbits{}, stays{},
		product{}, spanningProduct{}, restriction{}, spanningRestriction{}, together{}, blocks{})
}
