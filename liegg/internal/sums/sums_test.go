package sums

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/cores"
	"github.com/liegg/lab/liegg/internal/failure"
)

// part returns a part of n samples with random rows, as rows or as their Gram matrix, and the rows.
func part(random *rand.Rand, n, k int, asRows bool) (Part, *mat.Dense) {
	rows := mat.NewDense(n, k, nil)
	rows.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, rows)
	metric := mat.NewSymDense(k, nil)
	for i := range k {
		metric.SetSym(i, i, float64(n))
	}
	p := Part{Samples: n, Outputs: 1, Metric: metric}
	if asRows {
		p.Rows = rows
	} else {
		var gram mat.SymDense
		gram.SymOuterK(1, rows.T())
		p.Gram = &gram
	}
	return p, rows
}

// squareOf returns ‖C·h‖² of the rows C of several parts.
func squareOf(rows []*mat.Dense, h mat.Vector) (sum float64) {
	for _, c := range rows {
		var ch mat.VecDense
		ch.MulVec(c, h)
		sum += mat.Dot(&ch, &ch)
	}
	return sum
}

// A sum of parts gives ‖C·h‖² and hᵀDh of all their rows, whether rows or Gram matrices are kept, and
// whether candidates are restricted before or after.
func TestSumIsOfAllRows(t *testing.T) {
	const k = 4
	for _, asRows := range []bool{true, false} {
		random := rand.New(rand.NewPCG(1, 0))
		first, second := New(k), New(k)
		var rows []*mat.Dense
		for i := range 6 {
			p, r := part(random, 3+i, k, asRows)
			rows = append(rows, r)
			if i < 3 {
				first.Add(p)
			} else {
				second.Add(p)
			}
		}
		all := merged(k, []*Sum{first, second})
		if all.Samples != 3+4+5+6+7+8 || all.Outputs != 1 {
			t.Errorf("%v", all)
		}
		w := mat.NewDense(k, 2, []float64{1, 0, 2, 1, 0, -1, .5, 3})
		a, b := Squares([]*Sum{all}, w)
		square, restricted := all.Square(w), all.Restricted(w)
		unit := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
		ra, rb := Squares([]*Sum{restricted}, unit)
		for j := range 2 {
			h := w.ColView(j)
			want, metric := squareOf(rows, h), 33*mat.Dot(h, h)
			for _, got := range []float64{a[0][j], square.At(j, j), ra[0][j]} {
				if math.Abs(got-want) > 1e-12*want {
					t.Errorf("rows %v: ‖C h‖² = %v, want %v", asRows, got, want)
				}
			}
			for _, got := range []float64{b[0][j], rb[0][j]} {
				if math.Abs(got-metric) > 1e-12*metric {
					t.Errorf("rows %v: hᵀDh = %v, want %v", asRows, got, metric)
				}
			}
		}
	}
}

// An estimated metric is raised: hᵀDh ≥ ‖C·h‖² for every h.
func TestBoundIsAboveTheGramMatrix(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 0))
	for _, asRows := range []bool{true, false} {
		p, rows := part(random, 9, 3, asRows)
		for i := range 3 {
			p.Metric.(*mat.SymDense).SetSym(i, i, 1) // far too small
		}
		p.Estimated = true
		s := New(3)
		s.Add(p)
		for range 20 {
			h := mat.NewVecDense(3, []float64{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()})
			if want := squareOf([]*mat.Dense{rows}, h); mat.Inner(h, s.Bound(), h) < want*(1-1e-12) {
				t.Errorf("hᵀDh = %v is below %v", mat.Inner(h, s.Bound(), h), want)
			}
		}
	}
}

// Blocks keep samples in order, merge neighbours when there are too many, and are dealt in turn.
func TestBlocksMergeNeighbours(t *testing.T) {
	blocks := NewBlocks(1, 4)
	one := func(square float64) Part {
		return Part{Samples: 1, Outputs: 1, Gram: mat.NewSymDense(1, []float64{square}), Metric: mat.NewSymDense(1, []float64{1})}
	}
	for i := range 7 { // digits of a number tell which samples are in which block
		blocks.Add(one(math.Pow(10, float64(i))))
	}
	want := []float64{11, 1100, 110_000, 1_000_000}
	if len(blocks.Each) != len(want) || blocks.Samples() != 7 {
		t.Fatalf("%d blocks of %d samples", len(blocks.Each), blocks.Samples())
	}
	for i, s := range blocks.Each {
		if s.Gram.At(0, 0) != want[i] {
			t.Errorf("block %d holds %v, want %v", i, s.Gram.At(0, 0), want[i])
		}
	}
	h := blocks.Halves()
	if h.Even.Gram.At(0, 0) != 110_011 || h.Odd.Gram.At(0, 0) != 1_001_100 || h.All.Gram.At(0, 0) != 1_111_111 {
		t.Errorf("halves of %v and %v, together %v", h.Even.Gram, h.Odd.Gram, h.All.Gram)
	}
}

// Samples of one name stay in one block, also after neighbours were merged.
func TestNamedBlocksStayTogether(t *testing.T) {
	blocks := NewBlocks(1, 2)
	for _, name := range []int{7, -3, 7, 5, -3, 7} {
		blocks.AddTo(name, Part{Samples: 1, Outputs: 1, Gram: mat.NewSymDense(1, []float64{float64(name)}), Metric: mat.NewSymDense(1, []float64{1})})
	}
	if len(blocks.Each) != 2 || blocks.Each[0].Gram.At(0, 0) != 3*7-2*3 || blocks.Each[1].Gram.At(0, 0) != 5 {
		t.Errorf("%d blocks, the first of %v", len(blocks.Each), blocks.Each[0].Gram)
	}
}

func TestEnough(t *testing.T) {
	for _, c := range []struct {
		samples, idle, outputs, k int
		want                      error
	}{
		{0, 0, 1, 1, failure.ErrNoSamples},
		{5, 5, 1, 1, failure.ErrVanishingGradients},
		{5, 2, 2, 7, failure.ErrTooFewRows},
		{5, 2, 2, 6, nil},
	} {
		if err := Enough(c.samples, c.idle, c.outputs, c.k); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Merged sums and their parts are read by several goroutines at once: the solutions of a verdict.
func TestMergedSumsAreReadAtOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	const k = 60
	parts := []*Sum{New(k), New(k)}
	for i := range 20 {
		p, _ := part(random, 10, k, true)
		parts[i%2].Add(p)
	}
	all := merged(k, parts)
	want := all.Triangle.R()
	cores.Do(30, func(i int) {
		parts[i%2].Form()
		if got := all.Triangle.R(); !mat.Equal(got, want) {
			t.Error("R changes while it is read")
		}
	})
}
