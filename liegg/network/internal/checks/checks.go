// Package checks looks again at verdicts that would be firm, where gradients or sums over all outputs
// and samples may hide something: at each output (eachoutput.go), at each sample (changes.go), and
// along finite steps (steps.go). It tells the verdict what it found.
package checks

import (
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/extraction"
)

// Network is a network, with the programs that checked a verdict on it last.
type Network struct {
	extraction.Network
	Last *Programs
}

// Settings says how outputs are computed, and which samples belong together.
type Settings struct {
	extraction.Settings

	// BlockOf returns a function from the index of a sample in the stream to its block, counted
	// from 1, for so many candidates. The function is nil if no groups of samples were given.
	BlockOf func(candidates int) (of func(number int) int, err error)
}

// Samples holds samples from all over a stream. If the stream is empty, X is nil.
type Samples struct {
	X  *tensors.Tensor // [n, input…]
	At []int           // the index of each in the stream
}

// Numbers returns the indices in the stream of the samples that stream.Sampled picks of X.
func (o Samples) Numbers(samples int) []int {
	numbers := make([]int, samples)
	for i := range numbers {
		numbers[i] = o.At[i*len(o.At)/samples]
	}
	return numbers
}

// values returns the numbers of so many samples, evenly from all over the stream, or of all samples
// if there are fewer.
func (o Samples) values(samples int) ([]float64, error) {
	all, err := dataset.Values(o.X)
	if err != nil {
		return nil, err
	}
	n := o.X.Shape().Dim(0)
	samples = min(samples, n)
	width := len(all) / n
	some := make([]float64, 0, samples*width)
	for i := range samples {
		at := i * n / samples * width
		some = append(some, all[at:at+width]...)
	}
	return some, nil
}

// View holds samples at which a verdict on some of the outputs or samples looks again.
type View struct {
	All    Samples               // from all over the stream
	Part   *tensors.Tensor       // [n, input…], of the samples that the verdict is on
	Wanted func(number int) bool // selects these by their index in the stream
}

// Everywhere is for verdicts on all samples.
func (o Samples) Everywhere() View {
	return View{o, o.X, func(int) bool { return true }}
}

// SetPart calls Verdict.SetChanges and Verdict.SetSteps for a verdict on some of the outputs or
// samples; see setChanges.
func (n Network) SetPart(v *liegg.Verdict, a action.Action, o View, factors []float64, s Settings) error {
	if err := n.setChanges(v, a, o, factors, s); err != nil {
		return err
	}
	return n.setSteps(v, a, o, factors, s)
}

// blocksOf returns the blocks of samples, given their indices in the stream. If of is nil, each
// block has the given number of consecutive samples.
func blocksOf(numbers []int, of func(number int) int, each int) []int {
	blocks := make([]int, len(numbers))
	for i, number := range numbers {
		if of != nil {
			blocks[i] = of(number)
		} else {
			blocks[i] = i/each + 1
		}
	}
	return blocks
}
