package device

import "github.com/gomlx/compute"

// Limits are the batch sizes with which a device works well.
type Limits struct {
	Samples int // largest number of samples
	Inputs  int // numbers of all samples together, also within a layer
	Rows    int // numbers of an output's rows, K for each sample
	MaxRows int // the same, for batches that are larger because of many candidates
	Times   int // inputs that a network runs on for each sample; 0 means 1
}

var (
	// cpu keeps inputs near 4 MB and rows near 8 MB: large enough for all cores, small
	// enough to stay in cache. Rows take no more than 32 MB.
	cpu = Limits{Samples: 1 << 13, Inputs: 1 << 20, Rows: 1 << 20, MaxRows: 1 << 22}
	// A GPU is at its best with large batches: starting a program costs as much as a
	// million numbers. These suit one with 8 to 32 GiB of free memory.
	gpu = Limits{Samples: 1 << 17, Inputs: 1 << 24, Rows: 1 << 25, MaxRows: 1 << 26}
)

// LimitsOf returns the limits of a backend; nil means a CPU.
func LimitsOf(b compute.Backend) Limits {
	if OnGPU(b) {
		return gpu.within(freeMemory())
	}
	return cpu
}

// within returns the limits of a GPU for so many bytes of free memory. They grow with it up to 8
// times, and shrink with it down to the number of samples of a CPU.
func (l Limits) within(free int) Limits {
	for ; free >= 32<<30 && l.Samples < 1<<20; free /= 2 {
		l.Samples, l.Inputs, l.Rows, l.MaxRows = 2*l.Samples, 2*l.Inputs, 2*l.Rows, 2*l.MaxRows
	}
	for ; free < 8<<30 && l.Samples > cpu.Samples; free *= 2 {
		l.Samples, l.Inputs, l.Rows, l.MaxRows = l.Samples/2, l.Inputs/2, l.Rows/2, l.MaxRows/2
	}
	return l
}

// Batch returns the number of samples in a batch, for inputs or layers of so many numbers
// each and k candidates, 0 for none. With many candidates a batch must be worth the K×K
// numbers that are summed from it, so it has at least minMultiple·K samples.
func (l Limits) Batch(numbers, k int) int {
	batch, times := l.Samples, max(1, l.Times)
	for batch > max(16, 256/times) && batch*times*numbers > l.Inputs {
		batch /= 2
	}
	for batch*k > l.Rows && batch > minMultiple*k || batch*k > l.MaxRows && batch > 16 {
		batch /= 2
	}
	return batch
}

// minMultiple follows from the cost of sums: K×K numbers are read about ten times when they
// are summed.
const minMultiple = 8

// ForInputs returns the number of samples in a batch if there are no candidates.
func (l Limits) ForInputs(numbers int) int { return l.Batch(numbers, 0) }

// EvenBatch returns the size of batches, at most most, for a stream of so many samples.
// Little of the last batch is padding, and few sizes, each with a compiled program, suffice
// for all streams.
func EvenBatch(samples, most int) int {
	batches := max(1, (samples+most-1)/most)
	grain := max(1, most/16)
	size := (samples + batches - 1) / batches
	return min(most, (size+grain-1)/grain*grain)
}
