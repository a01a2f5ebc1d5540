// Package checks looks again at verdicts that would be firm, where gradients or sums over all outputs
// and samples may hide something: at each output (eachoutput.go), at each sample (changes.go), and
// along finite steps (steps.go). It tells the verdict what it found.
package checks

import (
	"sync"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network/internal/extraction"
)

// Network is a network, with the programs that checked a verdict on it last.
type Network struct {
	extraction.Network
	Last *Programs
}

// Programs keeps the last programs, for verdicts of the same kind on other data or after more
// training.
type Programs struct {
	mu    sync.Mutex
	each  *eachOutput // looked at outputs one by one
	steps *stepper    // moved inputs
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
