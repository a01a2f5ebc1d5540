package liegg

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
)

// Chunk is the contribution of one batch of samples to a polarization matrix: either its rows or
// only their Gram matrix, and the metric. Rows suit float64 functions: they resolve zeros to about
// 1e-15 of the largest singular value. A Gram matrix resolves 1e-8, which is enough for float32
// functions.
//
// The chunk may be reused after Polarization.Add returns.
type Chunk struct {
	Samples int           // samples in this chunk, idle ones included
	Outputs int           // rows per sample, ≥ 1
	Idle    int           // samples whose gradient vanished; their rows are zero and they do not count in N
	Rows    *mat.Dense    // (Samples·Outputs)×K polarization rows J_i·T_i, sample by sample; nil when only the Gram was kept
	Gram    mat.Symmetric // RowsᵀRows summed in float64, K×K; nil when Rows is given
	Metric  mat.Symmetric // Σ_i ‖J_i‖²_F T_iᵀT_i, K×K; T_i the matrix of columns A_k·x_i

	// Estimated says that Metric is an unbiased estimate, such as by random cotangents. Sums
	// over samples are then kept above the Gram matrix, as the metric itself is.
	Estimated bool

	Moments *Moments // needed for verdicts; otherwise it may be nil
	Repeats int      // samples that are equal to earlier ones of the stream, as far as is known

	// Block is the block of evidence that the chunk belongs to, counted from 1; 0 lets
	// blocks follow each other. See Evidence.AddTo.
	Block int

	// For a verdict, the samples in the sums above have weights, such that none counts for
	// much more than the others (see Influence), and outputs may be divided by their Scales.
	// Plain is then the same chunk without weights and scales. Scales are the same for all
	// chunks, nil if outputs are not scaled. Influence describes the weights. Polarization
	// ignores these fields.
	Plain     *Chunk
	Scales    *OutputScales
	Influence *Influence

	// Variation holds the scale with which the change of outputs along a candidate is
	// compared; it may be nil.
	Variation *Variation
}

// part returns what the chunk adds to a sum.
func (c Chunk) part() sums.Part {
	return sums.Part{
		Samples: c.Samples, Idle: c.Idle, Outputs: c.Outputs,
		Rows: c.Rows, Gram: c.Gram, Metric: c.Metric, Estimated: c.Estimated,
		Moments: (*spaces.Moments)(c.Moments),
	}
}

// check tests that the chunk fits k candidates.
func (c Chunk) check(k int) error {
	if c.Samples < 1 || c.Outputs < 1 || c.Idle < 0 || c.Idle > c.Samples {
		return fmt.Errorf("%w: chunk of %d samples, %d idle, %d outputs: want 0 ≤ idle ≤ samples, samples ≥ 1 and outputs ≥ 1",
			ErrShape, c.Samples, c.Idle, c.Outputs)
	}
	if (c.Rows == nil) == (c.Gram == nil) {
		return fmt.Errorf("%w: a chunk needs either Rows or Gram", ErrShape)
	}
	if c.Metric == nil || c.Metric.SymmetricDim() != k {
		return fmt.Errorf("%w: a chunk needs a %d×%d Metric", ErrShape, k, k)
	}
	if c.Repeats < 0 || c.Repeats > c.Samples {
		return fmt.Errorf("%w: chunk of %d samples with %d repeats", ErrShape, c.Samples, c.Repeats)
	}
	if err := c.Moments.check(); err != nil {
		return err
	}
	if err := c.checkScales(k); err != nil {
		return err
	}
	if err := c.Variation.check(k); err != nil {
		return err
	}
	return c.checkPolarization(k)
}

func (c Chunk) checkPolarization(k int) error {
	if c.Gram != nil {
		if n := c.Gram.SymmetricDim(); n != k {
			return fmt.Errorf("%w: %d×%d Gram for %d candidates", ErrShape, n, n, k)
		}
		return nil
	}
	if r, n := c.Rows.Dims(); r != c.Samples*c.Outputs || n != k {
		return fmt.Errorf("%w: %d×%d Rows, want %d×%d for %d samples of %d outputs and %d candidates",
			ErrShape, r, n, c.Samples*c.Outputs, k, c.Samples, c.Outputs, k)
	}
	return nil
}

// checkFinite looks for NaN and Inf; first is the index of the chunk's first
// sample in the stream.
func (c Chunk) checkFinite(first int) error {
	if c.Rows != nil {
		r, _ := c.Rows.Dims()
		for i := range r {
			if !linalg.AllFinite(c.Rows.RawRowView(i)) {
				return &NotFiniteError{Sample: first + i/c.Outputs, What: "polarization row"}
			}
		}
	}
	what := fmt.Sprintf("of samples %d to %d", first, first+c.Samples-1)
	if c.Gram != nil && !linalg.IsFinite(c.Gram) {
		return &NotFiniteError{Sample: -1, What: "the Gram matrix " + what}
	}
	if !linalg.IsFinite(c.Metric) {
		return &NotFiniteError{Sample: -1, What: "the metric " + what}
	}
	if c.Plain != nil {
		return c.Plain.checkFinite(first)
	}
	return nil
}

// checkScales tests what a chunk says of its scales.
func (c Chunk) checkScales(k int) error {
	if c.Plain == nil {
		if c.Scales != nil || c.Influence != nil {
			return fmt.Errorf("%w: a chunk with Scales or Influence needs Plain as well", ErrShape)
		}
		return nil
	}
	m := c.Outputs
	if c.Scales != nil {
		m = len(c.Scales.Gradients)
	}
	if c.Scales != nil && m-len(c.Scales.Constant) != c.Outputs {
		return fmt.Errorf("%w: %d of %d outputs are constant, but a chunk has %d of them",
			ErrShape, len(c.Scales.Constant), m, c.Outputs)
	}
	if p := c.Plain; p.Plain != nil || p.Samples != c.Samples || p.Outputs != m || (p.Rows == nil) != (c.Rows == nil) {
		return fmt.Errorf("%w: Plain must hold the samples of its chunk with all %d outputs, both as rows or both as Gram matrices", ErrShape, m)
	}
	return c.Plain.check(k)
}

// String summarises the chunk.
func (c Chunk) String() string {
	kind := "nothing"
	switch {
	case c.Rows != nil:
		kind = "rows"
	case c.Gram != nil:
		kind = "a Gram matrix"
	}
	text := fmt.Sprintf("chunk: %s, %s, %s", spelling.Count(c.Samples, "sample"), spelling.Count(c.Outputs, "output"), kind)
	if c.Metric != nil {
		text += fmt.Sprintf(", K = %d", c.Metric.SymmetricDim())
	}
	return text
}
