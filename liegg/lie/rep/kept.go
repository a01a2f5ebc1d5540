package rep

import "github.com/liegg/lab/liegg/keep"

// Representations are made in these ways.
func init() {
	keep.Register(itself{}, invariants{}, dual{}, product{}, symmetric{}, direct{})
}
