package dynamics

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// onSurface returns states that a function takes from normal ones of the same size.
func onSurface(n, size int, to func(z []float64)) *tensors.Tensor {
	x := normal(3, n, size, 1)
	tensors.MustMutableFlatData(x, func(values []float64) {
		for i := 0; i < len(values); i += size {
			to(values[i : i+size])
		}
	})
	return x
}

// States on a surface have symmetries that do not hold elsewhere, and no firm answer. Symmetries that do
// hold stay firm.
func TestODEOnSurfaces(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	sir := field(func(x []*Node) []*Node {
		infected, recovered := MulScalar(Mul(x[0], x[1]), 2), x[1]
		return []*Node{Neg(infected), Sub(infected, recovered), recovered}
	})
	total := func(z []float64) {
		sum := 0.
		for i, v := range z {
			z[i] = math.Exp(v)
			sum += z[i]
		}
		for i := range z {
			z[i] /= sum
		}
	}
	sphere := func(z []float64) {
		r := math.Sqrt(z[0]*z[0] + z[1]*z[1])
		z[0], z[1] = z[0]/r, z[1]/r
	}
	oscillator := field(func(x []*Node) []*Node { return []*Node{x[1], Neg(x[0])} })
	for name, c := range map[string]struct {
		v    *network.Network
		ode  ODE
		x    *tensors.Tensor
		want liegg.Answer
		why  string
	}{
		"a conserved total":  {sir, ODE{Names: []string{"s", "i", "r"}, Degree: 1}, onSurface(2000, 3, total), liegg.Undetermined, "satisfy an equation"},
		"one orbit":          {oscillator, ODE{Names: []string{"x", "y"}, Degree: 2}, onSurface(2000, 2, sphere), liegg.Undetermined, "satisfy an equation"},
		"one orbit, linear":  {oscillator, ODE{Names: []string{"x", "y"}, Degree: 1}, onSurface(2000, 2, sphere), liegg.Symmetric, ""},
		"totals that differ": {sir, ODE{Names: []string{"s", "i", "r"}, Degree: 1}, normal(3, 2000, 3, 1), liegg.Symmetric, ""},
		"a coordinate that stays": {field(func(x []*Node) []*Node { return []*Node{Mul(x[1], x[2]), Neg(x[0]), ZerosLike(x[0])} }),
			ODE{Names: []string{"x", "y", "z"}, Degree: 1}, onSurface(2000, 3, func(z []float64) { z[2] = 1 }), liegg.Undetermined, "z is the same at all states"},
	} {
		f := expect.OK(c.ode.Of(c.v, c.x, network.Settings{}))(t)
		if f.Verdict.Answer != c.want || !strings.Contains(f.Verdict.String(), c.why) {
			t.Errorf("%s: want %v, %q, got\n%v\n%v", name, c.want, c.why, f, f.Verdict)
		}
	}
}
