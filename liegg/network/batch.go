package network

import (
	"iter"

	"github.com/gomlx/compute"
)

// room says how many samples of a chunk a device works on well.
type room struct {
	samples int // at most
	inputs  int // numbers of all samples together, also within a layer
	rows    int // numbers of an output's rows, K for each sample
	most    int // such numbers, whatever else
}

var (
	// Cores keep inputs near 4 MB and rows near 8 MB: large enough for all cores, small
	// enough to stay in cache. Rows take no more than 32 MB.
	cores = room{samples: 1 << 13, inputs: 1 << 20, rows: 1 << 20, most: 1 << 22}
	// A GPU is at its best where chunks are large: starting a program costs as much as a
	// million numbers.
	gpu = room{samples: 1 << 17, inputs: 1 << 24, rows: 1 << 25, most: 1 << 26}
)

// roomOn is that of a backend.
func roomOn(b compute.Backend) room {
	if OnGPU(b) {
		return gpu
	}
	return cores
}

// room is that of the network's backend.
func (n *Network) room() room {
	backend, _ := n.backend()
	return roomOn(backend)
}

// chunks cuts a stream for the network and k candidates; a size of 0 fits them.
func (n *Network) chunks(inputs Inputs, size, k int) iter.Seq2[chunk, error] {
	backend, _ := n.backend() // whoever runs the network says what is wrong with it
	if size > 0 {
		return chunks(inputs, backend, size)
	}
	device := roomOn(backend)
	return fitting(inputs, backend, func(numbers int) int { return device.batch(max(numbers, n.widest()), k) })
}

// widest is the largest number of units in a layer, as the variables tell it.
func (n *Network) widest() (units int) {
	for v := range n.Store.IterVariables() {
		if shape := v.Shape(); shape.Rank() > 1 {
			units = max(units, shape.Dim(-1))
		}
	}
	return units
}

// batch is the number of samples in a chunk, for inputs or layers of so many numbers
// each and k candidates; 0 for none. With many candidates a chunk is to be worth the
// K×K numbers that it ends in: its samples are to be some multiple of K.
func (r room) batch(numbers, k int) int {
	batch := r.samples
	for batch > 256 && batch*numbers > r.inputs {
		batch /= 2
	}
	for batch*k > r.rows && batch > worth*k || batch*k > r.most && batch > 16 {
		batch /= 2
	}
	return batch
}

// worth is that multiple: K×K numbers are read some ten times where they are summed.
const worth = 8

// forInputs is the number of samples in a chunk where there are no candidates.
func (r room) forInputs(numbers int) int { return r.batch(numbers, 0) }

// ahead is the number of chunks, of the largest size, that are waited for before the
// size is chosen.
const ahead = 8

// even is the size of chunks, at most most, for a stream that ends after so many
// samples: little of the last one is left empty, and few sizes, each with a program of
// its own, serve all streams.
func even(samples, most int) int {
	chunks := max(1, (samples+most-1)/most)
	grain := max(1, most/16)
	size := (samples + chunks - 1) / chunks
	return min(most, (size+grain-1)/grain*grain)
}
