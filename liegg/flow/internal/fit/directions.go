package fit

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow/internal/motion"
)

// Flow follows the generator Σ_j c_j·(row j of the span) up to t, with ‖c‖ = 1.
type Flow struct {
	c []float64
	t float64
}

// Streams of random numbers: the flows that are fitted and the flows that judge must differ.
const (
	fittedFlows  = 0x666974
	judgingFlows = 0x6a7564
)

// choose draws count flows, in pairs ±t along one direction of the span. The directions
// are rows of random orthogonal matrices, so none is favoured. The reach is divided into
// equal parts, one for each pair, and |t| lies in the part of its pair. A flow that leaves
// the data early has a shorter reach.
func (f *Problem) choose(count int, stream uint64) ([]Flow, error) {
	d, _ := f.Span.Dims()
	random := rand.New(rand.NewPCG(f.s.Seed, stream))
	pairs := (count + 1) / 2
	parts := random.Perm(pairs) // otherwise some directions would always get the long flows
	var frame *mat.Dense
	var flows []Flow
	for p, part := range parts {
		if p%d == 0 {
			var err error
			if frame, err = frameOf(random, d); err != nil {
				return nil, err
			}
		}
		q := Flow{c: frame.RawRowView(p % d)}
		reach := min(f.s.Reach, f.On.Limit(f.generator(f.Span, q), f.s.Reach))
		q.t = reach * (float64(part) + random.Float64()) / float64(pairs)
		flows = append(flows, q, Flow{q.c, -q.t})
	}
	return flows, nil
}

// Judging draws as many flows as were fitted, and others.
func (f *Problem) Judging() ([]Flow, error) { return f.choose(len(f.flows), judgingFlows) }

// frameOf draws an orthogonal d×d matrix, uniformly distributed.
func frameOf(random *rand.Rand, d int) (*mat.Dense, error) {
	m := mat.NewDense(d, d, nil)
	m.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, m)
	return polar(m)
}

// SpanVectors returns unit vectors of the span, in whitened coordinates: a basis, and as many
// between them.
func (f *Problem) SpanVectors(random *rand.Rand) (us [][]float64, err error) {
	const most = 6
	d, width := f.Span.Dims()
	rows := mat.DenseCopyOf(f.Span)
	if d > 1 {
		frame, err := frameOf(random, d)
		if err != nil {
			return nil, err
		}
		var between mat.Dense
		between.Mul(frame, f.Span)
		rows = mat.NewDense(2*d, width, nil)
		rows.Stack(f.Span, &between)
	}
	count, _ := rows.Dims()
	step := max(1, float64(count)/most)
	for i := 0.; int(i) < count; i += step {
		us = append(us, mat.Row(nil, int(i), rows))
	}
	return us, nil
}

// RunnersUp returns the directions with the next smallest ρ outside the span, orthonormal. others
// are generators by ascending ρ; the first ones are trivial and are left out. taken holds trivial
// generators and the span.
func (f *Problem) RunnersUp(others []liegg.Generator, trivial int) (us [][]float64, taken *mat.Dense) {
	const most = 4
	taken = mat.DenseCopyOf(f.Span)
	all := taken // including the runners-up
	for i, g := range others {
		if d, r := all.Dims(); len(us) == most || d == r {
			break
		}
		h, _ := motion.Coefficients(f.On.Action, g.H)
		u, left := f.orthogonalPart(h, all)
		if left < .1 { // mostly inside the span
			continue
		}
		all = appendRow(all, u)
		if i < trivial {
			taken = all
		} else {
			us = append(us, u)
		}
	}
	return us, taken
}

// appendRow returns a matrix with one more row.
func appendRow(m *mat.Dense, row []float64) *mat.Dense {
	var more mat.Dense
	more.Stack(m, mat.NewDense(1, len(row), row))
	return &more
}

// orthogonalPart returns the part of coefficients that is orthogonal to the orthonormal rows taken,
// in whitened coordinates and of unit length, and its share of the whole.
func (f *Problem) orthogonalPart(h []float64, taken *mat.Dense) (u []float64, share float64) {
	var w, inside, back mat.VecDense
	w.MulVec(f.unwhiten, mat.NewVecDense(len(h), h))
	whole := mat.Norm(&w, 2)
	inside.MulVec(taken, &w)
	back.MulVec(taken.T(), &inside)
	w.SubVec(&w, &back)
	left := mat.Norm(&w, 2)
	if whole == 0 || left == 0 {
		return nil, 0
	}
	w.ScaleVec(1/left, &w)
	return w.RawVector().Data, left / whole
}

// RandomOutside returns random unit vectors orthogonal to orthonormal rows, or none if these span
// the whole space.
func RandomOutside(taken *mat.Dense, random *rand.Rand, count int) (us [][]float64) {
	d, width := taken.Dims()
	if d == width {
		return nil
	}
	for range count {
		u := make([]float64, width)
		for i := range u {
			u[i] = random.NormFloat64()
		}
		for i := range d {
			row := taken.RawRowView(i)
			floats.AddScaled(u, -floats.Dot(row, u), row)
		}
		floats.Scale(1/floats.Norm(u, 2), u)
		us = append(us, u)
	}
	return us
}
