package action_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// bumps is a tensor of smooth samples on a grid that fade out to the border: two
// Gaussians for each sample and channel.
func bumps(channels int, sizes ...int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(7, 0))
	dims := append([]int{batch}, sizes...)
	if channels > 1 {
		dims = append(dims, channels)
	}
	x := tensors.FromScalarAndDimensions(0.0, dims...)
	points := 1
	for _, s := range sizes {
		points *= s
	}
	tensors.MustMutableFlatData(x, func(v []float64) {
		for range 2 {
			for set := range batch * channels {
				height, centre := rng.NormFloat64(), random(rng, len(sizes))
				for place := range points {
					v[(set/channels*points+place)*channels+set%channels] += height * gaussian(place, sizes, centre)
				}
			}
		}
	})
	return x
}

// gaussian has a width of a twentieth of each side, its centre off the middle by
// half of that at most.
func gaussian(place int, sizes []int, centre []float64) float64 {
	sum := 0.0
	for axis := len(sizes) - 1; axis >= 0; axis-- {
		size := float64(sizes[axis])
		z := (float64(place%sizes[axis])-(size-1)/2)/(size/20) - .5*math.Tanh(centre[axis])
		sum += z * z / 2
		place /= sizes[axis]
	}
	return math.Exp(-sum)
}

func TestActionsAgreeWithTheirGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 0))
	turns := lie.Sum(lie.SO(3), lie.Scaling(3))
	brightness := action.Together(action.ImageAffine(21, 21), action.Affine(1, 21*21))
	for _, c := range []struct {
		name string
		a    action.Mover
		x    *tensors.Tensor
		k    int
	}{
		{"linear", action.Linear(3, 2), normal(rng, 6), 9},
		{"affine", action.Affine(2, 3), normal(rng, 3, 2), 6},
		{"one vector of many", action.Linear(17, 1), normal(rng, 17), 289},
		{"one point", action.Affine(9, 1), normal(rng, 9), 90},
		{"restricted", mover(action.Restricted(action.Linear(3, 2), turns)), normal(rng, 6), 4},
		{"restricted affine", mover(action.Restricted(action.Affine(3, 2), lie.SE(3))), normal(rng, 6), 6},
		{"complex", mover(action.ComplexLinear(2, 2)), normal(rng, 2, 4), 8},
		{"positions and masses", mover(action.Product(action.Part{action.Restricted(action.Linear(3, 2), turns), []int{2, 3}},
			action.Part{action.Affine(1, 2), []int{2}})), normal(rng, 8), 6},
		{"separate", mover(action.Separate(action.Linear(2, 1), []int{2}, 3)), normal(rng, 3, 2), 12},
		{"image", action.ImageAffine(21, 23), bumps(1, 21, 23), 6},
		{"image, projective", action.ImageProjective(21, 23), bumps(1, 21, 23), 8},
		{"image, channels", action.NewRaster(lie.Affine(2), 3, 20, 22), bumps(3, 20, 22), 6},
		{"image, brightness", mover(brightness), bumps(1, 21, 21), 8},
		{"image, colours", mover(action.Together(action.NewRaster(lie.SE(2), 3, 19, 17), action.Affine(3, 19*17))), bumps(3, 19, 17), 15},
		{"volume", action.VolumeAffine(14, 12, 13), bumps(1, 14, 12, 13), 12},
		{"volume, linear", action.VolumeLinear(13, 13, 13), bumps(1, 13, 13, 13), 9},
		{"signal", mover(action.Signal(50)), bumps(1, 50), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.a.Dim() != c.k {
				t.Errorf("K = %d, want %d", c.a.Dim(), c.k)
			}
			if err := action.Agrees(backend(), c.a, c.x, nil); err != nil {
				t.Error(err)
			}
			if err := c.a.Check([]int{1009}); err == nil {
				t.Error("inputs of 1009 numbers passed")
			}
		})
	}
}

func mover(a action.Action) action.Mover { return a.(action.Mover) }

// wrong is twist in which one thing is wrong.
type wrong struct {
	twist
	generator, tangents, contract, graph bool
}

func (w wrong) Dim() int { return 2 - 1 }

func (w wrong) Generator(h []float64) *mat.Dense {
	if w.generator {
		return mat.NewDense(1, 1, []float64{h[0] * h[0]})
	}
	return w.twist.Generator(h)
}

func (w wrong) Tangents(p *Node) *Node {
	switch {
	case w.graph:
		panic("a string")
	case w.tangents:
		return Neg(w.twist.Tangents(p))
	}
	return w.twist.Tangents(p)
}

func (w wrong) Contract(x, g *Node) *Node {
	if w.contract {
		return ReduceAndKeep(Mul(x, g), ReduceSum, -1)
	}
	return action.Contract(struct{ action.Action }{w}, x, g)
}

func TestAgreesTellsWhatIsWrong(t *testing.T) {
	x := normal(rand.New(rand.NewPCG(9, 0)), 3)
	group := func(h []float64, t float64, p []float64) []float64 {
		sin, cos := math.Sincos(t * h[0] * p[2])
		return []float64{cos*p[0] - sin*p[1], sin*p[0] + cos*p[1], p[2]}
	}
	for words, w := range map[string]wrong{
		"not linear":               {generator: true},
		"disagrees with its group": {tangents: true},
		"Contract":                 {contract: true},
		"a string":                 {graph: true},
	} {
		if err := action.Agrees(backend(), w, x, group); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("want an error that says %q, got %v", words, err)
		}
	}
	short := func(h []float64, t float64, p []float64) []float64 { return p[:2] }
	if err := action.Agrees(backend(), twist{}, x, short); err == nil {
		t.Error("a group that loses a number passed")
	}
	if err := action.Agrees(backend(), twist{}, tensors.FromValue([][]float32{{1, 2, 3}}), group); err == nil {
		t.Error("float32 inputs passed")
	}
}
