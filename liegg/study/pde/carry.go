package pde

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset/evolution"
)

// Carried is a solution that was carried by a flow, at its end: where the flow takes its graph, and
// what the equation makes of the moved beginning.
type Carried struct {
	// X and Moved are the points to which the flow takes the end of the solution.
	X, Moved []float64
	// Simulated is the solution that begins where the flow takes the beginning, at X at the end.
	Simulated []float64
	// Off is the root mean square of Moved − Simulated, in standard deviations of Moved.
	Off float64
}

// String says how far off the flow is.
func (c Carried) String() string {
	return fmt.Sprintf("moved solution and simulation differ by %.2g of the spread of u", c.Off)
}

// Carry moves the graph of a periodic solution of e by a flow of points (x, t, u), and simulates e
// from the moved beginning. For the flow of a symmetry both have the same end. The flow must take
// points of equal t to points of equal t, and the even points x at the beginning to even ones. Carry
// returns the errors of simulating.
func Carry(e evolution.Equation, s evolution.Solution, flow func(point []float64) []float64) (c Carried, err error) {
	last := len(s.T) - 1
	along := func(k int) (x, u []float64, t float64) {
		for i := range s.X {
			moved := flow([]float64{s.X[i], s.T[k], s.U[k][i]})
			x, u, t = append(x, moved[0]), append(u, moved[2]), moved[1]
		}
		return x, u, t
	}
	x, start, begin := along(0)
	var end float64
	c.X, c.Moved, end = along(last)
	n := float64(len(x))
	length := (x[len(x)-1] - x[0]) * n / (n - 1)
	again, err := e.Solve(start, length, end-begin, len(s.T))
	if err != nil {
		return c, err
	}
	for _, at := range c.X {
		c.Simulated = append(c.Simulated, again.At(at-x[0]-length/2, last))
	}
	c.Off = floats.Distance(c.Moved, c.Simulated, 2) / math.Sqrt(n) / stat.PopStdDev(c.Moved, nil)
	return c, nil
}
