package distribution

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// trial compares samples with moved samples.
type trial struct {
	a       action.Action
	s       Settings
	random  *rand.Rand
	input   []int // shape
	count   int   // of samples
	width   int   // numbers of a sample
	folds   [2]fold
	doubts  []string // about the independence of samples
	repeats float64  // share of the samples that equal others

	seen        int       // numbers of a sample that classifiers see: see coarse
	mean, scale []float64 // of each of them
}

// fold holds samples that one classifier is trained on and the other is judged by. Groups are in one
// fold as a whole.
type fold struct {
	still, moved []float64 // samples that are to stay, and to be moved
	groups       []int     // of both
}

// read takes the samples, in random order.
func (t *trial) read(x *tensors.Tensor) error {
	t.input = x.Shape().Dimensions[1:]
	if err := t.a.Check(t.input); err != nil {
		return err
	}
	all := x.Shape().Dim(0)
	if t.count = min(t.s.Samples, all); t.count < leastSamples {
		return fmt.Errorf("distribution: %d samples are too few to train a classifier: give at least %d", all, leastSamples)
	}
	values, err := dataset.Values(x)
	if err != nil {
		return err
	}
	t.width = len(values) / all
	if i := slices.IndexFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
		return &liegg.NotFiniteError{Sample: i / t.width, What: "input"}
	}
	values = values[:t.count*t.width]
	groups, err := t.grouped(x)
	if err != nil {
		return err
	}
	t.measure(values)
	return t.divide(values, groups[:t.count])
}

// grouped returns the group of each sample: the given one, or else equal samples form a group. It
// notes doubts about the independence of samples.
func (t *trial) grouped(x *tensors.Tensor) (groups []int, err error) {
	held, err := network.Buffer(network.Tensor(x), 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	dependence, err := held.Dependence(t.s.Groups, t.a)
	if err != nil {
		return nil, err
	}
	t.doubts = dependence.Doubts()
	if t.s.Groups.Given() {
		groups, _, err = t.s.Groups.Allot(held.Len(), held.Len())
		return groups, err
	}
	groups, distinct, err := held.Repeats()
	t.repeats = 1 - float64(distinct)/float64(len(groups))
	return groups, err
}

// divide deals whole groups, in random order, to the two folds. Within a fold every second sample of
// a group is to be moved.
func (t *trial) divide(values []float64, groups []int) error {
	rank := t.random.Perm(slices.Max(groups) + 1)
	order := t.random.Perm(len(groups))
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(rank[groups[i]], rank[groups[j]]) })
	cut := len(order) / 2
	for cut < len(order) && groups[order[cut]] == groups[order[cut-1]] {
		cut++
	}
	for k, some := range [2][]int{order[:cut], order[cut:]} {
		if len(some) < leastSamples/4 {
			return fmt.Errorf("distribution: one group holds nearly all of the %d samples, which cannot be halved: give samples of many independent groups", len(order))
		}
		f := &t.folds[k]
		var moved []int
		for at, i := range some {
			if sample := values[i*t.width : (i+1)*t.width]; at%2 == 0 {
				f.still, f.groups = append(f.still, sample...), append(f.groups, groups[i])
			} else {
				f.moved, moved = append(f.moved, sample...), append(moved, groups[i])
			}
		}
		f.groups = append(f.groups, moved...)
	}
	return nil
}

// slightly is how far samples are moved that count as not moved, where movements interpolate.
const slightly = .3

// still draws what moves the samples that count as not moved: nil for nothing.
func (t *trial) still(unit *mat.Dense) func() *mat.Dense {
	if !action.Resamples(t.a) {
		return nil
	}
	return func() *mat.Dense { return lie.Exp(unit, slightly*(2*t.random.Float64()-1)) }
}

// randomMap draws maps exp(tA) with ½ ≤ t ≤ 1, or less if Reach is, and A in a random direction of
// the candidates, of a given size, which is one for all.
func (t *trial) randomMap(size float64) func() *mat.Dense {
	h := make([]float64, t.a.Dim())
	for i := range h {
		h[i] = t.random.NormFloat64()
	}
	direction := t.a.Generator(h)
	direction.Scale(size/mat.Norm(direction, 2), direction)
	return func() *mat.Dense { return lie.Exp(direction, math.Min(1, t.s.Reach)*(1+t.random.Float64())/2) }
}

// trialled returns the samples of both folds, moved by maps that are drawn, with labels.
func (t *trial) trialled(one, other func() *mat.Dense) (folds [2]dataset.Samples, err error) {
	moved, err := t.movedFolds(one, other)
	if err != nil {
		return folds, err
	}
	for k, f := range moved {
		folds[k] = t.samples(f.still, f.moved)
	}
	return folds, nil
}

// movedFolds moves both parts of each fold by maps that are drawn.
func (t *trial) movedFolds(one, other func() *mat.Dense) (folds [2]fold, err error) {
	for k, f := range t.folds {
		folds[k].groups = f.groups
		if folds[k].still, err = t.moved(f.still, one); err != nil {
			return folds, err
		}
		if folds[k].moved, err = t.moved(f.moved, other); err != nil {
			return folds, err
		}
	}
	return folds, nil
}

// accuracy trains two classifiers, each judged by the fold that the other was trained on. They tell
// samples that were moved by maps that are drawn from samples that were moved by others.
func (t *trial) accuracy(one, other func() *mat.Dense) (Accuracy, error) {
	folds, err := t.trialled(one, other)
	if err != nil {
		return Accuracy{}, err
	}
	return t.byNetwork(folds)
}

func (t *trial) byNetwork(folds [2]dataset.Samples) (Accuracy, error) {
	right := map[int][]bool{} // by group
	for k, f := range folds {
		model := network.MLP{Hidden: t.s.Hidden, Outputs: 2, Bias: true}
		settings := training.Settings{Steps: t.s.Steps, LearningRate: 2e-3, Cosine: true, Decay: .1, Loss: training.CrossEntropy, Seed: t.s.Seed, Quiet: t.s.Quiet}
		fitted, err := training.Train(model, settings, f.Batches(min(256, f.Len()), t.s.Seed+1), nil)
		if err != nil {
			return Accuracy{}, err
		}
		answers, err := told(fitted, folds[1-k])
		if err != nil {
			return Accuracy{}, err
		}
		for i, group := range t.folds[1-k].groups {
			right[group] = append(right[group], answers[i])
		}
	}
	return accuracyOf(right), nil
}

// told says for each sample whether the larger output is its label.
func told(n *network.Network, s dataset.Samples) ([]bool, error) {
	y, err := n.Predict(s.X)
	if err != nil {
		return nil, err
	}
	values, err := dataset.Values(y)
	if err != nil {
		return nil, err
	}
	labels, err := tensors.CopyFlatData[int32](s.Y)
	if err != nil {
		return nil, err
	}
	right := make([]bool, len(labels))
	for i, l := range labels {
		right[i] = (values[2*i+1] > values[2*i]) == (l == 1)
	}
	return right, nil
}

// accuracyOf is the share of right answers, with an interval over groups, whose answers may depend on
// each other: Var = Σ_g (r_g − p·n_g)²/N², or that of independent answers if it is larger.
func accuracyOf(right map[int][]bool) Accuracy {
	n, sum := 0., 0.
	for _, answers := range right {
		n, sum = n+float64(len(answers)), sum+count(answers)
	}
	p, squares := sum/n, 0.
	for _, answers := range right {
		off := count(answers) - p*float64(len(answers))
		squares += off * off
	}
	error := 1.96 * math.Sqrt(max(squares/n, p*(1-p), 1/n)/n)
	return Accuracy{p, math.Max(0, p-error), math.Min(1, p+error)}
}

func count(answers []bool) (n float64) {
	for _, right := range answers {
		if right {
			n++
		}
	}
	return n
}

// samples joins samples that were not moved, label 0, and moved ones, label 1, all standardised.
func (t *trial) samples(still, moved []float64) dataset.Samples {
	var x []float32
	for i, v := range t.coarse(slices.Concat(still, moved)) {
		x = append(x, float32(t.squeezed((v-t.mean[i%t.seen])/t.scale[i%t.seen])))
	}
	labels := make([]int32, len(x)/t.seen)
	for i := len(still) / t.width; i < len(labels); i++ {
		labels[i] = 1
	}
	return dataset.Samples{Name: "still and moved", X: tensors.FromFlatDataAndDimensions(x, len(labels), t.seen), Y: tensors.FromFlatDataAndDimensions(labels, len(labels), 1)}
}

// movedAtOnce is the number of samples that are moved in one call.
const movedAtOnce = 500

// moved moves each sample by a map of its own. draw may be nil, for no movement.
func (t *trial) moved(x []float64, draw func() *mat.Dense) (moved []float64, err error) {
	defer graphpanic.Catch(&err)
	if draw == nil {
		return x, nil
	}
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	exec, err := NewExec(backend, func(x, g *Node) *Node { return action.MovedEach(t.a, x, g) })
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	n := action.GeneratorSize(t.a)
	for part := range slices.Chunk(x, movedAtOnce*t.width) {
		count := len(part) / t.width
		matrices := make([]float64, 0, count*n*n)
		for range count {
			matrices = append(matrices, draw().RawMatrix().Data...)
		}
		input := tensors.FromFlatDataAndDimensions(part, append([]int{count}, t.input...)...)
		results, err := exec.Call(input, tensors.FromFlatDataAndDimensions(matrices, count, n, n))
		if err != nil {
			return nil, fmt.Errorf("distribution: moving samples: %w", graphpanic.Cause(err))
		}
		values, err := dataset.Values(results[0])
		if err != nil {
			return nil, err
		}
		results[0].FinalizeAll()
		moved = append(moved, values...)
	}
	return moved, nil
}

// measure measures the middle and the spread of each number, by quantiles, since tails may be heavy. If
// movements interpolate, as for images, all have the largest standard deviation: pixels at the border
// hardly vary.
func (t *trial) measure(values []float64) {
	x := t.coarse(values)
	t.seen = len(x) / t.count
	t.mean, t.scale = make([]float64, t.seen), make([]float64, t.seen)
	column := make([]float64, t.count)
	for j := range t.scale {
		for i := range column {
			column[i] = x[i*t.seen+j]
		}
		t.mean[j], t.scale[j] = stat.MeanStdDev(column, nil)
		slices.Sort(column)
		at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, column, nil) }
		if spread := (at(.84) - at(.16)) / 2; spread > 0 && !action.Resamples(t.a) {
			t.mean[j], t.scale[j] = at(.5), spread
		}
		if !(t.scale[j] > 0) {
			t.scale[j] = 1
		}
	}
	if action.Resamples(t.a) {
		largest := slices.Max(t.scale)
		for j := range t.scale {
			t.scale[j] = largest
		}
	}
}

// squeezed brings heavy tails near: classifiers see asinh(z). Images stay as they are.
func (t *trial) squeezed(z float64) float64 {
	if action.Resamples(t.a) {
		return z
	}
	return math.Asinh(z)
}

// coarseSide is the largest side of images that classifiers see.
const coarseSide = 8

// coarse returns images [height, width] as means over squares of pixels, at most 8 a side, so that
// classifiers see less of what interpolation does to single pixels. Others stay as they are.
func (t *trial) coarse(x []float64) []float64 {
	if !action.Resamples(t.a) || len(t.input) != 2 {
		return x
	}
	height, width := t.input[0], t.input[1]
	k := (max(height, width) + coarseSide - 1) / coarseSide
	rows, columns := (height+k-1)/k, (width+k-1)/k
	means := make([]float64, len(x)/t.width*rows*columns)
	for i, v := range x {
		image, row, column := i/t.width, i%t.width/width, i%width
		means[(image*rows+row/k)*columns+column/k] += v / float64(k*k)
	}
	return means
}

// symmetrised returns the trial with samples that were all turned by a random part of whole turns.
func (t *trial) symmetrised(turn *mat.Dense) (*trial, error) {
	s := *t
	draw := func() *mat.Dense { return lie.Exp(turn, 2*math.Pi*t.random.Float64()) }
	var err error
	if s.folds, err = t.movedFolds(draw, draw); err != nil {
		return nil, err
	}
	return &s, nil
}
