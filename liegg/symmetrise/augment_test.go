package symmetrise_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
	"github.com/liegg/lab/liegg/symmetrise"
)

// epoch are the numbers of the inputs and targets of an epoch.
func epoch(t *testing.T, m training.Source, n uint64) (x, y []float64) {
	t.Helper()
	for batch, err := range m.Epoch(n) {
		expect.NoError(t, err)
		x = append(x, ok(dataset.Values(batch.Inputs[0]))(t)...)
		if labels := batch.Labels[0]; labels.DType().IsFloat() {
			y = append(y, ok(dataset.Values(labels))(t)...)
		} else {
			for _, l := range tensors.MustCopyFlatData[int32](labels) {
				y = append(y, float64(l))
			}
		}
	}
	return x, y
}

// Augmented samples are on the orbits of the samples, all over them, with targets that moved along.
func TestAugmentMovesAlongOrbits(t *testing.T) {
	const n = 400
	values := normal(1, n, 6)
	y := make([]float64, 0, 3*n) // x₁ × x₂
	for i := 0; i < len(values); i += 6 {
		p, q := values[i:i+3], values[i+3:i+6]
		y = append(y, p[1]*q[2]-p[2]*q[1], p[2]*q[0]-p[0]*q[2], p[0]*q[1]-p[1]*q[0])
	}
	samples := dataset.Samples{Name: "pairs", X: rows(values, 6), Y: rows(y, 3)}
	a := action.Equivariant(action.Linear(3, 2), rep.Standard(3))
	m := ok(symmetrise.Augment(samples, ok(symmetrise.Over(a, lie.SO(3), 0, group.HaarSettings{Degree: 2}))(t), 50, 7))(t)
	moved, targets := epoch(t, m, 0)
	again, _ := epoch(t, m, 0)
	other, _ := epoch(t, m, 1)
	if !slices.Equal(moved, again) || slices.Equal(moved, other) || len(moved) != 6*n {
		t.Errorf("epochs repeat: %v; differ: %v; %d numbers", slices.Equal(moved, again), !slices.Equal(moved, other), len(moved))
	}
	invariants := func(x []float64) []float64 { // of each sample, in ascending order of |x₁|²
		all := make([][3]float64, len(x)/6)
		for i := range all {
			p, q := x[6*i:6*i+3], x[6*i+3:6*i+6]
			all[i] = [3]float64{floats.Dot(p, p), floats.Dot(p, q), floats.Dot(q, q)}
		}
		slices.SortFunc(all, func(a, b [3]float64) int { return map[bool]int{true: 1, false: -1}[a[0] > b[0]] })
		var flat []float64
		for _, v := range all {
			flat = append(flat, v[:]...)
		}
		return flat
	}
	expect.Near(t, "invariants", invariants(moved), invariants(values), 1e-9)
	sum, squares := make([]float64, 3), mat.NewDense(3, 3, nil)
	for i := 0; i < len(moved); i += 6 {
		p, q, z := moved[i:i+3], moved[i+3:i+6], targets[i/2:i/2+3]
		expect.Near(t, "targets", z, []float64{p[1]*q[2] - p[2]*q[1], p[2]*q[0] - p[0]*q[2], p[0]*q[1] - p[1]*q[0]}, 1e-9)
		for j, v := range p {
			sum[j] += v / math.Sqrt(floats.Dot(p, p)) / n
			for k, w := range p {
				squares.Set(j, k, squares.At(j, k)+3*v*w/floats.Dot(p, p)/n)
			}
		}
	}
	for j := range 3 { // directions are spread evenly: mean 0 and second moments 1/3, to four standard errors
		for k := range 3 {
			want := map[bool]float64{true: 1, false: 0}[j == k]
			if math.Abs(squares.At(j, k)-want) > 4*.9/math.Sqrt(n) || math.Abs(sum[j]) > 4*.58/math.Sqrt(n) {
				t.Errorf("directions have the mean %.2g and the moments %.2g", sum, mat.Formatted(squares))
			}
		}
	}
}

// All that can move is moved, and what a finite or a non-compact group does to it is seen.
func TestAugmentKinds(t *testing.T) {
	labels := tensors.FromFlatDataAndDimensions(slices.Repeat([]int32{3}, 40), 40, 1)
	digits := dataset.Samples{Name: "blobs", X: single(blobs(1, 40, 12), 144), Y: labels}
	image := action.ImageAffine(12, 12)
	turn := lie.SpanAffine("turn", image.Generator([]float64{0, -1, 0, 1, 0, 0}))
	m := ok(symmetrise.Augment(digits, ok(symmetrise.Over(image, turn, 0, group.HaarSettings{}))(t), 20, 1))(t)
	if x, y := epoch(t, m, 3); len(x) != 40*144 || floats.Sum(y) != 3*40 {
		t.Errorf("%d pixels", len(x))
	}
	plane := dataset.Samples{Name: "plane", X: rows(normal(2, 200, 2), 2), Y: rows(normal(3, 200, 1), 1)}
	mirrored := ok(symmetrise.Augment(plane, ok(symmetrise.OverMaps(action.Linear(2, 1), flow.Reflection(2, 0)))(t), 200, 1))(t)
	x, y := epoch(t, mirrored, 0)
	flipped := 0
	for i, target := range y {
		at := slices.Index(ok(dataset.Values(plane.Y))(t), target)
		before := ok(dataset.Values(plane.X))(t)[2*at : 2*at+2]
		if x[2*i+1] != before[1] || math.Abs(x[2*i]) != math.Abs(before[0]) {
			t.Fatalf("%v was %v", x[2*i:2*i+2], before)
		}
		if x[2*i] != before[0] {
			flipped++
		}
	}
	if flipped < 70 || flipped > 130 {
		t.Errorf("%d of 200 are mirrored", flipped)
	}
	scaled := ok(symmetrise.AugmentWithin(plane, action.Linear(2, 1), lie.Scaling(2), .1, 200, 1))(t)
	x, y = epoch(t, scaled, 0)
	for i, target := range y {
		at := slices.Index(ok(dataset.Values(plane.Y))(t), target)
		before := ok(dataset.Values(plane.X))(t)[2*at : 2*at+2]
		if by := math.Log(x[2*i] / before[0]); math.Abs(by) > .1/math.Sqrt2+1e-9 || math.Abs(x[2*i+1]/before[1]-math.Exp(by)) > 1e-9 {
			t.Fatalf("%v was %v", x[2*i:2*i+2], before)
		}
	}
	keys := []string{m.Fingerprint(), mirrored.Fingerprint(), scaled.Fingerprint(), ok(symmetrise.AugmentWithin(plane, action.Linear(2, 1), lie.Scaling(2), .1, 200, 2))(t).Fingerprint(),
		ok(symmetrise.AugmentWithin(plane, action.Linear(2, 1), lie.Scaling(2), .05, 200, 1))(t).Fingerprint()}
	if slices.Sort(keys); len(slices.Compact(keys)) != 5 {
		t.Errorf("fingerprints repeat: %q", keys)
	}
}

// A network learns from few samples what it sees of their orbits.
func TestTrainingOnAugmented(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	so5 := groundtruth.SO5()
	samples, fresh := so5.Samples(seeded(1), 200), so5.Samples(seeded(2), 2000)
	z := ok(dataset.FitStandardisation(samples, 5))(t)
	g := ok(symmetrise.Over(action.Linear(5, 2), lie.SO(5), 0, group.HaarSettings{}))(t)
	errors := map[string]float64{}
	for name, source := range map[string]training.Source{"plain": z.Apply(samples).Batches(100, 1), "moved": ok(symmetrise.Augment(z.Apply(samples), g, 100, 1))(t)} {
		n := ok(training.Train(network.MLP{Hidden: []int{32, 32}, Outputs: 1, Bias: true}, training.Settings{Steps: 1000, LearningRate: 5e-3, Cosine: true, Quiet: true}, source, nil))(t)
		errors[name] = ok(n.MeanSquaredError(z.Apply(fresh)))(t)
	}
	if !(errors["moved"] < .8*errors["plain"]) {
		t.Errorf("mean squared errors %v", errors)
	}
}

func TestAugmentErrors(t *testing.T) {
	two := action.Linear(2, 1)
	g := ok(symmetrise.Over(two, lie.SO(2), 0, group.HaarSettings{}))(t)
	pair := ok(symmetrise.Over(action.Equivariant(two, rep.Standard(2)), lie.SO(2), 0, group.HaarSettings{}))(t)
	s := dataset.Samples{Name: "s", X: rows(normal(1, 50, 2), 2), Y: rows(normal(1, 50, 3), 3)}
	augment := func(s dataset.Samples, g *symmetrise.Group, batch int) error {
		_, err := symmetrise.Augment(s, g, batch, 1)
		return err
	}
	far := normal(1, 50, 2)
	floats.AddConst(20, far)
	expect.Error(t, augment(s, g, 51), "batches of 51 samples out of 50")
	expect.Error(t, augment(s, pair, 10), "moves 2 outputs, targets have 3 numbers")
	expect.Error(t, augment(dataset.Samples{X: s.X, Y: tensors.FromFlatDataAndDimensions(make([]int32, 50), 50, 1)}, pair, 10), "labels")
	expect.Error(t, augment(dataset.Samples{X: rows(normal(1, 50, 3), 3), Y: s.Y}, g, 10), "have 3 numbers")
	expect.NoError(t, augment(dataset.Samples{X: rows(far, 2), Y: s.Y}, g, 10)) // a network is to learn what is there
	image := action.ImageAffine(12, 12)
	turn := lie.SpanAffine("turn", image.Generator([]float64{0, -1, 0, 1, 0, 0}))
	corner := blobs(1, 50, 12)
	for i := range corner {
		corner[i] = map[bool]float64{true: 1}[i%144 < 3]
	}
	if err := augment(dataset.Samples{X: single(corner, 144), Y: s.Y}, ok(symmetrise.Over(image, turn, 0, group.HaarSettings{}))(t), 10); !errors.Is(err, symmetrise.ErrOutside) {
		t.Errorf("what lies in a corner turns out of the frame: %v", err)
	}
	_, err := symmetrise.AugmentWithin(s, two, lie.Scaling(2), 5, 10, 1)
	if !errors.Is(err, symmetrise.ErrOutside) {
		t.Error(err)
	}
	expect.Panic(t, "2×2 matrices", func() { _, _ = symmetrise.AugmentWithin(s, two, lie.SO(3), 1, 10, 1) })
	expect.Panic(t, "positive", func() { _, _ = symmetrise.AugmentWithin(s, two, lie.SO(2), 0, 10, 1) })
	expect.Panic(t, "must not be nil", func() { _, _ = symmetrise.Augment(s, nil, 10, 1) })
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
