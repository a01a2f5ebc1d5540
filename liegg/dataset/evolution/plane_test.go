package evolution

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
)

// inPlane is Σ a·sin(kx + ly + ωt + φ).
type inPlane []struct{ a, k, l, ω, φ float64 }

// at returns the derivative of order i in x, j in y and m in t.
func (f inPlane) at(x, y, t float64, i, j, m int) (sum float64) {
	for _, w := range f {
		sum += w.a * math.Pow(w.k, float64(i)) * math.Pow(w.l, float64(j)) * math.Pow(w.ω, float64(m)) *
			math.Sin(w.k*x+w.l*y+w.ω*t+w.φ+math.Pi/2*float64(i+j+m))
	}
	return sum
}

func (f inPlane) onGrid(nx, ny, times int, periodic bool) PlaneSolution {
	s := PlaneSolution{X: points(nx, 2*math.Pi), Y: points(ny, 2*math.Pi), Periodic: periodic}
	for k := range times {
		t := .01 * float64(k)
		var rows [][]float64
		for _, y := range s.Y {
			row := make([]float64, nx)
			for i, x := range s.X {
				row[i] = f.at(x, y, t, 0, 0, 0)
			}
			rows = append(rows, row)
		}
		s.T, s.U = append(s.T, t), append(s.U, rows)
	}
	return s
}

// Derivatives in the plane agree with the formula, for periodic functions, for others, and for two
// functions at once.
func TestJetsInPlane(t *testing.T) {
	for name, periodic := range map[string]bool{"spectral": true, "polynomial": false} {
		most := map[bool]float64{true: 2e-3, false: .02}[periodic]
		random := rand.New(rand.NewPCG(3, 1))
		var functions [2]inPlane
		for f := range functions {
			functions[f] = make(inPlane, 5)
			for i := range functions[f] {
				w := &functions[f][i]
				w.a, w.k, w.l, w.ω, w.φ = random.NormFloat64(), float64(1+random.IntN(3)), float64(random.IntN(3)), random.NormFloat64(), random.Float64()
				if !periodic {
					w.k, w.l = .7*w.k, .6*w.l
				}
			}
		}
		system := []PlaneSolution{functions[0].onGrid(80, 72, 15, periodic), functions[1].onGrid(80, 72, 15, periodic)}
		j := expect.OK(JetsInPlane([]string{"u", "w"}, [][]PlaneSolution{system}, JetSettings{Order: 2, Each: 200}))(t)
		want := []string{"x", "y", "t", "u", "w", "u_x", "w_x", "u_y", "w_y", "u_xx", "w_xx", "u_xy", "w_xy", "u_yy", "w_yy"}
		if !slices.Equal(j.Names, want) {
			t.Fatalf("%v", j.Names)
		}
		x, y := expect.OK(dataset.Values(j.Samples.X))(t), expect.OK(dataset.Values(j.Samples.Y))(t)
		orders := []powers{{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}}
		for i := range 200 {
			row := x[15*i : 15*i+15]
			for f, u := range functions {
				for k, o := range orders {
					if d := math.Abs(row[3+2*k+f] - u.at(row[0], row[1], row[2], o.x, o.y, 0)); d > most {
						t.Fatalf("%s: %s is off by %.2g", name, j.Names[3+2*k+f], d)
					}
				}
				if d := math.Abs(y[2*i+f] - u.at(row[0], row[1], row[2], 0, 0, 1)); d > most {
					t.Fatalf("%s: the derivative in t is off by %.2g", name, d)
				}
			}
		}
	}
}

func TestJetsInPlaneErrors(t *testing.T) {
	f := inPlane{{1, 1, 1, 1, 0}}
	good := func() PlaneSolution { return f.onGrid(16, 18, 12, false) }
	for want, spoil := range map[string]func(s *PlaneSolution){
		"not even: X[3]":        func(s *PlaneSolution) { s.X = slices.Clone(s.X); s.X[3] += .01 },
		"second axis is Y":      func(s *PlaneSolution) { s.Y = slices.Clone(s.Y); s.Y[3] += .01 },
		"not even: T[2]":        func(s *PlaneSolution) { s.T[2] += .001 },
		"is NaN":                func(s *PlaneSolution) { s.U[1][2][3] = math.NaN() },
		"9 times":               func(s *PlaneSolution) { s.T, s.U = s.T[:8], s.U[:8] },
		"11 points of each":     func(s *PlaneSolution) { *s = f.onGrid(16, 9, 12, false) },
		"11 times for 12 times": func(s *PlaneSolution) { s.U = s.U[1:] },
	} {
		s := good()
		spoil(&s)
		_, err := JetsInPlane([]string{"u"}, [][]PlaneSolution{{s}}, JetSettings{Order: 2})
		expect.Error(t, err, want, "solution 1 of 1")
	}
	expect.Panic(t, "functions", func() {
		JetsInPlane([]string{"u", "w"}, [][]PlaneSolution{{good()}}, JetSettings{Order: 2})
	})
	other := f.onGrid(16, 20, 12, false)
	_, err := JetsInPlane([]string{"u", "w"}, [][]PlaneSolution{{good(), other}}, JetSettings{Order: 2})
	expect.Error(t, err, "the grid of w differs")
}
