package linalg

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// span is a set of vectors with their products A·v and B·v.
type span struct{ v, a, b *mat.Dense }

func (s span) columns(which []int) span {
	if s.v == nil {
		return s
	}
	c := span{v: columnsOf(s.v, which), a: columnsOf(s.a, which)}
	c.b = c.v
	if s.b != s.v {
		c.b = columnsOf(s.b, which)
	}
	return c
}

// times returns the combinations s·y.
func (s span) times(y *mat.Dense) span {
	t := span{v: product(s.v, y), a: product(s.a, y)}
	t.b = t.v
	if s.b != s.v {
		t.b = product(s.b, y)
	}
	return t
}

// normalise scales the vectors to unit length, and their products with them.
func (s span) normalise() {
	lengths := columnNorms(s.v)
	normalise(s.v, lengths)
	normalise(s.a, lengths)
	if s.b != s.v {
		normalise(s.b, lengths)
	}
}

// joined puts spans side by side.
func joined(spans []span) span {
	if len(spans) == 1 {
		return spans[0]
	}
	s := span{
		v: beside(spans, func(s span) *mat.Dense { return s.v }),
		a: beside(spans, func(s span) *mat.Dense { return s.a }),
	}
	s.b = s.v
	if spans[0].b != spans[0].v {
		s.b = beside(spans, func(s span) *mat.Dense { return s.b })
	}
	return s
}

func beside(spans []span, of func(span) *mat.Dense) *mat.Dense {
	rows, columns := 0, 0
	for _, s := range spans {
		if m := of(s); m != nil {
			r, c := m.Dims()
			rows, columns = r, columns+c
		}
	}
	all := mat.NewDense(rows, columns, nil)
	at := 0
	for _, s := range spans {
		if m := of(s); m != nil {
			_, c := m.Dims()
			all.Slice(0, rows, at, at+c).(*mat.Dense).Copy(m)
			at += c
		}
	}
	return all
}

// rayleighRitz returns the count smallest λ of A·x = λ·B·x within the span,
// and the combinations y that give x with xᵀB·x = 1. Directions of the span
// that depend on the others, to 1e-10 in their Gram matrix, are left out.
func rayleighRitz(s span, count int) ([]float64, *mat.Dense, error) {
	frame, err := orthonormal(inner(s.v, s.b), count)
	if err != nil {
		return nil, nil, err
	}
	a := inner(s.v, s.a)
	var af, faf mat.Dense
	af.Mul(a, frame)
	faf.Mul(frame.T(), &af)
	var eigen mat.EigenSym
	if !eigen.Factorize(SymmetricPart(&faf), true) {
		return nil, nil, errBreakdown
	}
	var q mat.Dense
	eigen.VectorsTo(&q)
	n, _ := q.Dims()
	return eigen.Values(nil)[:count], product(frame, mat.DenseCopyOf(q.Slice(0, n, 0, count))), nil
}

// dependent is the tolerance for directions of a span that depend on the others. It is
// larger than Nothing because the products with A, of which combinations take
// differences, have rounding errors of their own.
const dependent = 1e-10

// orthonormal returns Z with ZᵀMZ = 1 over the part of the space where M is
// large enough. The dimension of that part must be at least least.
func orthonormal(m *mat.SymDense, least int) (*mat.Dense, error) {
	axes, ok := AxesOf(m, 0)
	if axes = axes.Above(dependent); !ok || len(axes.Values) < least {
		return nil, errBreakdown
	}
	return axes.Whiten(), nil
}

// inner returns xᵀy, which is symmetric up to rounding.
func inner(x, y *mat.Dense) *mat.SymDense {
	var p mat.Dense
	p.Mul(x.T(), y)
	return SymmetricPart(&p)
}

func product(x, y *mat.Dense) *mat.Dense {
	var p mat.Dense
	p.Mul(x, y)
	return &p
}

func columnsOf(m *mat.Dense, which []int) *mat.Dense {
	rows, _ := m.Dims()
	c := mat.NewDense(rows, len(which), nil)
	for i := range rows {
		from, to := m.RawRowView(i), c.RawRowView(i)
		for k, j := range which {
			to[k] = from[j]
		}
	}
	return c
}

func columnNorms(m *mat.Dense) []float64 {
	rows, columns := m.Dims()
	norms := make([]float64, columns)
	for i := range rows {
		for j, v := range m.RawRowView(i) {
			norms[j] += v * v
		}
	}
	for j, v := range norms {
		norms[j] = math.Sqrt(v)
	}
	return norms
}

// normalise divides columns by their lengths. Columns of length 0 are left
// alone.
func normalise(m *mat.Dense, lengths []float64) {
	inverse := make([]float64, len(lengths))
	for j, l := range lengths {
		if inverse[j] = 1; l > 0 {
			inverse[j] = 1 / l
		}
	}
	scaleColumns(m, inverse)
}

func scaleColumns(m *mat.Dense, by []float64) {
	rows, _ := m.Dims()
	for i := range rows {
		for j, row := 0, m.RawRowView(i); j < len(row); j++ {
			row[j] *= by[j]
		}
	}
}
