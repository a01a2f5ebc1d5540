package symmetrise_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
	"github.com/liegg/lab/liegg/symmetrise"
)

// TestMain chooses the backend in pure Go: the programs are small, and many.
func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// normal draws n rows of standard normal numbers.
func normal(seed uint64, n, width int) []float64 {
	random := rand.New(rand.NewPCG(seed, 0))
	v := make([]float64, n*width)
	for i := range v {
		v[i] = random.NormFloat64()
	}
	return v
}

func rows(v []float64, width int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(v, len(v)/width, width)
}

func single(v []float64, width int) *tensors.Tensor {
	small := make([]float32, len(v))
	for i, x := range v {
		small[i] = float32(x)
	}
	return tensors.FromFlatDataAndDimensions(small, len(v)/width, width)
}

// spread returns inputs that are spread evenly over orbits: each input moved by every element.
func spread(elements []*mat.Dense, inputs []float64, n int) (all []float64) {
	for i := 0; i < len(inputs); i += n {
		for _, g := range elements {
			var y mat.VecDense
			y.MulVec(g, mat.NewVecDense(n, inputs[i:i+n]))
			all = append(all, y.RawVector().Data...)
		}
	}
	return all
}

// turns returns rotations of the plane by count equal steps.
func turns(count int) (elements []*mat.Dense) {
	for i := range count {
		elements = append(elements, lie.Exp(flow.Rotation(2, 0, 1).H, 2*math.Pi*float64(i)/float64(count)))
	}
	return elements
}

// icosahedron returns the 60 rotations of an icosahedron. For polynomials of degree 5, the mean over
// them is the mean over all rotations.
func icosahedron() []*mat.Dense {
	golden := (1 + math.Sqrt(5)) / 2
	axis := mat.NewVecDense(3, []float64{0, 1, golden}) // of order five
	axis.ScaleVec(1/mat.Norm(axis, 2), axis)
	x, y, z := axis.AtVec(0), axis.AtVec(1), axis.AtVec(2)
	five := lie.Exp(mat.NewDense(3, 3, []float64{0, -z, y, z, 0, -x, -y, x, 0}), 2*math.Pi/5)
	two := mat.NewDense(3, 3, []float64{-1, 0, 0, 0, -1, 0, 0, 0, 1})
	all := []*mat.Dense{mat.NewDense(3, 3, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1})}
	for done := 0; done < len(all); done++ {
	next:
		for _, m := range []*mat.Dense{five, two} {
			var p mat.Dense
			p.Mul(all[done], m)
			for _, g := range all {
				if mat.EqualApprox(g, &p, 1e-9) {
					continue next
				}
			}
			all = append(all, &p)
		}
	}
	return all
}

// column returns coordinate i of vectors.
func column(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisRange(i, i+1)) }

// bent is x·(1 + |x|²/10) + .3·(x₁², x₁x₂, …): an equivariant vector field, and one that is not.
func bent(x *Node) *Node {
	size := ReduceAndKeep(Square(x), ReduceSum, -1)
	return Add(Mul(x, AddScalar(MulScalar(size, .1), 1)), MulScalar(Mul(x, column(x, 0)), .3))
}

// The identity E‖f − y‖² = E‖f̄ − y‖² + E‖f − f̄‖² holds for equivariant targets and inputs that are
// spread evenly over the orbits, and f̄ is the known function.
func TestTestErrorIsASum(t *testing.T) {
	for _, c := range []struct {
		algebra  lie.Algebra
		elements []*mat.Dense
		n        int
	}{{lie.SO(2), turns(16), 2}, {lie.SO(3), icosahedron(), 3}} {
		if want := map[int]int{2: 16, 3: 60}[c.n]; len(c.elements) != want {
			t.Fatalf("%d elements, want %d", len(c.elements), want)
		}
		x := spread(c.elements, normal(1, 20, c.n), c.n)
		y := make([]float64, len(x)) // targets 2x, equivariant
		floats.ScaleTo(y, 2, x)
		a := action.Equivariant(action.Linear(c.n, 1), rep.Standard(c.n))
		g := ok(symmetrise.Over(a, c.algebra, 0, group.HaarSettings{}))(t)
		cost := ok(symmetrise.Measure(network.Exact(bent), g, network.Tensor(rows(x, c.n)), symmetrise.Settings{Targets: rows(y, c.n), Outside: 1, Quiet: true}))(t)
		split := ok(cost.Split())(t)
		whole, parts := split.RMSE*split.RMSE, split.Symmetrised*split.Symmetrised+cost.Error.Value*cost.Error.Value
		if math.Abs(parts/whole-1) > 1e-6 || math.Abs(split.Cross.Value) > 1e-6 || math.Abs(cost.Orbit/cost.Error.Value-1) > 1e-6 {
			t.Errorf("R%d: E‖f − y‖² = %g, and the sum is %g:\n%v", c.n, whole, parts, cost)
		}
		if sum := math.Hypot(split.Symmetrised, cost.Orbit); math.Abs(split.Orbit/sum-1) > 1e-12 {
			t.Errorf("R%d: over the orbits the test error is %g, and the sum %g", c.n, split.Orbit, sum)
		}
		for i := 0; i < len(x); i += c.n { // x₁x has no mean that turns with x
			size := floats.Dot(x[i:i+c.n], x[i:i+c.n])
			for k := range c.n {
				if want := x[i+k] * (1 + size/10); math.Abs(cost.Mean[i+k]-want) > 1e-9 {
					t.Fatalf("R%d: f̄ = %g, want %g", c.n, cost.Mean[i+k], want)
				}
			}
			if want := .09 * x[i] * x[i] * size; math.Abs(cost.BySample[i/c.n]-want) > 1e-9 {
				t.Fatalf("R%d: ‖f − f̄‖² = %g, want %g", c.n, cost.BySample[i/c.n], want)
			}
		}
		if cost.Rule > 1e-12 || cost.Error.Lower > cost.Error.Value || cost.Error.Upper < cost.Error.Value {
			t.Errorf("R%d: the rule is known to %g, the error is %v", c.n, cost.Rule, cost.Error)
		}
	}
}

// Targets that are not equivariant leave a cross term, which is reported.
func TestCrossTermIsTold(t *testing.T) {
	x := spread(turns(16), normal(2, 50, 2), 2)
	y := make([]float64, len(x))
	for i := 0; i < len(x); i += 2 {
		y[i], y[i+1] = x[i]+.5*x[i]*x[i], x[i+1]+.5*x[i]*x[i+1]
	}
	g := ok(symmetrise.Over(action.Equivariant(action.Linear(2, 1), rep.Standard(2)), lie.SO(2), 0, group.HaarSettings{}))(t)
	cost := ok(symmetrise.Measure(network.Exact(bent), g, network.Tensor(rows(x, 2)), symmetrise.Settings{Targets: rows(y, 2), Outside: 1, Quiet: true}))(t)
	if split := ok(cost.Split())(t); split.Sums() || !(split.Cross.Upper < 0) || !strings.Contains(cost.String(), "cannot be said") {
		t.Errorf("%v", cost)
	}
}

// An EGNN with random weights from an ONNX file is equivariant by construction, so its error is
// rounding. With an added term of a hundredth that is not equivariant, the error is that term.
func TestEquivariantNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const points, n, ε = 5, 150, .01
	egnn := ok(onnx.Load("testdata/egnn.onnx", onnx.Settings{}))(t)
	values := normal(3, n, 3*points)
	x := single(values, 3*points)
	a := action.Equivariant(action.Linear(3, points), rep.Copies(rep.Standard(3), points))
	g := ok(symmetrise.Over(a, lie.SO(3), 0, group.HaarSettings{Degree: 4}))(t)
	s := symmetrise.Settings{Quiet: true}
	cost := ok(symmetrise.Measure(egnn, g, network.Tensor(x), s))(t)
	if !(cost.Relative.Upper <= 1e-5) || !(cost.Error.Value > 0) {
		t.Errorf("an equivariant network in float32: %v", cost)
	}
	if off := floats.Distance(cost.Mean, values, 2) / floats.Norm(values, 2); off < .1 {
		t.Errorf("the network moves its points by %g only", off)
	}

	// ε·(x₁, 0, 0) of every point has the mean ε/3·(x₁, x₂, x₃).
	broken := &network.Network{Store: egnn.Store, Backend: egnn.Backend}
	broken.Forward = func(scope *model.Scope, x *Node) *Node {
		first := Slice(Reshape(x, -1, points, 3), AxisRange(), AxisRange(), AxisRange(0, 1))
		term := Concatenate([]*Node{first, ZerosLike(first), ZerosLike(first)}, -1)
		return Add(egnn.Forward(scope, x), MulScalar(Reshape(term, -1, 3*points), ε))
	}
	cost = ok(symmetrise.Measure(broken, g, network.Tensor(x), s))(t)
	want := 0.0
	for i, v := range values {
		share := []float64{2. / 3, -1. / 3, -1. / 3}[i%3]
		want += math.Pow(ε*share*v, 2) / n
	}
	want = math.Sqrt(want)
	if math.Abs(cost.Error.Value/want-1) > .001 || cost.Error.Lower > want || cost.Error.Upper < want {
		t.Errorf("error %v of a term that makes %g:\n%v", cost.Error, want, cost)
	}
	if len(cost.Outputs) != 3*points || !(cost.Outputs[0].Share > 2*cost.Outputs[1].Share) {
		t.Errorf("by output: %v", cost.Outputs)
	}
}

// Random elements, if there is no exact rule: |x|² + ε·x₁ on R⁵ has the mean |x|².
func TestRandomElements(t *testing.T) {
	const ε = .2
	x := normal(4, 500, 5)
	f := func(x *Node) *Node {
		return Add(ReduceAndKeep(Square(x), ReduceSum, -1), MulScalar(column(x, 0), ε))
	}
	g := ok(symmetrise.Over(action.Linear(5, 1), lie.SO(5), 0, group.HaarSettings{Samples: 50, Seed: 3}))(t)
	cost := ok(symmetrise.Measure(network.Exact(f), g, network.Tensor(rows(x, 5)), symmetrise.Settings{Quiet: true}))(t)
	want, plain := 0.0, 0.0
	for i := range 500 {
		want += math.Pow(ε*x[5*i], 2) / 500
		size := floats.Dot(x[5*i:5*i+5], x[5*i:5*i+5])
		plain += math.Pow(cost.Mean[i]-size, 2) / 500
	}
	want = math.Sqrt(want)
	if !g.Random() || cost.Error.Lower > want || cost.Error.Upper < want || math.Abs(cost.Error.Value/want-1) > .1 {
		t.Errorf("error %v, want %g", cost.Error, want)
	}
	if root := math.Sqrt(plain); root > 3*cost.Rule || root < cost.Rule/3 {
		t.Errorf("f̄ is off by %g, and is said to be known to %g", root, cost.Rule)
	}
	if math.Abs(cost.Orbit/want-1) > .1 {
		t.Errorf("over the orbits the error is %g, want about %g", cost.Orbit, want)
	}
}

// A finite group, and a group of two components: the volume of three vectors is invariant under
// rotations and changes its sign under reflections.
func TestMapsAndComponents(t *testing.T) {
	x := normal(5, 300, 9)
	volume := func(x *Node) *Node {
		minor := func(a, b, c, d int) *Node {
			return Sub(Mul(column(x, a), column(x, d)), Mul(column(x, b), column(x, c)))
		}
		return Add(Sub(Mul(column(x, 0), minor(4, 5, 7, 8)), Mul(column(x, 1), minor(3, 5, 6, 8))), Mul(column(x, 2), minor(3, 4, 6, 7)))
	}
	three, mirror := action.Linear(3, 3), flow.Reflection(3, 0)
	so3 := ok(symmetrise.Over(three, lie.SO(3), 0, group.HaarSettings{Degree: 3}))(t)
	o3 := ok(so3.With(mirror))(t)
	z2 := ok(symmetrise.OverMaps(three, mirror))(t)
	cube := ok(symmetrise.OverMaps(three, flow.Permutation(1, 1, 2, 0), flow.Map{Name: "quarter turn", G: mat.NewDense(3, 3, []float64{0, -1, 0, 1, 0, 0, 0, 0, 1})}))(t)
	size := 0.0
	for i := range 300 {
		size += math.Pow(mat.Det(mat.NewDense(3, 3, x[9*i:9*i+9])), 2) / 300
	}
	for _, c := range []struct {
		g      *symmetrise.Group
		len    int
		broken bool
	}{{so3, 4 * 4 * 2, false}, {o3, 4 * 4 * 2 * 2, true}, {z2, 2, true}, {cube, 24, false}} {
		cost := ok(symmetrise.Measure(network.Exact(volume), c.g, network.Tensor(rows(x, 9)), symmetrise.Settings{Quiet: true}))(t)
		want := 0.0
		if c.broken {
			want = math.Sqrt(size)
		}
		if c.g.Len() != c.len || math.Abs(cost.Error.Value-want) > 1e-9 {
			t.Errorf("%v: %d elements, want %d; error %g, want %g", c.g, c.g.Len(), c.len, cost.Error.Value, want)
		}
	}
	// Map.Out: an axial vector is reflected by −g.
	axial := action.Equivariant(three, rep.Invariants(3, 1))
	mirror.Out = mat.NewDense(1, 1, []float64{-1})
	odd := ok(ok(symmetrise.Over(axial, lie.SO(3), 0, group.HaarSettings{Degree: 3}))(t).With(mirror))(t)
	if cost := ok(symmetrise.Measure(network.Exact(volume), odd, network.Tensor(rows(x, 9)), symmetrise.Settings{Quiet: true}))(t); cost.Error.Value > 1e-9 {
		t.Errorf("the volume changes its sign, and has the error %g", cost.Error.Value)
	}
}

// Means over groups of pairs that network.Judge has found.
func TestFoundPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	free := action.Covariant(action.Linear(3, 3), action.Left(3, 3), action.Right(3, 3))
	x := rows(normal(6, 1000, 9), 9)
	broken := func(x *Node) *Node { return Add(groundtruth.InertiaGraph(x), MulScalar(x, .01)) } // a term that no inertia tensor has
	v := ok(network.Judge(network.Exact(broken), free, network.Tensor(x), network.Settings{}))(t)
	if _, err := symmetrise.Over(free, v.Algebra, v.AngleError, group.HaarSettings{}); v.Dim != 4 || !errors.Is(err, group.ErrNotCompact) {
		t.Errorf("so(3) and scaling: %v", err)
	}
	rotations := lie.Span("rotations", lie.Sparse(v.Algebra)[1:]...)
	g := ok(symmetrise.Over(free, rotations, v.AngleError, group.HaarSettings{Degree: 3}))(t)
	cost := ok(symmetrise.Measure(network.Exact(broken), g, network.Tensor(x), symmetrise.Settings{Quiet: true, Labels: strings.Fields(strings.Repeat("a b ", 500))}))(t)
	if !(cost.Relative.Value > 1e-3) || !(cost.Relative.Value < 1e-2) || len(cost.Labels) != 2 || cost.Labels[0].Samples != 500 {
		t.Errorf("%v", cost)
	}
	if math.Abs(cost.Labels[0].Share+cost.Labels[1].Share-1) > 1e-9 || cost.BySample[cost.Worst(1)[0]] != floats.Max(cost.BySample) {
		t.Errorf("shares %v, worst %v", cost.Labels, cost.Worst(3))
	}
}

func TestErrors(t *testing.T) {
	x, two := rows(normal(7, 100, 2), 2), action.Linear(2, 1)
	turned := ok(symmetrise.Over(two, lie.SO(2), 0, group.HaarSettings{}))(t)
	measure := func(f func(*Node) *Node, g *symmetrise.Group, x *tensors.Tensor, s symmetrise.Settings) error {
		s.Quiet = true
		_, err := symmetrise.Measure(network.Exact(f), g, network.Tensor(x), s)
		return err
	}
	far := normal(7, 100, 2)
	for i := range far {
		far[i] += 20
	}
	_, scaling := symmetrise.Over(two, lie.Scaling(2), 0, group.HaarSettings{})
	_, boost := symmetrise.OverMaps(two, flow.Map{Name: "doubling", G: mat.NewDense(2, 2, []float64{2, 0, 0, 2})})
	_, apart := ok(symmetrise.Over(action.Linear(4, 1), lie.Span("so(2)", flow.Rotation(4, 0, 1).H), 0, group.HaarSettings{}))(t).With(flow.Permutation(1, 2, 1, 0, 3))
	plain := func(x *Node) *Node { return bent(x) }
	cost := ok(symmetrise.Measure(network.Exact(plain), turned, network.Tensor(x), symmetrise.Settings{Quiet: true}))(t)
	_, split := cost.Split()
	wide := ok(symmetrise.Over(action.Equivariant(two, rep.Copies(rep.Standard(2), 2)), lie.SO(2), 0, group.HaarSettings{}))(t)
	vector := action.Equivariant(two, rep.Standard(2))
	still, mirrored := mat.NewDense(2, 2, []float64{1, 0, 0, 1}), flow.Reflection(2, 0)
	mirrored.Out = still
	_, projection := symmetrise.OverMaps(two, flow.Map{Name: "projection", G: mat.NewDense(2, 2, []float64{1, 0, 0, 0})})
	_, notFinite := symmetrise.OverMaps(two, flow.Map{Name: "no map", G: mat.NewDense(2, 2, []float64{1, 0, 0, math.NaN()})})
	_, flat := symmetrise.OverMaps(vector, flow.Map{Name: "flat", G: mirrored.G, Out: mat.NewDense(2, 2, []float64{1, 0, 0, 0})})
	_, twoWays := symmetrise.OverMaps(vector, flow.Map{Name: "sign", G: still, Out: mat.NewDense(2, 2, []float64{-1, 0, 0, -1})})
	_, outputs := ok(symmetrise.Over(vector, lie.SO(2), 0, group.HaarSettings{}))(t).With(mirrored)
	noTarget := normal(1, 100, 2)
	noTarget[31] = math.NaN()
	for name, c := range map[string]struct {
		err  error
		is   error
		says string
	}{
		"not compact":     {scaling, group.ErrNotCompact, "scaling(2)"},
		"no finite group": {boost, symmetrise.ErrNotClosed, "finite order"},
		"not normal":      {apart, nil, "permutation"},
		"a projection":    {projection, symmetrise.ErrNotClosed, "projection moves inputs by a matrix that has no inverse"},
		"a NaN in a map":  {notFinite, symmetrise.ErrNotClosed, "not finite"},
		"flat outputs":    {flat, symmetrise.ErrNotClosed, "flat moves outputs"},
		"two ways":        {twoWays, symmetrise.ErrNotClosed, "in two ways"},
		"outputs stay":    {outputs, nil, "for inputs and outputs together"},
		"a NaN target":    {measure(plain, turned, x, symmetrise.Settings{Targets: rows(noTarget, 2)}), nil, "target of sample 15"},
		"no targets":      {split, symmetrise.ErrNoTargets, "Settings.Targets"},
		"other targets":   {measure(plain, turned, x, symmetrise.Settings{Targets: rows(normal(1, 50, 2), 2)}), nil, "for 100 samples"},
		"wide targets":    {measure(plain, turned, x, symmetrise.Settings{Targets: rows(normal(1, 100, 3), 3)}), nil, "the model has 2 outputs"},
		"a constant":      {measure(func(x *Node) *Node { return OnesLike(column(x, 0)) }, turned, x, symmetrise.Settings{}), flow.ErrConstant, "does not vary"},
		"labels":          {measure(plain, turned, x, symmetrise.Settings{Labels: []string{"a"}}), nil, "1 labels"},
		"outputs":         {measure(plain, wide, x, symmetrise.Settings{}), nil, "moves 4 outputs, the model has 2"},
		"outside":         {measure(plain, turned, rows(far, 2), symmetrise.Settings{}), symmetrise.ErrOutside, "Settings.Outside"},
		"not finite":      {measure(func(x *Node) *Node { return Log(AddScalar(column(x, 0), 2.2)) }, turned, rows([]float64{0, 2.5, 0, 2.6, 0, 2.4}, 2), symmetrise.Settings{Outside: 1}), nil, "moved input"},
	} {
		expect.Error(t, c.err, c.says)
		if c.is != nil && !errors.Is(c.err, c.is) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	var where *liegg.NotFiniteError
	bad := normal(7, 100, 2)
	bad[4] = math.NaN()
	if err := measure(plain, turned, rows(bad, 2), symmetrise.Settings{}); !errors.As(err, &where) || where.Sample != 2 {
		t.Errorf("NaN in sample 2: %v", err)
	}
	expect.Panic(t, "2×2 matrices", func() { _, _ = symmetrise.Over(two, lie.SO(3), 0, group.HaarSettings{}) })
	expect.Panic(t, "no maps", func() { _, _ = symmetrise.OverMaps(two) })
	expect.Panic(t, "no method Moved", func() { _, _ = symmetrise.Over(action.Polynomial(2, 1, 2), lie.SO(2), 0, group.HaarSettings{}) })
	expect.Panic(t, "does not say how outputs move", func() {
		_, _ = symmetrise.OverMaps(action.Covariant(two, action.Unknown(2)), flow.Reflection(2, 0))
	})
}

func TestWhatUsersHoldPrints(t *testing.T) {
	x := rows(normal(7, 200, 2), 2)
	g := ok(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{}))(t)
	s := symmetrise.Settings{Quiet: true, Targets: tensors.FromFlatDataAndDimensions(make([]float64, 400), 200, 2), Labels: strings.Fields(strings.Repeat("a b ", 100))}
	f := func(x *Node) *Node {
		return Concatenate([]*Node{ReduceAndKeep(Square(x), ReduceSum, -1), column(x, 0)}, -1)
	}
	cost := ok(symmetrise.Measure(network.Exact(f), g, network.Tensor(x), s))(t)
	split := ok(cost.Split())(t)
	moved := ok(symmetrise.AugmentWithin(dataset.Samples{Name: "s", X: x, Y: x}, action.Linear(2, 1), lie.Scaling(2), .1, 20, 1))(t)
	expect.Printed(t, []any{moved, ok(symmetrise.FrameOf(action.Equivariant(action.Linear(3, 2), rep.Standard(3)), lie.SO(3), 0))(t), g, ok(g.With(flow.Reflection(2, 0)))(t), cost, split, cost.Outputs[0], s, symmetrise.Settings{}})
	if !strings.Contains(cost.String(), " % (") || !strings.Contains(cost.String(), "of the test error") || !strings.Contains(cost.String(), "worst at the samples") {
		t.Error(cost)
	}
}

// Intervals of few samples, or of samples that depend on each other, are not firm.
func TestReasonsOfCosts(t *testing.T) {
	g := ok(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{}))(t)
	clumps, heavy, noise := normal(4, 8, 2), normal(3, 400, 2), normal(5, 400, 2)
	together := make([]float64, 800)
	for i := range together {
		together[i] = clumps[i%16] + .01*noise[i]
		if i%2 == 0 {
			heavy[i], heavy[i+1] = heavy[i]/(.001+math.Abs(noise[i])), heavy[i+1]/(.001+math.Abs(noise[i]))
		}
	}
	for name, c := range map[string]struct {
		x    []float64
		says string
	}{
		"clumps":      {together, "depend"},
		"heavy tails": {heavy, "rests on about"},
		"normal":      {normal(6, 400, 2), ""},
	} {
		cost := ok(symmetrise.Measure(network.Exact(func(x *Node) *Node { return Mul(column(x, 0), AddScalar(column(x, 1), 1)) }), g, network.Tensor(rows(c.x, 2)), symmetrise.Settings{Outside: 1, Quiet: true}))(t)
		if all := strings.Join(cost.Reasons, "; "); (c.says == "") != (all == "") || !strings.Contains(all, c.says) || !strings.Contains(cost.String(), all) {
			t.Errorf("%s: %q", name, cost.Reasons)
		}
	}
	few := ok(symmetrise.Measure(network.Exact(bent), g, network.Tensor(rows([]float64{1, 2, 2, 1}, 2)), symmetrise.Settings{Outside: 1, Quiet: true}))(t)
	if few.Error.Lower != 0 || !math.IsInf(few.Error.Upper, 1) {
		t.Errorf("of two samples: %v", few.Error)
	}
}

// A pair that is known up to an error: outputs rotate twice as fast as inputs.
func TestEstimatedPair(t *testing.T) {
	square := func(x *Node) *Node { // (x₁ + i·x₂)², and .02·x₁
		a, b := column(x, 0), column(x, 1)
		return Add(Concatenate([]*Node{Sub(Square(a), Square(b)), MulScalar(Mul(a, b), 2)}, -1), MulScalar(a, .02))
	}
	e := action.Covariant(action.Linear(2, 1), action.Unknown(2))
	turn := flow.Rotation(2, 0, 1)
	found := flow.Pair(e, turn, mat.NewDense(2, 2, []float64{.004, -2.01, 1.99, -.003})).H
	g := ok(symmetrise.Over(e, lie.Span("found", found), .01, group.HaarSettings{}))(t)
	cost := ok(symmetrise.Measure(network.Exact(square), g, network.Tensor(rows(normal(8, 500, 2), 2)), symmetrise.Settings{Quiet: true}))(t)
	if cost.Rule > 1e-9 || math.Abs(cost.Error.Value/(.02*math.Sqrt2)-1) > .25 {
		t.Errorf("a term of size %g, where B is known to 1 %%: %v", .02*math.Sqrt2, cost)
	}
}
