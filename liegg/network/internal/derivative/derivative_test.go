package derivative

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
)

// Pushing and pulling together gives the same results as one by one.
func TestTogetherAsOneByOne(t *testing.T) {
	backend := expect.OK(purego.New())(t)
	const batch, n, m, k = 3, 4, 5, 19 // more than go together
	rng := rand.New(rand.NewPCG(5, 0))
	x, w := vjptest.Normal(rng, batch, n), vjptest.Normal(rng, n, m)
	vs, us := vjptest.Normal(rng, k, batch, n), vjptest.Normal(rng, k, batch, m)
	f := func(x, w *Node) *Node { return Tanh(Dot(Square(Sin(x)), w).Product()) }
	results, err := CallOnceN(backend, func(x, w, vs, us *Node) []*Node {
		y := f(x, w)
		var along, against []*Node
		for i := range k {
			along = append(along, Squeeze(Slice(vs, AxisElem(i)), 0))
			against = append(against, Squeeze(Slice(us, AxisElem(i)), 0))
		}
		twice := pushTwice(x, along, []*Node{y, Square(y)})
		once := Push(x, along, y, Square(y))
		var gradients []*Node
		for o := range m {
			gradients = append(gradients, Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(o))), x)[0])
		}
		return []*Node{
			once[0], twice[0], once[1], twice[1],
			Stack(PullAll(x, y, against), 0), Stack(pullEach(x, y, against), 0),
			Stack(Gradients(x, y), 0), Stack(gradients, 0),
		}
	}, x, w, vs, us)
	if err != nil {
		t.Fatal(err)
	}
	for i, what := range []string{"pushed", "pushed to another output", "pulled", "gradients"} {
		got, want := results[2*i], results[2*i+1]
		if !got.Shape().Equal(want.Shape()) {
			t.Fatalf("%s: shape %s, want %s", what, got.Shape(), want.Shape())
		}
		expect.Near(t, what, tensors.MustCopyFlatData[float64](got), tensors.MustCopyFlatData[float64](want), 1e-12)
	}
}
