package flow_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// molecules are positions of three atoms in float32 and their species, packed, with the action
// of affine maps on the positions.
func molecules(t *testing.T, n int) (p *network.Packing, a action.Action, x network.Inputs) {
	t.Helper()
	random := rand.New(rand.NewPCG(61, 0))
	positions, species := make([]float32, n*9), make([]int32, n*3)
	for i := range positions {
		positions[i] = float32(random.NormFloat64())
	}
	for i := range species {
		species[i] = random.Int32N(4)
	}
	data := map[string]*tensors.Tensor{"positions": tensors.FromFlatDataAndDimensions(positions, n, 3, 3), "species": tensors.FromFlatDataAndDimensions(species, n, 3)}
	p = ok(network.PackingOf(data))(t)
	a = ok(p.Moving(network.Move{Action: action.Affine(3, 3), Inputs: []string{"positions"}}))(t)
	return p, a, network.Tensor(ok(p.Pack(data))(t))
}

// pairs are Σ w(z_i)·w(z_j)·√(1 + ‖x_i − x_j‖²), with the distances along the first axis
// stretched.
func pairs(stretched float64) func(in map[string]*Node) *Node {
	return func(in map[string]*Node) *Node {
		x := in["positions"]
		w := Gather(Const(x.Graph(), []float32{1, -2, .5, 3}), ExpandAxes(in["species"], -1))
		squares := Square(Sub(ExpandAxes(x, 1), ExpandAxes(x, 2)))
		stretch := Const(x.Graph(), [][][][]float32{{{{float32(1 + stretched), 1, 1}}}})
		squares = Mul(squares, stretch)
		return ReduceSum(Mul(Mul(ExpandAxes(w, 1), ExpandAxes(w, 2)), Sqrt(AddScalar(ReduceSum(squares, -1), 1))), 1, 2)
	}
}

// Moved positions keep their species: flows confirm se(3), refinement recovers it from a perturbed
// algebra, and a broken symmetry is found.
func TestFlowsOfPackedInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p, a, x := molecules(t, 500)
	exact, broken := p.Exact(pairs(0)), p.Exact(pairs(.5))
	exact.Backend, broken.Backend = pureGo(), pureGo()
	j := ok(flow.Judge(exact, a, x, flow.Settings{Points: 4, Random: 3}))(t)
	if r := j.Rungs[0]; j.Verdict.Answer != liegg.Symmetric || j.Verdict.Name() != "se(3)" || r.Finding != flow.Confirmed || r.Delta > 1e-4 {
		t.Errorf("want se(3), confirmed, got\n%v", j)
	}
	for _, c := range []struct {
		network *network.Network
		verdict flow.Verdict
	}{{exact, flow.Invariant}, {broken, flow.Broken}} {
		r := ok(flow.Test(c.network, a, flow.Rotation(3, 0, 1), x, flow.Settings{}))(t)
		if r.Verdict != c.verdict {
			t.Errorf("a rotation: %v, want %v", r, c.verdict)
		}
		if m := ok(flow.TestMap(c.network, a, flow.Reflection(3, 0), x, flow.Settings{}))(t); m.Verdict != flow.Invariant {
			t.Errorf("a reflection: %v", m)
		}
	}
	off := ok(lie.SE(3).Conjugate(lie.Exp(a.Generator([]float64{.04, 0, 0, 0, 0, .03, 0, 0, 0, 0, -.02, 0}), 1)))(t)
	r := ok(flow.Refine(exact, a, off, x, flow.Settings{Points: 2, Fit: flow.Fit{Reach: .5}}))(t)
	if θ := lie.LargestAngle(r.After, lie.SE(3)); θ > 1e-3 {
		t.Errorf("refined to %g rad from se(3):\n%v", θ, r)
	}
}
