package action_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

// faraway are inputs of two points of R² about (100, −300).
func faraway(t *testing.T) *tensors.Tensor {
	values := expect.OK(tensors.CopyFlatData[float64](normals(3, 20, 4)))(t)
	for i := range values {
		values[i] += []float64{100, -300}[i%2]
	}
	return tensors.FromFlatDataAndDimensions(values, 20, 4)
}

// translating are actions that have translations, on two points of R².
func translating() map[string]action.Action {
	half := action.Part{Action: action.Affine(2, 1), Shape: []int{2}}
	return map[string]action.Action{
		"affine":                   action.Affine(2, 2),
		"restricted":               action.Restricted(action.Affine(2, 2), lie.SE(2)),
		"product":                  action.Product(half, half),
		"together":                 action.Together(action.Affine(2, 2)),
		"equivariant":              action.Equivariant(action.Affine(2, 2), rep.Standard(2)).Action,
		"fields of degree 1":       action.Polynomial(2, 2, 1),
		"fields of degree 2":       action.Polynomial(2, 2, 2),
		"restricted in a product":  action.Product(action.Part{Action: action.Restricted(action.Affine(2, 2), lie.SE(2)), Shape: []int{4}}),
		"linear beside the affine": action.Product(half, action.Part{Action: action.Linear(2, 1), Shape: []int{2}}),
	}
}

// About a centre, actions still do what their generators say.
func TestCentredActionsAgree(t *testing.T) {
	for name, a := range translating() {
		t.Run(name, func(t *testing.T) {
			x := faraway(t)
			centred := expect.OK(action.Centre(a, x))(t)
			h := make([]float64, a.Dim())
			h[0] = 1
			if mat.Equal(centred.Generator(h), centred.(action.Centred).LocalGenerator(h)) {
				t.Error("the centre is still the origin")
			}
			if err := action.Agrees(backend(), centred, x, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// Generators in the coordinates of the inputs have coefficients about the centre, and
// these give them back.
func TestCoefficientsAboutACentre(t *testing.T) {
	for name, a := range translating() {
		t.Run(name, func(t *testing.T) {
			centred := expect.OK(action.Centre(a, faraway(t)))(t)
			want := make([]float64, a.Dim())
			for i := range want {
				want[i] = math.Sin(float64(3*i + 1))
			}
			h, off, err := action.Coefficients(centred, centred.Generator(want))
			if err != nil || !(off[0] < 1e-6) {
				t.Fatalf("%v, off by %v", err, off)
			}
			expect.Near(t, "coefficients", mat.Col(nil, 0, h), want, 1e-6)
		})
	}
}

func TestCentreIsTheOriginWhereItServes(t *testing.T) {
	for what, c := range map[string]struct {
		a    action.Action
		x    *tensors.Tensor
		away bool
	}{
		"linear maps":            {action.Linear(2, 2), faraway(t), false},
		"data about the origin":  {action.Affine(2, 2), normals(4, 20, 4), false},
		"data far away":          {action.Affine(2, 2), faraway(t), true},
		"constant data far away": {action.Affine(2, 2), tensors.FromFlatDataAndDimensions([]float64{5, 5, 5, 5}, 1, 4), true},
		"data that are not finite": {action.Affine(2, 2),
			tensors.FromFlatDataAndDimensions([]float64{math.Inf(1), 5, 5, math.NaN()}, 1, 4), false},
		"data that overflow when squared": {action.Affine(1, 4), tensors.FromFlatDataAndDimensions([]float64{1.5e308, 1.5e308, 1.5e308, -1e308}, 1, 4), false},
	} {
		a := expect.OK(action.Centre(c.a, c.x))(t)
		if q := action.Centring(a); (q != nil) != c.away {
			t.Errorf("%s: centring %v", what, q)
		}
	}
	if _, err := action.Centre(action.Affine(2, 2), normals(1, 3, 5)); err == nil {
		t.Error("inputs of another size were taken")
	}
}

// The centre has few digits, and in float32 it is what the graph subtracts.
func TestCentreIsRounded(t *testing.T) {
	x := make([]float32, 2000)
	for i := range x {
		x[i] = 12345.678 + .03*float32(math.Sin(float64(i*i)))
	}
	a := expect.OK(action.Centre(action.Affine(1, 1), tensors.FromFlatDataAndDimensions(x, 2000, 1)))(t)
	if got, want := -action.Centring(a).At(0, 1), float64(float32(12345.68)); got != want {
		t.Errorf("centre %v of %v, want %v", got, dtypes.Float32, want)
	}
}
