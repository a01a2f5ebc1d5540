package trials

import (
	"math"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/network"
)

// Heavy tails go through asinh, normal numbers do not; the graph does what apply does, and
// can be undone.
func TestScaling(t *testing.T) {
	for _, c := range []struct {
		name  string
		draw  Draw
		heavy bool
	}{{"normal", normal(3), false}, {"far from 0", shifted(30, normal(3)), false}, {"Student's t", student(1.5, 3), true}, {"potential", scaled(1e9, student(.3, 3)), true}} {
		const n = 5000
		x := tensors.FromFlatDataAndDimensions(c.draw(newRandom(1, 0), n), n, 3)
		z := fitScaling(tensors.MustCopyFlatData[float64](x), 3)
		if z.heavy != c.heavy {
			t.Errorf("%s: heavy is %t", c.name, z.heavy)
		}
		wanted, values := tensors.MustCopyFlatData[float64](z.apply(x)), tensors.MustCopyFlatData[float64](x)
		straight, x2 := z.straight(), tensors.FromFlatDataAndDimensions(slices.Concat(z.middle, z.size), 2, 3)
		if s := tensors.MustCopyFlatData[float64](straight.apply(x2)); s[0] != 0 || straight.heavy {
			t.Errorf("%s: without asinh, the median becomes %g", c.name, s[0])
		}
		squares := 0.
		for _, v := range wanted {
			squares += v * v / float64(len(wanted))
		}
		if math.Abs(squares-1) > 1e-9 {
			t.Errorf("%s: a mean square of %g", c.name, squares)
		}
		for name, of := range map[string]struct {
			graph func(x *Node) *Node
			want  []float64
		}{"apply": {z.graph, wanted}, "undone": {func(x *Node) *Node { return z.undone(z.graph(x)) }, values}} {
			y, err := network.Exact(of.graph).Predict(x)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range tensors.MustCopyFlatData[float64](y) {
				if math.Abs(v-of.want[i]) > 1e-8*(math.Abs(of.want[i])+z.size[i%3]) {
					t.Fatalf("%s, %s: number %d is %g, want %g", c.name, name, i, v, of.want[i])
				}
			}
		}
	}
}

// The graph does what polar does: a direction and the logarithm of its size.
func TestPolar(t *testing.T) {
	x := tensors.FromFlatDataAndDimensions([]float64{0, 0, 3e5, -4e5, .3, .4}, 3, 2)
	far := math.Sqrt(1 + 25e10/2)
	near := math.Sqrt(1 + .25/2)
	want := []float64{0, 0, 0, 3e5 / far, -4e5 / far, math.Log(far), .3 / near, .4 / near, math.Log(near)}
	y, err := network.Exact(polarNode).Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]*tensors.Tensor{"polar": polar(x), "polarNode": y} {
		if !floats.EqualApprox(tensors.MustCopyFlatData[float64](got), want, 1e-12) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
