package evolution

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
)

// smooth is a random function of x and t, Σ a·sin(kx + ωt + φ), with its derivatives. Waves are on
// an interval of length 2π if periodic, and otherwise their k is no integer.
type smooth []struct{ a, k, ω, φ float64 }

func randomSmooth(random *rand.Rand, harmonics int, periodic bool) smooth {
	f := make(smooth, 2*harmonics)
	for i := range f {
		k := float64(1 + i/2)
		if !periodic {
			k *= .5 + random.Float64()/2
		}
		f[i].a, f[i].k, f[i].ω, f[i].φ = random.NormFloat64(), k, 2*random.NormFloat64(), 2*math.Pi*random.Float64()
	}
	return f
}

// at returns the derivative of order i in x and j in t.
func (f smooth) at(x, t float64, i, j int) (sum float64) {
	for _, w := range f {
		sum += w.a * math.Pow(w.k, float64(i)) * math.Pow(w.ω, float64(j)) * math.Sin(w.k*x+w.ω*t+w.φ+math.Pi/2*float64(i+j))
	}
	return sum
}

// onGrid samples the function, with noise of a standard deviation.
func (f smooth) onGrid(random *rand.Rand, n, times int, duration, noise float64, periodic bool) Solution {
	s := Solution{X: points(n, 2*math.Pi), Periodic: periodic}
	for k := range times {
		t, row := duration*float64(k)/float64(times-1), make([]float64, n)
		for i, x := range s.X {
			row[i] = f.at(x, t, 0, 0) + noise*random.NormFloat64()
		}
		s.T, s.U = append(s.T, t), append(s.U, row)
	}
	return s
}

// errors returns the true errors of jets, in the units of Jets.Errors.
func (f smooth) errors(t *testing.T, j *Jets) []float64 {
	x, y := expect.OK(dataset.Values(j.Samples.X))(t), expect.OK(dataset.Values(j.Samples.Y))(t)
	width := len(j.Names)
	var got, want []float64
	for i := range y {
		row := x[i*width : (i+1)*width]
		got, want = append(append(got, row...), y[i]), append(want, row[:2]...)
		for order := range width - 2 {
			want = append(want, f.at(row[0], row[1], order, 0))
		}
		want = append(want, f.at(row[0], row[1], 0, 1))
	}
	return errorsOf(got, want, width+1)
}

// Derivatives of random smooth functions agree with the formula, and errors no larger than three
// times their estimate: on fine grids, coarse ones, and with noise.
func TestJetsOfSmoothFunctions(t *testing.T) {
	for name, c := range map[string]struct {
		n, times        int
		duration, noise float64
		periodic        bool
		settings        JetSettings
		most            []float64 // of u, u_x, u_xx, u_xxx and u_t; nil if only the estimate is tested
	}{
		"spectral":              {64, 21, .2, 0, true, JetSettings{Order: 3}, []float64{1e-5, 1e-5, 1e-5, 1e-5, 1e-4}},
		"spectral, odd":         {63, 21, .2, 0, true, JetSettings{Order: 3}, []float64{1e-5, 1e-5, 1e-5, 1e-5, 1e-4}},
		"spectral, coarse in t": {64, 21, 4, 0, true, JetSettings{Order: 3}, nil},
		"spectral, noise":       {64, 41, .5, 1e-4, true, JetSettings{Order: 3}, nil},
		"spectral, few waves":   {64, 41, .5, 1e-2, true, JetSettings{Order: 3, Waves: 6, WindowT: 15}, []float64{.02, .02, .02, .02, .2}},
		"polynomial":            {200, 21, .2, 0, false, JetSettings{Order: 3}, []float64{1e-5, 1e-5, 1e-4, 1e-3, 1e-4}},
		"polynomial, coarse":    {40, 21, 1, 0, false, JetSettings{Order: 2}, nil},
		"polynomial, noise":     {200, 41, 1, 1e-3, false, JetSettings{Order: 2, WindowX: 12, WindowT: 8}, []float64{1e-3, 5e-3, .05, .05}},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) {
				random := rand.New(rand.NewPCG(seed, 1))
				f := randomSmooth(random, 4, c.periodic)
				j := expect.OK(JetsOf([]Solution{f.onGrid(random, c.n, c.times, c.duration, c.noise, c.periodic)}, c.settings))(t)
				for i, e := range f.errors(t, j)[2:] {
					estimate := j.Errors[2+i]
					if e > 3*estimate+3e-7 { // float32
						t.Errorf("seed %d: error %d is %.2g, estimated as %.2g", seed, i, e, estimate)
					}
					if c.most != nil && e > c.most[i] {
						t.Errorf("seed %d: error %d is %.2g", seed, i, e)
					}
				}
			}
		})
	}
}

// A function that is not periodic, taken for one, has an estimate of its error that shows it.
func TestFalsePeriod(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	f := randomSmooth(random, 3, false)
	s := f.onGrid(random, 64, 21, .2, 0, true)
	if j := expect.OK(JetsOf([]Solution{s}, JetSettings{Order: 2}))(t); j.Errors[4] < .1 {
		t.Errorf("%v", j)
	}
}

// Jets that are drawn lie on the equation.
func TestJetsSolveTheEquation(t *testing.T) {
	for _, e := range []Equation{Heat(), Burgers(.1), KdV(), Cubic(), Fisher()} {
		var all []Solution
		for seed := range uint64(4) {
			all = append(all, expect.OK(e.Solve(Wave(rand.New(rand.NewPCG(seed, 2)), 128, 10, 3, .5), 10, .02, 41))(t))
		}
		j := expect.OK(JetsOf(all, JetSettings{Order: 3, Each: 50}))(t)
		x, y := expect.OK(dataset.Values(j.Samples.X))(t), expect.OK(dataset.Values(j.Samples.Y))(t)
		right := make([]float64, len(y))
		for i := range y {
			u := x[6*i+2 : 6*i+6]
			right[i] = polynomial(e.Source, u[0])
			for k := 1; k < len(e.Flux); k++ {
				right[i] -= float64(k) * e.Flux[k] * math.Pow(u[0], float64(k-1)) * u[1]
			}
			for k, c := range e.Linear {
				right[i] += c * u[k]
			}
		}
		if d := errorsOf(y, right, 1)[0]; d > 1e-4 {
			t.Errorf("%v: u_t is off by %.2g", e, d)
		}
		if len(j.Solutions) != 200 || j.Solutions[199] != 3 || j.Solutions[0] != 0 {
			t.Errorf("solutions %v", j.Solutions)
		}
	}
}

// Jets of a system: real and imaginary part of ψ with iψ_t = −ψ_xx, which is u_t = −w_xx, w_t = u_xx.
func TestJetsOfASystem(t *testing.T) {
	u, w := Solution{X: points(64, 2*math.Pi), Periodic: true}, Solution{X: points(64, 2*math.Pi), Periodic: true}
	for k := range 21 {
		at := .005 * float64(k)
		re, im := make([]float64, 64), make([]float64, 64)
		for i, x := range u.X {
			for n := 1.; n <= 3; n++ { // waves e^{i(nx − n²t + n)}/n
				sin, cos := math.Sincos(n*x - n*n*at + n)
				re[i], im[i] = re[i]+cos/n, im[i]+sin/n
			}
		}
		u.T, u.U = append(u.T, at), append(u.U, re)
		w.T, w.U = append(w.T, at), append(w.U, im)
	}
	j := expect.OK(JetsOfSystem([]string{"u", "w"}, [][]Solution{{u, w}, {w, u}}, JetSettings{Order: 2, Each: 100}))(t)
	if want := []string{"x", "t", "u", "w", "u_x", "w_x", "u_xx", "w_xx"}; !slices.Equal(j.Names, want) {
		t.Errorf("%v", j.Names)
	}
	x, y := expect.OK(dataset.Values(j.Samples.X))(t), expect.OK(dataset.Values(j.Samples.Y))(t)
	for i := range 100 {
		uxx, wxx := x[8*i+6], x[8*i+7]
		if math.Abs(y[2*i]+wxx) > 1e-4 || math.Abs(y[2*i+1]-uxx) > 1e-4 {
			t.Fatalf("jet %d: u_t = %g, −w_xx = %g; w_t = %g, u_xx = %g", i, y[2*i], -wxx, y[2*i+1], uxx)
		}
	}
	if x, y := expect.OK(dataset.Values(j.Second.X))(t), expect.OK(dataset.Values(j.Second.Y))(t); len(x) != 1600 || len(y) != 400 {
		t.Errorf("%d and %d numbers of the second estimate", len(x), len(y))
	}
	if got := j.String(); !strings.Contains(got, " w_xx ") || !strings.Contains(got, " w_t ") {
		t.Error(got)
	}
	shifted := u
	shifted.X = points(64, 6)
	_, err := JetsOfSystem([]string{"u", "w"}, [][]Solution{{w, shifted}}, JetSettings{Order: 2})
	expect.Error(t, err, "the grid of w differs", "solution 1 of 1")
	expect.Panic(t, "functions", func() { JetsOfSystem([]string{"u", "w"}, [][]Solution{{w}}, JetSettings{Order: 2}) })
}

func TestJetErrors(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	good := func() Solution { return randomSmooth(random, 2, false).onGrid(random, 20, 12, 1, 0, false) }
	for want, spoil := range map[string]func(s *Solution){
		"not even: X[3]": func(s *Solution) { s.X[3] += .01 },
		"not even: T[2]": func(s *Solution) { s.T[2] += .01 },
		"ascend":         func(s *Solution) { slices.Reverse(s.X) },
		"U[1][2] is NaN": func(s *Solution) { s.U[1][2] = math.NaN() },
		"9 times":        func(s *Solution) { s.T, s.U = s.T[:8], s.U[:8] },
		"11 points":      func(s *Solution) { *s = randomSmooth(random, 2, false).onGrid(random, 10, 12, 1, 0, false) },
		"rows":           func(s *Solution) { s.U = s.U[1:] },
		"U[0] has":       func(s *Solution) { s.U[0] = s.U[0][1:] },
		"at least 2":     func(s *Solution) { s.X = s.X[:1] },
	} {
		s := good()
		spoil(&s)
		_, err := JetsOf([]Solution{good(), s}, JetSettings{Order: 2})
		expect.Error(t, err, want, "solution 2 of 2")
	}
	expect.Panic(t, "Order", func() { JetsOf([]Solution{good()}, JetSettings{Order: 4}) })
	expect.Panic(t, "WindowT", func() { JetsOf([]Solution{good()}, JetSettings{Order: 2, WindowT: 1}) })
}

func TestWhatUsersHoldPrints(t *testing.T) {
	s := expect.OK(Heat().Solve(Wave(rand.New(rand.NewPCG(1, 2)), 16, 10, 2, 1), 10, .1, 11))(t)
	expect.Printed(t, []any{s, PlaneSolution{}, Heat(), JetSettings{}, expect.OK(JetsOf([]Solution{s}, JetSettings{Order: 2}))(t)})
}
