package extraction

import (
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// A verdict needs sums over more than a hundred blocks of samples. For blocks of a cheap network,
// starting the program takes longer than running it. So it runs on several blocks at once, with a
// sum for each. All its results have the blocks, or their samples, as their first axis.
//
// A GPU takes longer to start the program than to run it on a block of any network, and to read back
// a result than to compute it. There, blocks of all networks and actions run together.

// togetherSamples is about the largest number of samples in blocks that run together on a CPU.
const togetherSamples = 1280

// togetherShare is the share of a stream that may run together elsewhere. The pilot's samples run in
// batches of this size, too.
const togetherShare = 1. / 8

// BlocksTogether returns the number of blocks of s.Batch samples on which the program runs at once.
// It is 1 for streams so short that the pilot takes all samples (see inTwo), for probes, and for so
// many candidates that sums of one block take long. On a CPU, it is 1 for costly networks, too, and
// for actions that do not sum in blocks by themselves.
func (n Network) BlocksTogether(a action.Action, p *stream.Peeked, s Settings) int {
	if p.First == nil || p.First.Shape().Dim(0) <= sizeSamples || n.Given {
		return 1
	}
	_, pairs := action.GramPairs(a)
	if pairs == nil && a.Dim() >= derivative.StripedFrom || n.mayProbe(a, p, s) {
		return 1
	}
	numbers := p.First.Size() / p.First.Shape().Dim(0)
	samples := togetherSamples
	if backend, err := n.On(); err == nil && !backend.HasSharedBuffers() {
		samples = min(max(sizeSamples, int(togetherShare*float64(p.Known))), device.LimitsOf(backend).Batch(numbers, a.Dim()))
	} else if _, ok := a.(action.InBlocks); !ok || n.costly(numbers) {
		return 1
	}
	most := min(samples, p.Batch()) / s.Batch
	if most < 2 {
		return 1
	}
	blocks := (p.Known + s.Batch - 1) / s.Batch
	calls := (blocks + most - 1) / most
	return (blocks + calls - 1) / calls // little of the last call is padding
}

// mayProbe reports whether the program may use random probes. Which ones it draws for a sample depends on the
// batches before it.
func (n Network) mayProbe(a action.Action, p *stream.Peeked, s Settings) bool {
	numbers := p.First.Size() / p.First.Shape().Dim(0)
	if s.Mode != jacobian.AutoMode || numbers <= a.Dim()+jacobian.MostProbes {
		return s.Mode == jacobian.TangentMode
	}
	e, _, err := prepared(n, a, stream.Chunk{X: p.First}, s) // making the program reports the error
	if err != nil {
		return true
	}
	e.scaled = equalised(a, e.outputs, s)
	return e.fewestPasses(numbers) == jacobian.TangentMode
}
