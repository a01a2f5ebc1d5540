package symmetrise

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Cost is the cost of a broken symmetry: the distance of a network f from its mean f̄ over a group.
type Cost struct {
	// Error is the equivariance error √E‖f(x) − f̄(x)‖², in the units of the outputs, and Relative
	// the same in units of Spread = √Var f. The intervals hold 95 %, by bootstrap over samples,
	// and are wider by Rule at both ends.
	Error, Relative flow.Interval
	Spread          float64
	// Orbit is the error over the orbits of the samples, √E∫‖ρ(g)⁻¹f(g·x) − f̄(x)‖² dg. It equals
	// Error if inputs are spread evenly over the orbits.
	Orbit float64
	// Rule is the error of f̄ itself, a root mean square: for an exact rule, its change if all
	// elements are multiplied by a random one; for random elements, its standard error.
	Rule float64
	// Outputs and Labels hold the error of each output, and of each label if there are labels, in
	// ascending order.
	Outputs, Labels []Part
	// BySample is ‖f(x) − f̄(x)‖² of each sample, and Mean is f̄(x), sample by sample. With random
	// elements BySample may be negative, because their average contribution is subtracted.
	BySample, Mean []float64
	// Outside is the share of the data that elements of the group move out of their range.
	Outside float64
	// Over describes the elements over which f̄ is the mean.
	Over string
	// Reasons say why intervals may be too narrow: samples depend on each other, or the error rests
	// on few of them.
	Reasons []string

	split *Decomposition
}

// Part is one output, or the samples of one label.
type Part struct {
	Name    string
	Samples int
	// Error is the equivariance error of the part, and Share is its share of the total E‖f − f̄‖².
	// The interval is as in Cost, and wider by the error of the part's own f̄.
	Error flow.Interval
	Share float64
}

// Decomposition is the test error as a sum, E‖f − y‖² = E‖f̄ − y‖² + E‖f − f̄‖² + Cross. The cross term
// 2E⟨f − f̄, f̄ − y⟩ is 0 if targets are equivariant, outputs move by rotations, and inputs are
// spread evenly over the orbits.
type Decomposition struct {
	// RMSE is √E‖f − y‖², and Symmetrised is √E‖f̄ − y‖².
	RMSE, Symmetrised float64
	// Share is E‖f − f̄‖² in units of E‖f − y‖²: the share of the test error that is broken
	// symmetry. Cross is the cross term in the same units.
	Share, Cross flow.Interval
	// Orbit is √E∫‖ρ(g)⁻¹f(g·x) − y‖² dg, the test error over the orbits of the samples. For any
	// targets it is √(Symmetrised² + Cost.Orbit²).
	Orbit float64
}

// Sums reports whether the squared test error is the sum of Symmetrised² and the squared
// equivariance error, to the accuracy of the samples: the interval of the cross term contains 0, or
// the cross term is at most a tenth of Share.
func (s *Decomposition) Sums() bool {
	return s.Cross.Lower <= 0 && s.Cross.Upper >= 0 || math.Abs(s.Cross.Value) <= .1*s.Share.Value
}

// ErrNoTargets is returned by Split if no targets were given.
var ErrNoTargets = errors.New("symmetrise: there are no targets to split the test error by: give Settings.Targets, the outputs that the samples should have")

// Split returns the test error as a sum, or ErrNoTargets.
func (c *Cost) Split() (*Decomposition, error) {
	if c.split == nil {
		return nil, ErrNoTargets
	}
	return c.split, nil
}

// Worst returns the samples of largest error, at most count, the worst first, counted from 0.
func (c *Cost) Worst(count int) []int {
	order := make([]int, len(c.BySample))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(c.BySample[j], c.BySample[i]) })
	return order[:min(max(0, count), len(order))]
}

// cost reads the sums.
func (m *measurement) cost() (*Cost, error) {
	n, width := m.held.Len(), len(m.outputs)/m.held.Len()
	blocks, err := m.blocks()
	if err != nil {
		return nil, err
	}
	noise := m.noise()
	each, orbit, mean := make([]float64, len(m.outputs)), 0.0, make([]float64, len(m.outputs))
	for k, d := range m.mean {
		each[k] = d*d - noise[k]
		orbit += m.squares[k] - each[k]
		mean[k] = m.outputs[k] + d
	}
	c := &Cost{BySample: perSample(each, width), Mean: mean, Outside: m.outside, Over: m.group.String()}
	off := m.ruleSquares(noise)
	c.Rule = rootMean(off, len(off)/width)
	c.Orbit = math.Sqrt(max(0, orbit) / float64(n))
	e := estimator{blocks, m.s}
	variance := variances(m.outputs, n)
	c.Spread = math.Sqrt(floats.Sum(variance) / float64(n))
	if n == 1 {
		return nil, errOneSample
	}
	if c.Spread == 0 {
		return nil, flow.ErrConstant
	}
	c.Error = widened(e.root(c.BySample, ones(n)), c.Rule)
	c.Relative = widened(e.root(c.BySample, variance), c.Rule/c.Spread)
	whole := floats.Sum(c.BySample)
	for o := range width {
		output := tensor.Column(each, o, width)
		rule := rootMean(tensor.Column(off, o, width), len(off)/width)
		c.Outputs = append(c.Outputs, Part{fmt.Sprintf("output %d", o+1), n, widened(e.root(output, ones(n)), rule), share(output, whole)})
	}
	c.Labels = m.byLabel(c, whole, blocks, perSample(off, width))
	if m.targets != nil {
		c.split = m.split(e, c, noise)
	}
	if c.Error.Value > roundings*c.Spread {
		c.Reasons, err = m.reasons(c.BySample)
	}
	return c, err
}

var errOneSample = errors.New("symmetrise: the outputs of one sample have no spread to compare the error with: give more samples")

// enoughSamples is the number of samples that must carry the error.
const enoughSamples = 20

// reasons returns Cost.Reasons.
func (m *measurement) reasons(bySample []float64) ([]string, error) {
	dependence, err := m.held.Dependence(m.s.Groups, m.group.action)
	reasons := dependence.Doubts()
	if carry := participation.Ratio(bySample); carry < enoughSamples {
		reasons = append(reasons, fmt.Sprintf("the error rests on about %.2g samples, %d are wanted", carry, enoughSamples))
	}
	return reasons, err
}

// roundings is about the sum of rounding errors in float32, in units of the spread of the outputs.
const roundings = 1e-5

// coarse reports whether the error of f̄ itself is a large part of an error that f̄ was computed for,
// and more than rounding.
func (c *Cost) coarse(of float64) bool { return c.Rule > .3*of && c.Rule > roundings*c.Spread }

// noise returns the average contribution of random elements to d̄² of each output, the square of
// its standard error. It is 0 for exact rules.
func (m *measurement) noise() []float64 {
	noise := make([]float64, len(m.mean))
	if !m.group.Random() {
		return noise
	}
	k := float64(len(m.group.rule.Nodes))
	for i, d := range m.mean {
		noise[i] = max(0, m.draws[i]/k-d*d) / (k - 1)
	}
	return noise
}

// ruleSquares returns the square of the error of f̄ for each output of the samples for which it is
// known: of all samples with random elements, and of the first ones with an exact rule.
func (m *measurement) ruleSquares(noise []float64) []float64 {
	if m.group.Random() {
		return noise
	}
	squares := make([]float64, len(m.control))
	for k, mean := range m.control {
		squares[k] = (mean - m.mean[k]) * (mean - m.mean[k])
	}
	return squares
}

// rootMean returns √(Σ squares / n), or 0 if there are none.
func rootMean(squares []float64, n int) float64 {
	if n == 0 {
		return 0
	}
	return math.Sqrt(floats.Sum(squares) / float64(n))
}

// byLabel returns the part of each label. off is the square of the error of f̄ for the samples for
// which it is known. A label of none of these has the error of the whole.
func (m *measurement) byLabel(c *Cost, whole float64, blocks []int, off []float64) (parts []Part) {
	samples := map[string][]int{}
	for i, l := range m.s.Labels {
		samples[l] = append(samples[l], i)
	}
	for _, l := range slices.Sorted(maps.Keys(samples)) {
		var squares, known []float64
		var block []int
		for _, i := range samples[l] {
			squares, block = append(squares, c.BySample[i]), append(block, blocks[i])
			if i < len(off) {
				known = append(known, off[i])
			}
		}
		rule := c.Rule
		if len(known) > 0 {
			rule = rootMean(known, len(known))
		}
		if !m.s.Groups.Given() {
			block = neighbours(len(squares))
		}
		e := estimator{numbered(block), m.s}
		parts = append(parts, Part{l, len(squares), widened(e.root(squares, ones(len(squares))), rule), share(squares, whole)})
	}
	return parts
}

// numbered counts the blocks that occur from 0.
func numbered(blocks []int) []int {
	used := slices.Compact(slices.Sorted(slices.Values(blocks)))
	of := make([]int, len(blocks))
	for i, b := range blocks {
		of[i], _ = slices.BinarySearch(used, b)
	}
	return of
}

// split returns the decomposition of the test error.
func (m *measurement) split(e estimator, c *Cost, noise []float64) *Decomposition {
	n := m.held.Len()
	test, symmetrised, orbit := make([]float64, n), make([]float64, n), 0.0
	width := len(m.outputs) / n
	for k, y := range m.targets {
		off, bar := m.outputs[k]-y, c.Mean[k]-y
		test[k/width] += off * off
		symmetrised[k/width] += bar*bar - noise[k]
		orbit += m.distance[k]
	}
	s := &Decomposition{
		RMSE:        math.Sqrt(stat.Mean(test, nil)),
		Symmetrised: math.Sqrt(max(0, stat.Mean(symmetrised, nil))),
		Orbit:       math.Sqrt(orbit / float64(n)),
	}
	if s.RMSE == 0 { // nothing to split
		return s
	}
	root := widened(e.root(c.BySample, test), c.Rule/s.RMSE)
	s.Share = flow.Interval{Value: root.Value * root.Value, Lower: root.Lower * root.Lower, Upper: root.Upper * root.Upper}
	cross := make([]float64, n)
	for i := range cross {
		cross[i] = test[i] - symmetrised[i] - c.BySample[i]
	}
	s.Cross = e.mean(cross, s.RMSE*s.RMSE)
	return s
}

// estimator computes estimates with intervals by resampling blocks of samples.
type estimator struct {
	blocks []int // of each sample
	s      Settings
}

// confidence of all intervals.
const confidence = .95

// widened moves both ends of an interval outwards.
func widened(i flow.Interval, by float64) flow.Interval {
	if by > 0 {
		i.Lower, i.Upper = max(0, i.Lower-by), i.Upper+by
	}
	return i
}

// root estimates √(Σa/Σb) with its interval. Sums of a may be negative because of noise.
func (e estimator) root(a, b []float64) flow.Interval {
	value := math.Sqrt(max(0, floats.Sum(a)/floats.Sum(b)))
	x, y := e.sums(a), e.sums(b)
	for i := range x {
		x[i] = max(0, x[i])
	}
	if len(x) < fewestBlocks {
		return flow.Interval{Value: value, Upper: math.Inf(1)}
	}
	r := liegg.RatioInterval(x, y, confidence, e.s.Resamples, e.s.random())
	return flow.Interval{Value: value, Lower: min(value, r.Lower), Upper: max(value, r.Upper)}
}

// mean estimates the mean of v in units of size, with a normal interval over blocks.
func (e estimator) mean(v []float64, size float64) flow.Interval {
	sums, counts := e.sums(v), e.sums(ones(len(v)))
	value := floats.Sum(v) / float64(len(v))
	if len(sums) < 2 {
		return flow.Interval{Value: value / size, Lower: math.Inf(-1), Upper: math.Inf(1)}
	}
	squares := 0.0
	for i, sum := range sums {
		off := sum - counts[i]*value
		squares += off * off
	}
	k := float64(len(sums))
	off := 1.96 * math.Sqrt(squares*k/(k-1)) / float64(len(v))
	return flow.Interval{Value: value / size, Lower: (value - off) / size, Upper: (value + off) / size}
}

// sums adds up the samples of each block.
func (e estimator) sums(v []float64) []float64 {
	sums := make([]float64, slices.Max(e.blocks)+1)
	for i, x := range v {
		sums[e.blocks[i]] += x
	}
	return sums
}

// fewestBlocks is the number of blocks below which intervals of resamples are much too narrow. Then
// nothing is said of how large an error may be.
const fewestBlocks = 8

// mostBlocks is the largest number of blocks in a resample.
const mostBlocks = 100

// blocks returns the block of each sample: blocks of whole groups if groups are given, and of
// neighbours otherwise.
func (m *measurement) blocks() ([]int, error) {
	if !m.s.Groups.Given() {
		return neighbours(m.held.Len()), nil
	}
	blocks, _, err := m.s.Groups.Allot(m.held.Len(), mostBlocks)
	return blocks, err
}

// neighbours assigns n samples to blocks of consecutive samples.
func neighbours(n int) []int {
	blocks, count := make([]int, n), min(mostBlocks, n)
	for i := range blocks {
		blocks[i] = i * count / n
	}
	return blocks
}

// variances returns ‖y_i − mean‖² of n samples.
func variances(y []float64, n int) []float64 {
	width, squares := len(y)/n, make([]float64, n)
	for o := range width {
		column := tensor.Column(y, o, width)
		mean := stat.Mean(column, nil)
		for i, v := range column {
			squares[i] += (v - mean) * (v - mean)
		}
	}
	return squares
}

// perSample adds up the width numbers of each sample.
func perSample(v []float64, width int) []float64 {
	sums := make([]float64, len(v)/width)
	for k, x := range v {
		sums[k/width] += x
	}
	return sums
}

func share(part []float64, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return floats.Sum(part) / whole
}

func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
