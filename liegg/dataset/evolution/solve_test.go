package evolution

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

// off returns the largest distance of a solution from u(x, t).
func off(s Solution, u func(x, t float64) float64) float64 {
	most := 0.
	for k, t := range s.T {
		for i, x := range s.X {
			most = math.Max(most, math.Abs(s.U[k][i]-u(x, t)))
		}
	}
	return most
}

func sampled(n int, length float64, u func(x float64) float64) []float64 {
	out := points(n, length)
	for i, x := range out {
		out[i] = u(x)
	}
	return out
}

// The heat kernel, so narrow that its periodic images do not matter.
func TestHeatKernel(t *testing.T) {
	kernel := func(x, t float64) float64 { return math.Exp(-x*x/(4*(t+.5))) / math.Sqrt(t+.5) }
	s := expect.OK(Heat().Solve(sampled(256, 30, func(x float64) float64 { return kernel(x, 0) }), 30, 1, 11))(t)
	if d := off(s, kernel); d > 1e-12 {
		t.Errorf("the heat kernel is off by %g", d)
	}
}

// By Cole and Hopf, u = −2ν·φ_x/φ solves Burgers' equation if φ solves the heat equation; moving
// frames (Galilei) give it a mean.
func TestBurgersByColeAndHopf(t *testing.T) {
	const ν, c = .1, .7
	k := 2 * math.Pi / 10
	exact := func(x, t float64) float64 {
		y := x - c*t
		a, b := .8*math.Exp(-ν*k*k*t), .15*math.Exp(-4*ν*k*k*t)
		φ := 1.2 + a*math.Cos(k*y) + b*math.Sin(2*k*y)
		return c - 2*ν*(-k*a*math.Sin(k*y)+2*k*b*math.Cos(2*k*y))/φ
	}
	s := expect.OK(Burgers(ν).Solve(sampled(128, 10, func(x float64) float64 { return exact(x, 0) }), 10, 2, 9))(t)
	if d := off(s, exact); d > 1e-6 {
		t.Errorf("the solution is off by %g", d)
	}
}

// The soliton 3c·sech²(√c/2 (x − ct)) of u_t = −u_xxx − u·u_x.
func TestSolitonOfKdV(t *testing.T) {
	const c = 2.
	soliton := func(x, t float64) float64 {
		cosh := math.Cosh(math.Sqrt(c) / 2 * (x - c*t))
		return 3 * c / (cosh * cosh)
	}
	s := expect.OK(KdV().Solve(sampled(256, 40, func(x float64) float64 { return soliton(x, 0) }), 40, 2, 5))(t)
	if d := off(s, soliton); d > 1e-6 {
		t.Errorf("the soliton is off by %g", d)
	}
}

// Fisher's front (1 + e^{(x − 5t/√6)/√6})⁻² (Ablowitz and Zeppetella 1979), going up and down so
// far apart that the interval is periodic; and u = u₀/√(1 + 2u₀²t) of the cubic reaction.
func TestReactions(t *testing.T) {
	front := func(x, t float64) float64 {
		return math.Pow(1+math.Exp((math.Abs(x)-40-5*t/math.Sqrt(6))/math.Sqrt(6)), -2)
	}
	s := expect.OK(Fisher().Solve(sampled(512, 160, func(x float64) float64 { return front(x, 0) }), 160, 1, 3))(t)
	if d := off(s, front); d > 1e-6 {
		t.Errorf("the front is off by %g", d)
	}
	decay := func(x, t float64) float64 { return 2 / math.Sqrt(1+8*t) }
	s = expect.OK(Cubic().Solve(sampled(16, 1, func(x float64) float64 { return 2 }), 1, 1, 4))(t)
	if d := off(s, decay); d > 1e-6 {
		t.Errorf("the decay is off by %g", d)
	}
}

func TestSolveErrors(t *testing.T) {
	steep := Wave(rand.New(rand.NewPCG(1, 0)), 32, 1, 1, 5)
	_, err := Burgers(1e-3).Solve(steep, 1, 1, 5)
	expect.Error(t, err, "more points")
	growing := Equation{Name: "blow-up", Linear: []float64{0, 0, 1}, Source: []float64{0, 0, 1}}
	_, err = growing.Solve(sampled(16, 1, func(float64) float64 { return 2 }), 1, 5, 3)
	expect.Error(t, err, "blows up")
	expect.Panic(t, "order 4", func() { Equation{Linear: make([]float64, 5)}.check() })
	expect.Panic(t, "coefficient", func() { Equation{Source: []float64{math.NaN()}}.check() })
	expect.Panic(t, "Solve", func() { Heat().Solve(steep, 0, 1, 5) })
}

func TestEquationsAreWritten(t *testing.T) {
	for want, e := range map[string]Equation{
		"u_t = 0.1u_xx − uu_x": Burgers(.1), "u_t = −u_xxx − uu_x": KdV(), "u_t = u_xx + u − u²": Fisher(), "u_t = u_xx − u³": Cubic(), "u_t = 0": {},
	} {
		if got := e.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestBetweenThePoints(t *testing.T) {
	for _, n := range []int{16, 17} {
		wave := func(x float64) float64 { return 1 + math.Cos(2*math.Pi*x/5) - math.Sin(6*math.Pi*x/5) }
		s := Solution{X: points(n, 5), T: []float64{0}, U: [][]float64{sampled(n, 5, wave)}, Periodic: true}
		for _, x := range []float64{-2.5, -.3, 0, 1.234, 2.4999, 17} {
			if got := s.At(x, 0); math.Abs(got-wave(x)) > 1e-9 {
				t.Errorf("%d points, x = %g: %g, want %g", n, x, got, wave(x))
			}
		}
	}
	expect.Panic(t, "not periodic", func() { Solution{}.At(0, 0) })
}
