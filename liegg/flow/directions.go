package flow

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// oneFlow follows the generator Σ_j c_j·(row j of the span) up to t, with ‖c‖ = 1.
type oneFlow struct {
	c []float64
	t float64
}

// Streams of random numbers: the flows that are fitted and the flows that judge must differ.
const (
	fittedFlows  = 0x666974
	judgingFlows = 0x6a7564
)

// chooseFlows draws count flows, in pairs ±t along one direction of the span. The directions
// are rows of random orthogonal matrices, so none is favoured. The reach is divided into
// equal parts, one for each pair, and |t| lies in the part of its pair. A flow that leaves
// the data early has a shorter reach.
func (f *fit) chooseFlows(count int, stream uint64) ([]oneFlow, error) {
	d, _ := f.span.Dims()
	random := rand.New(rand.NewPCG(f.e.s.Seed, stream))
	pairs := (count + 1) / 2
	parts := random.Perm(pairs) // otherwise some directions would always get the long flows
	var frame *mat.Dense
	var flows []oneFlow
	for p, part := range parts {
		if p%d == 0 {
			var err error
			if frame, err = frameOf(random, d); err != nil {
				return nil, err
			}
		}
		q := oneFlow{c: frame.RawRowView(p % d)}
		reach := min(f.e.s.Fit.Reach, f.e.limit(f.generator(f.span, q), f.e.s.Fit.Reach))
		q.t = reach * (float64(part) + random.Float64()) / float64(pairs)
		flows = append(flows, q, oneFlow{q.c, -q.t})
	}
	return flows, nil
}

// frameOf draws an orthogonal d×d matrix, uniformly distributed.
func frameOf(random *rand.Rand, d int) (*mat.Dense, error) {
	m := mat.NewDense(d, d, nil)
	m.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, m)
	return polar(m)
}
