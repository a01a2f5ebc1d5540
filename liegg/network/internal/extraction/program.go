// Package extraction computes rows of the polarization matrix of a network, and sums of them, by
// compiled programs.
//
// A Network is a function of a batch. A Subject is that function below a head, and an action.
// Network.Program compiles a Program for it, or takes one that is kept (Programs). Chunks runs the
// program over chunks of samples and gives what package liegg takes: rows or Gram matrices, metrics,
// and moments, summed over each chunk.
//
// For a verdict, the program first runs over the beginning of the stream (measure.go). That finds the
// sizes of outputs (sizes.go) and bounds on the influence of samples (pilot.go). The program may run
// in two parts (intwo.go), or on several blocks at once (blocks.go).
//
// Each step has a file: a Program (program.go) is built (build.go) from graph code (graph.go, from
// compactsums.go and moments.go), called (calls.go) and run over chunks (run.go, pieces.go,
// chunks.go), and its results become chunks of package liegg (results.go).
package extraction

import (
	"crypto/sha256"
	"math/rand/v2"

	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Program is the compiled program that turns chunks into polarization rows.
type Program struct {
	Subject
	mode    jacobian.Mode
	outputs int
	rows    bool // keep rows (QR) instead of their Gram matrix
	apart   bool // the device has its own memory
	devices int  // on which chunks are run side by side

	exec        call.Program
	most        int       // samples in a batch that the device has room for; 0 if it never lacked room
	there       *staying  // sums on the device; nil if they are read of each chunk
	kind        *Kind     // of the program, if it can be used again
	block       int       // samples in a block, of which a batch holds several, each with sums of its own; 0 if it holds one
	independent bool      // samples are known not to affect each other
	inTwo       *inTwo    // exec in two parts; nil if it was never cut
	cut         bool      // run inTwo, not exec
	model       modelKind // the key under which this is remembered
	Census      finite.Census
	random      *rand.Rand
	replay      func(fingerprint func(stream.Chunk) ([sha256.Size]byte, error), c stream.Chunk) ([][]float64, error) // see Settings.Replay

	// The rest is for verdicts.
	verdict           bool
	scaled            bool                // outputs are scaled to one size
	sizes             *liegg.OutputScales // of the outputs; nil if they are not scaled
	measuring         *model.Exec         // measures the sizes of outputs
	measuringByProbes bool                // measuring is probedGraph
	mixed             bool                // the head computes each output from several others
	limits            limits              // bounds on the contribution of samples
	speeds            *model.Exec         // speeds of candidates
	typicals          []float64           // liegg.Variation.Typical
	spread            float64             // variance of the outputs; 0 if it is not known
	grouped           bool                // chunks hold samples that depend on each other
	unpaired          unpaired            // sums over shuffled samples; set if chunks are grouped
	distinct          *stream.Distinct    // counts repeated samples; nil to count none
	activity          *activity.Record    // records where the outputs have gradients
}

// unpaired holds the two sums of unpairedSums, per sample.
type unpaired struct{ sum, bound float64 }

// add adds the results of a verdict's program for a batch of so many samples.
func (u *unpaired) add(values [][]float64, samples int) {
	u.sum += values[7][0] / float64(samples)
	u.bound += values[8][0] / float64(samples)
}

// blocksIn returns the number of blocks in a batch.
func (e *Program) blocksIn(batch int) int {
	if e.block == 0 {
		return 1
	}
	return max(1, batch/e.block)
}

// Finalize frees the compiled programs. It does nothing if e is nil.
func (e *Program) Finalize() {
	if e == nil {
		return
	}
	if e.exec != nil {
		e.exec.Finalize()
	}
	for _, exec := range []*model.Exec{e.measuring, e.speeds} {
		if exec != nil {
			exec.Finalize()
		}
	}
	e.inTwo.finalize()
	e.there.forget()
	e.exec, e.measuring, e.speeds, e.inTwo, e.measuringByProbes, e.cut = nil, nil, nil, nil, false, false
}
