package spaces

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// momentsOf returns the moments of linear candidates, of gradients and data given by the rows.
func momentsOf(gradients, data [][]float64) *Moments {
	n := len(data[0])
	sum := func(rows [][]float64) *mat.SymDense {
		s := mat.NewSymDense(n, nil)
		for _, x := range rows {
			s.SymRankOne(s, 1, mat.NewVecDense(n, x))
		}
		return s
	}
	return &Moments{Coordinates: n, Gradients: sum(gradients), Data: sum(data)}
}

func equal(t *testing.T, what string, got mat.Matrix, want []float64) {
	t.Helper()
	if r, c := got.Dims(); !mat.EqualApprox(got, mat.NewDense(r, c, want), 1e-8) {
		t.Errorf("%s:\n%.6v\nwant %v", what, mat.Formatted(got), want)
	}
}

// The projectors have the spans of gradients and data as ranges, also if coordinates have units that
// differ by many orders of magnitude.
func TestSpans(t *testing.T) {
	for _, unit := range []float64{1, 1e7} {
		// data in the plane of e₁ and e₂ + e₃, gradients along e₁ and, weakly, e₂
		m := momentsOf([][]float64{{2 / unit, 0, 0}, {1 / unit, 1e-3, 0}}, [][]float64{{unit, 1, 1}, {-2 * unit, 1, 1}, {unit, -1, -1}})
		q, rank, err := m.DataSpan()
		if err != nil || rank != 2 {
			t.Fatalf("data of rank %d: %v", rank, err)
		}
		equal(t, "data", q, []float64{1, 0, 0, 0, .5, .5, 0, .5, .5})
	}
	m := momentsOf([][]float64{{2, 0, 0}, {1, 1e-3, 0}}, [][]float64{{1, 1, 1}, {-2, 1, 1}, {1, -1, -1}})
	p, rank, level, err := m.GradientSpan(1e-5)
	if err != nil || rank != 2 || level != 0 {
		t.Errorf("gradients of rank %d, %g left out: %v", rank, level, err)
	}
	equal(t, "gradients", p, []float64{1, 0, 0, 0, 1, 0, 0, 0, 0})
	// the defect of motion along the weak direction is √(λ₂/Σλ) = |det|/Σλ to first order
	if _, rank, level, err = m.GradientSpan(.01); err != nil || rank != 1 || math.Abs(level-2e-3/5) > 1e-9 {
		t.Errorf("gradients of rank %d, %g left out: %v", rank, level, err)
	}
	kept, err := m.Kept(p, expectSpan(t, m))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "kept", kept, []float64{1, 0, 0, 0, 1, 0, 0, 1, 0}) // to the gradients, e₂ and e₂ + e₃ are alike
	d, err := m.Measure(1e-5)
	if want := (Dimensions{Size: 3, Data: 2, Gradients: 2}); err != nil || d != want {
		t.Errorf("dimensions %v, want %v: %v", d, want, err)
	}
}

func expectSpan(t *testing.T, m *Moments) *mat.Dense {
	t.Helper()
	q, _, err := m.DataSpan()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// ρ_ref is √(unpaired/metric), at least 1/√n and at most 1.
func TestReference(t *testing.T) {
	var none *Moments
	for _, c := range []struct {
		m    *Moments
		want float64
	}{
		{none, 1},
		{&Moments{Coordinates: 4}, .5},
		{&Moments{Coordinates: 4, Unpaired: .36, UnpairedMetric: 1}, .6},
		{&Moments{Coordinates: 4, Unpaired: .01, UnpairedMetric: 1}, .5},
		{&Moments{Coordinates: 4, Unpaired: 9, UnpairedMetric: 1}, 1},
	} {
		if got := c.m.Reference(); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%+v: %g, want %g", c.m, got, c.want)
		}
	}
}

// After x ↦ q·x the data have mean 0 and the same spread in all directions.
func TestWhitening(t *testing.T) {
	const count, σ1, σ2, μ1, μ2 = 10., 3., .01, 5., -2.
	m := &Moments{Coordinates: 2, Gradients: mat.NewSymDense(2, []float64{1, 0, 0, 1}), Inner: mat.NewSymDense(2, []float64{1 / (σ1 * σ1), 0, 0, 1 / (σ2 * σ2)})}
	m.Data = mat.NewSymDense(3, []float64{
		count * (σ1*σ1 + μ1*μ1), count * μ1 * μ2, count * μ1,
		count * μ1 * μ2, count * (σ2*σ2 + μ2*μ2), count * μ2,
		count * μ1, count * μ2, count,
	})
	q, err := m.Whitening(3)
	if err != nil {
		t.Fatal(err)
	}
	var white mat.Dense
	white.Product(q, m.Data, q.T())
	white.Scale(1/count, &white)
	equal(t, "second moments", &white, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1})
	if s := m.Spread(2); math.Abs(s[0]-σ1) > 1e-12 || math.Abs(s[1]-σ2) > 1e-12 {
		t.Errorf("spreads %v", s)
	}
	m.Inner = mat.NewSymDense(2, []float64{1, 0, 0, 1.5})
	m.Data.SetSym(0, 2, 0)
	m.Data.SetSym(1, 2, 0)
	if q, err := m.Whitening(3); q != nil || err != nil {
		t.Errorf("nearly white data are changed by %v: %v", q, err)
	}
}

// Length is √E‖A·x‖².
func TestLength(t *testing.T) {
	m := momentsOf([][]float64{{1, 0}}, [][]float64{{3, 0}, {0, 4}})
	if got := m.Length(mat.NewDense(2, 2, []float64{0, -1, 1, 0})); math.Abs(got-5) > 1e-12 {
		t.Errorf("a rotation moves data by %g, want 5", got)
	}
}

// Axes near the coordinates span what the data fill, and Frame goes there and back.
func TestAxesAndFrame(t *testing.T) {
	m := momentsOf([][]float64{{1, 0, 0}}, [][]float64{{4, 4, 0}, {0, 0, 5}, {-4, -4, 0}, {0, 0, -5}})
	d := DataOf(m, 3)
	units := []float64{1, 1, 1}
	axes := d.Axes(units, 2)
	var projector mat.Dense
	projector.Mul(axes, axes.T())
	equal(t, "span", &projector, []float64{.5, .5, 0, .5, .5, 0, 0, 0, 1})
	to, back := d.Frame(nil, units, axes)
	var there mat.Dense
	there.Mul(to, back)
	equal(t, "there and back", &there, []float64{1, 0, 0, 1})
}
