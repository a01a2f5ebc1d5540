package network

import (
	"fmt"

	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// Differentiation is a way to compute J(x)·T(x).
type Differentiation int

const (
	// AutoMode chooses the mode with the fewest passes through the network.
	AutoMode = Differentiation(jacobian.AutoMode)
	// ReverseMode pulls back each of the m outputs: m passes.
	ReverseMode = Differentiation(jacobian.ReverseMode)
	// TangentMode pushes each of the K velocities A_k·x forward: K passes, and a few more to
	// estimate ‖J‖²_F.
	TangentMode = Differentiation(jacobian.TangentMode)
	// CoordinateMode pushes each of the n coordinates of the input forward: n passes, which
	// give all of J.
	CoordinateMode = Differentiation(jacobian.CoordinateMode)
)

// String returns the name of the mode.
func (d Differentiation) String() string {
	switch d {
	case AutoMode:
		return "AutoMode"
	case ReverseMode:
		return "ReverseMode"
	case TangentMode:
		return "TangentMode"
	case CoordinateMode:
		return "CoordinateMode"
	}
	return fmt.Sprintf("Differentiation(%d)", int(d))
}
