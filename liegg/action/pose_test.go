package action_test

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// pose runs Pose at one input: g, its inverse and how clear it is.
func pose(t *testing.T, a action.Poser, x []float64) (g, inverse *mat.Dense, clear float64, whole bool) {
	t.Helper()
	results := MustExecOnceN(backend(), func(x *Node) []*Node {
		g, inverse, clear, all := a.Pose(x)
		whole = all
		return []*Node{g, inverse, clear}
	}, tensors.FromFlatDataAndDimensions(x, 1, len(x)))
	n := action.GeneratorSize(a)
	return mat.NewDense(n, n, tensors.MustCopyFlatData[float64](results[0])), mat.NewDense(n, n, tensors.MustCopyFlatData[float64](results[1])), tensors.MustCopyFlatData[float64](results[2])[0], whole
}

// The pose of a moved input is the moved pose, and the canonical input stays the same.
func TestPoseMovesWithTheInput(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	for name, c := range map[string]struct {
		a     action.Poser
		size  int
		whole bool
	}{
		"two vectors of the plane":   {action.Linear(2, 2), 4, true},
		"two vectors of space":       {action.Linear(3, 2), 6, true},
		"three vectors of space":     {action.Linear(3, 3), 9, true},
		"four vectors of R⁵":         {action.Linear(5, 4), 20, true},
		"two vectors of R⁵":          {action.Linear(5, 2), 10, false},
		"points of the plane":        {action.Affine(2, 3), 6, true},
		"points of space":            {action.Affine(3, 4), 12, true},
		"two points of space":        {action.Affine(3, 2), 6, false},
		"two points with directions": {action.Affine(3, 2).WithDirections(2), 12, true},
		"a line":                     {action.Linear(1, 3), 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			x := make([]float64, c.size)
			for i := range x {
				x[i] = random.NormFloat64()
			}
			n := action.GeneratorSize(c.a)
			h := lie.Exp(mat.NewDense(n, n, nil), 1)
			if algebra := c.a.PoseAlgebra(); algebra.Dim() > 0 {
				parameters := make([]float64, algebra.Dim())
				for i := range parameters {
					parameters[i] = random.NormFloat64()
				}
				h = lie.Exp(algebra.Generator(parameters), 1)
			}
			moved := carried(t, c.a, tensors.FromFlatDataAndDimensions(x, 1, c.size), h)
			g, inverse, clear, whole := pose(t, c.a, x)
			there, back, same, _ := pose(t, c.a, moved)
			if whole != c.whole || !(clear > 1e-3) || math.Abs(same-clear) > 1e-9 {
				t.Errorf("whole %v, want %v; clear %g and %g", whole, c.whole, clear, same)
			}
			var want, one mat.Dense
			want.Mul(h, g)
			one.Mul(inverse, g)
			expect.Near(t, "g(h·x)", there.RawMatrix().Data, want.RawMatrix().Data, 1e-9)
			for i := range n {
				if v := one.At(i, i); math.Abs(v-1) > 1e-9 && (c.whole || v != 0) {
					t.Errorf("g⁻¹g has %g on its diagonal", v)
				}
			}
			canonical := func(x []float64, inverse *mat.Dense) []float64 {
				return carried(t, c.a, tensors.FromFlatDataAndDimensions(x, 1, c.size), inverse)
			}
			expect.Near(t, "canonical inputs", canonical(moved, back), canonical(x, inverse), 1e-9)
			if c.whole && math.Abs(mat.Det(g)-1) > 1e-9 {
				t.Errorf("det g = %g", mat.Det(g))
			}
		})
	}
}

// An image that turns has a pose that turns, as far as pixels tell.
func TestPoseOfImages(t *testing.T) {
	const size = 24
	spot := func(a, b float64) func(x, y float64) float64 {
		return func(x, y float64) float64 { return math.Exp(-((x-a)*(x-a) + (y-b)*(y-b)) / 6) }
	}
	head, tail := spot(5, 1), spot(-4, -1)
	for name, c := range map[string]struct {
		a        action.Poser
		channels int
	}{"grey": {action.ImageLinear(size, size), 1}, "affine": {action.ImageAffine(size, size), 1}, "colours": {action.ImageAffine(size, size, action.ChannelsLast(2)), 2}} {
		for _, angle := range []float64{.1, 1, 2.5, -1.7} {
			draw := func(angle float64) (pixels []float64) {
				sin, cos := math.Sincos(angle)
				for row := range size {
					for column := range size {
						x, y := float64(column)-(size-1)/2., float64(row)-(size-1)/2.
						u, v := cos*x+sin*y, cos*y-sin*x
						for k := range c.channels {
							pixels = append(pixels, 1+float64(k+1)*(head(u, v)+.5*tail(u, v)))
						}
					}
				}
				return pixels
			}
			g, inverse, clear, whole := pose(t, c.a, draw(0))
			there, _, _, _ := pose(t, c.a, draw(angle))
			turn := mat.DenseCopyOf(lie.Exp(lie.UnitSpeed(c.a.PoseAlgebra().Basis()[0]), angle))
			var want mat.Dense
			want.Mul(turn, g)
			expect.Near(t, name, there.RawMatrix().Data, want.RawMatrix().Data, .01)
			want.Mul(inverse, g)
			expect.Near(t, name, want.RawMatrix().Data, lie.Exp(mat.NewDense(turn.RawMatrix().Rows, turn.RawMatrix().Rows, nil), 1).RawMatrix().Data, 1e-12)
			if !whole || clear < .1 {
				t.Errorf("%s: whole %v, clear %g", name, whole, clear)
			}
		}
	}
}

// Symmetric inputs say that they are, and give no NaN.
func TestUnclearPoses(t *testing.T) {
	round, alike := make([]float64, 144), make([]float64, 144)
	for i := range round {
		x, y := float64(i%12)-5.5, float64(i/12)-5.5
		round[i] = math.Exp(-(x*x + y*y) / 6)
		alike[i] = math.Exp(-x*x/12 - y*y/2)
	}
	for name, c := range map[string]struct {
		a action.Poser
		x []float64
	}{
		"nothing":            {action.Linear(3, 2), make([]float64, 6)},
		"on one line":        {action.Linear(3, 2), []float64{1, 2, 3, -2, -4, -6}},
		"points on a line":   {action.Affine(3, 3), []float64{0, 0, 0, 1, 1, 1, 3, 3, 3}},
		"one place":          {action.Affine(2, 3), []float64{5, 1, 5, 1, 5, 1}},
		"round":              {action.ImageLinear(12, 12), round},
		"alike at both ends": {action.ImageLinear(12, 12), alike},
		"black":              {action.ImageAffine(12, 12), make([]float64, 144)},
	} {
		g, inverse, clear, _ := pose(t, c.a, c.x)
		if !(clear < 1e-6) {
			t.Errorf("%s: clear %g", name, clear)
		}
		if v := mat.Norm(g, 2) + mat.Norm(inverse, 2); v-v != 0 {
			t.Errorf("%s: %v", name, mat.Formatted(g))
		}
	}
}
