package doubt

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

var rotation = mat.NewDense(2, 2, []float64{0, -1, 1, 0})

// outputsOf measures f at normal points of the plane, of which every hundredth is shifted by (far, 0).
func outputsOf(t *testing.T, f func(x *Node) *Node, far float64) *moved.Outputs {
	t.Helper()
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float64, 2*2000)
	for i := range values {
		if values[i] = random.NormFloat64(); i%200 == 0 {
			values[i] += far
		}
	}
	held := expect.OK(network.Buffer(network.Tensor(tensors.FromFlatDataAndDimensions(values, len(values)/2, 2)), 500))(t)
	plan := sampling.Plan{Resamples: 200}
	o := expect.OK(moved.New(network.Exact(f), action.Linear(2, 1), held, plan, moved.Settings{Outside: .1, Tolerance: 1e-4}))(t)
	t.Cleanup(o.Finalize)
	return o
}

func circular(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }

func first(x *Node) *Node { return Slice(x, AxisRange(), AxisRange(0, 1)) }

// A cluster of 1 % at which f changes along a flow is found, with its share and its samples. f is
// |x|² to the left of x₁ = 10, and depends on x₂ to the right.
func TestMinority(t *testing.T) {
	broken := func(x *Node) *Node {
		second := Slice(x, AxisRange(), AxisRange(1, 2))
		return Where(GreaterThan(first(x), OnesLike(second)), Add(circular(x), MulScalar(second, 50)), circular(x))
	}
	cut := func(x *Node) *Node { // only beyond x₁ = 10
		return Where(GreaterThan(first(x), MulScalar(OnesLike(first(x)), 10)), broken(x), circular(x))
	}
	m := expect.OK(MinorityAt(outputsOf(t, cut, 20), rotation, .05, false, .01))(t)
	if m == nil {
		t.Fatal("no samples break the rotation")
	}
	if m.Share < .005 || m.Share > .0101 || slices.ContainsFunc(m.samples, func(i int) bool { return i%100 != 0 }) || m.δ < .01 {
		t.Errorf("a share of %g, samples %v, Δ ≥ %g", m.Share, m.samples, m.δ)
	}
	for _, exact := range []bool{false, true} {
		if m := expect.OK(MinorityAt(outputsOf(t, circular, 20), rotation, .05, exact, .01))(t); m != nil {
			t.Errorf("samples %v break the rotation of |x|²", m.samples)
		}
	}
	if m := expect.OK(MinorityAt(outputsOf(t, cut, 20), rotation, .05, true, .01))(t); m == nil || !m.exact {
		t.Error("no samples break the rotation by more than rounding")
	}
}

// A cluster of 1 % is also found if f changes a little at all other samples, so that the largest of their
// changes exceed ten times the mean of most.
func TestMinorityBesideATail(t *testing.T) {
	second := func(x *Node) *Node { return Slice(x, AxisRange(), AxisRange(1, 2)) }
	for _, little := range []float64{0, .3, 1, 3} {
		f := func(x *Node) *Node {
			factor := Where(GreaterThan(first(x), MulScalar(OnesLike(first(x)), 10)), MulScalar(OnesLike(first(x)), 50), MulScalar(OnesLike(first(x)), little))
			return Add(circular(x), Mul(second(x), factor))
		}
		m := expect.OK(MinorityAt(outputsOf(t, f, 20), rotation, .05, false, 1e-3))(t)
		if m == nil {
			t.Errorf("no samples break the rotation beside changes by %g of x₂", little)
		} else if m.Share < .005 || m.Share > .0101 || slices.ContainsFunc(m.samples, func(i int) bool { return i%100 != 0 }) {
			t.Errorf("beside changes by %g of x₂, a share of %g, samples %v", little, m.Share, m.samples)
		}
	}
}

// The end of a tail of changes that falls off evenly is no minority; a few changes apart from it are.
func TestTailIsNoMinority(t *testing.T) {
	const n, limit = 1500, 1
	random := rand.New(rand.NewPCG(8, 0))
	tail := make([]float64, n)
	for i := range tail {
		tail[i] = .1 * math.Exp(random.NormFloat64()) // log-normal, as of a trained network
	}
	slices.Sort(tail)
	if tail[n-fewestBroken] <= limit {
		t.Fatalf("less than %d samples are above the limit", fewestBroken)
	}
	for name, c := range map[string]struct {
		Δ     []float64
		level float64 // 0 for no minority
	}{
		"a tail":               {tail, 0},
		"a minority":           {slices.Concat(slices.Repeat([]float64{1e-3}, n), slices.Repeat([]float64{3}, 15)), limit},
		"both":                 {slices.Concat(tail, slices.Repeat([]float64{300}, 15)), 100},
		"two after a tail":     {slices.Concat(tail, []float64{300, 300}), 0},
		"no changes":           {make([]float64, n), 0},
		"no samples":           {nil, 0},
		"all beyond the limit": {slices.Repeat([]float64{2}, n), limit},
	} {
		if level, ok := apart(c.Δ, limit); ok != (c.level > 0) || level != c.level {
			t.Errorf("%s: level %g, %v; want %g", name, level, ok, c.level)
		}
	}
}

// The change of a smooth function is accounted for by its gradients, also if it is large; the change of
// a step is not.
func TestJump(t *testing.T) {
	smooth := func(x *Node) *Node { return Add(circular(x), Sin(MulScalar(first(x), 2))) }
	step := func(x *Node) *Node { return Add(circular(x), MulScalar(Sign(first(x)), 3)) }
	ts := []float64{.1, .3}
	for name, c := range map[string]struct {
		f    func(x *Node) *Node
		want bool
	}{"smooth": {smooth, false}, "step": {step, true}, "circular": {circular, false}} {
		o := outputsOf(t, c.f, 0)
		var Δ []sampling.Estimate
		for _, at := range ts {
			each := expect.OK(o.ChangesBothWays(rotation, at))(t)
			Δ = append(Δ, o.Plan.Ratios([][]float64{o.PerSample(each)}, o.Variance)[0])
		}
		if j := expect.OK(JumpAlong(o, rotation, ts, Δ))(t); j.Found != c.want {
			t.Errorf("%s: found %v, with Δ = %v", name, j.Found, Δ)
		}
	}
}

// Far from the origin a rotation moves all inputs alike, but for a share of its speed: of normal points
// about μ in the plane, √(E‖x − μ‖²/E‖x‖²).
func TestOwnShare(t *testing.T) {
	for _, away := range []float64{0, 500} {
		random, values := rand.New(rand.NewPCG(2, 0)), make([]float64, 2*2000)
		for i := range values {
			values[i] = random.NormFloat64() + away*float64(1-i%2)
		}
		held := expect.OK(network.Buffer(network.Tensor(tensors.FromFlatDataAndDimensions(values, len(values)/2, 2)), 500))(t)
		o := expect.OK(moved.New(network.Exact(circular), action.Linear(2, 1), held, sampling.Plan{Resamples: 200}, moved.Settings{Outside: .1, Tolerance: 1e-4}))(t)
		defer o.Finalize()
		h := []float64{0, -1, 1, 0}
		weight := slices.Repeat([]float64{1}, held.Len())
		motion := expect.OK(o.SpeedsOf(o.Held, h))(t)
		floats.Mul(motion, weight)
		got := expect.OK(OwnShare(o, h, weight, motion))(t)
		want := math.Sqrt(2 / (away*away + 2)) // the data are white about their mean
		if math.Abs(got-want) > .05*want {
			t.Errorf("%g away: a share of %g, want %g", away, got, want)
		}
	}
}
