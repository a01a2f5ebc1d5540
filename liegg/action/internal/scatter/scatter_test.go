package scatter

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"
)

// sheared draws points of R² with mean (5, −3) and the covariance [[4, 6], [6, 10]]·unit².
func sheared(count int, unit float64) *mat.Dense {
	random := rand.New(rand.NewPCG(1, 0))
	points := mat.NewDense(count, 2, nil)
	for i := range count {
		u, v := random.NormFloat64(), random.NormFloat64()
		points.SetRow(i, []float64{unit * (5 + 2*u), unit * (-3 + 3*u + v)})
	}
	return points
}

func near(t *testing.T, what string, got mat.Matrix, want []float64, tolerance float64) {
	t.Helper()
	r, c := got.Dims()
	var off mat.Dense
	off.Sub(got, mat.NewDense(r, c, want))
	if size := mat.Norm(mat.NewDense(r, c, want), 2); mat.Norm(&off, 2) > tolerance*size {
		t.Errorf("%s:\n%.5v\nwant %v", what, mat.Formatted(got), want)
	}
}

// The moment about the mean is the covariance, also if a far point would rule it, and its inverse is
// the inverse.
func TestMoment(t *testing.T) {
	const count = 20_000
	points := sheared(count, 1e-3)
	m, inverse, ok := Moment(mat.DenseCopyOf(points), true)
	if !ok {
		t.Fatal("no moment")
	}
	want := []float64{4e-6, 6e-6, 6e-6, 1e-5}
	near(t, "covariance", m, want, .03)
	var product mat.Dense
	product.Mul(m, inverse)
	near(t, "M·M⁻¹", &product, []float64{1, 0, 0, 1}, 1e-9)

	points.SetRow(17, []float64{1e6, 1e6})
	if m, _, ok = Moment(points, true); !ok {
		t.Fatal("no moment with a far point")
	}
	if ratio := m.At(0, 0) / m.At(1, 1); math.Abs(ratio-.4) > .05 || m.At(1, 1) > 1e-4 {
		t.Errorf("a far point rules the moment:\n%v", mat.Formatted(m))
	}

	about0, _, ok := Moment(mat.NewDense(2, 2, []float64{3, 0, 0, 4}), false)
	if !ok {
		t.Fatal("no moment about 0")
	}
	near(t, "moment about 0", about0, []float64{4.5, 0, 0, 8}, 1e-12)
}

// A direction without points gets the mean size of the others.
func TestMomentOfALine(t *testing.T) {
	m, inverse, ok := Moment(mat.NewDense(4, 2, []float64{2, 0, -2, 0, 2, 0, -2, 0}), true)
	if !ok {
		t.Fatal("no moment")
	}
	near(t, "moment", m, []float64{4, 0, 0, 4}, 1e-12)
	near(t, "inverse", inverse, []float64{.25, 0, 0, .25}, 1e-12)
	for name, points := range map[string]*mat.Dense{"equal": mat.NewDense(2, 1, []float64{3, 3}), "infinite": mat.NewDense(2, 1, []float64{3, math.Inf(1)})} {
		if _, _, ok := Moment(points, true); ok {
			t.Errorf("%s points have a moment", name)
		}
	}
}

// The centre is the mean to the first digit of the spread, or nil if the origin is as good.
func TestCentre(t *testing.T) {
	values := sheared(20_000, 1).RawMatrix().Data
	if c := Centre(values, 2, dtypes.Float64); len(c) != 2 || c[0] != 5 || c[1] != -3 {
		t.Errorf("centre %v, want [5 -3]", c)
	}
	if c := Centre([]float64{-1, 2, 1, -2, .5, .1}, 2, dtypes.Float64); c != nil {
		t.Errorf("points about 0 have the centre %v", c)
	}
	if c := Centre([]float64{100.06, 100.04, 100.05}, 1, dtypes.Float32); len(c) != 1 || c[0] != float64(float32(100.05)) {
		t.Errorf("centre %v, want 100.05 in float32", c)
	}
}

// The edge of an ellipsoid holds 99 % of the points, and a shape that g moves has at x the radius that
// the first has at g·x.
func TestEllipsoids(t *testing.T) {
	points := sheared(5000, 1)
	var rows [][]float64
	for i := range 5000 {
		rows = append(rows, points.RawRowView(i))
	}
	shapes, edge := Ellipsoids(rows, 1, 2)
	inside := 0
	for _, x := range rows {
		if LargestRadius(shapes, [][]float64{x}) <= 1 {
			inside++
		}
	}
	if math.Abs(edge-1) > 1e-12 || inside != 4950 {
		t.Errorf("edge %g, %d of 5000 points inside", edge, inside)
	}
	// with unit covariance the squared radius of 99 % is 9.21 in the plane
	if r := LargestRadius(shapes, [][]float64{{5 + 2*math.Sqrt(9.21), -3 + 3*math.Sqrt(9.21)}}); math.Abs(r-1) > .05 {
		t.Errorf("a point at the edge has the radius %g", r)
	}
	g := mat.NewDense(3, 3, []float64{0, -1, .5, 1, 0, 2, 0, 0, 1})
	moved := []Ellipsoid{shapes[0].MovedBy(g, true)}
	for _, x := range rows[:20] {
		gx := []float64{-x[1] + .5, x[0] + 2}
		deviation := []float64{x[0] - shapes[0].Mean[0], x[1] - shapes[0].Mean[1]}
		if got, want := LargestOfCentred(moved, deviation), LargestRadius(shapes, [][]float64{gx}); math.Abs(got-want) > 1e-9*want {
			t.Errorf("radius %g at x, %g at g·x", got, want)
		}
	}
}

// Spread takes each number's deviation from its own mean, or its size if it does not vary.
func TestSpread(t *testing.T) {
	values := []float64{1, 7, 5, 3, 7, 5, 1, 7, 5, 3, 7, 5}
	for _, c := range []struct {
		from, to int
		want     float64
	}{{0, 1, 1}, {0, 2, math.Sqrt(.5)}, {1, 3, math.Sqrt(37)}} {
		if got := Spread(values, c.from, c.to, 3); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("numbers %d…%d spread by %g, want %g", c.from, c.to-1, got, c.want)
		}
	}
}
