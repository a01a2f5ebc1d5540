package liegg_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// oracle is the dense SVD of all rows at once, ascending.
func oracle(t *testing.T, e exact, xs [][]float64) []float64 {
	t.Helper()
	var svd mat.SVD
	if !svd.Factorize(e.chunk(xs, liegg.QR).Rows, mat.SVDNone) {
		t.Fatal("the oracle did not converge")
	}
	s := svd.Values(nil)
	slices.Reverse(s)
	return s
}

func TestStreamedSpectrumIsThatOfTheDenseMatrix(t *testing.T) {
	for _, e := range exacts(t) {
		xs := e.sample(333)
		want := oracle(t, e, xs)
		top := want[len(want)-1]
		for _, sizes := range [][]int{{333}, {64}, {1}, {5, 200, 7}} {
			if got := singular(e.spectrum(t, xs, liegg.QR, sizes...)); !floats.EqualApprox(got, want, 1e-13*top) {
				t.Errorf("%s in chunks of %v: QR gives %g, want %g", e.name, sizes, got, want)
			}
			if got := singular(e.spectrum(t, xs, liegg.Gram, sizes...)); !floats.EqualApprox(got, want, 1e-7*top) {
				t.Errorf("%s in chunks of %v: Gram gives %g, want %g", e.name, sizes, got, want)
			}
		}
	}
}

func TestMergeIsTheSameAsAdding(t *testing.T) {
	for _, m := range []liegg.Method{liegg.QR, liegg.Gram} {
		e := distances()
		xs := e.sample(150)
		want := e.spectrum(t, xs, m, 150)
		total := liegg.NewPolarization(6)
		for _, part := range [][][]float64{xs[:2], xs[2:90], xs[90:]} {
			p, err := liegg.Accumulate(6, e.chunks(part, m, 20))
			if err != nil {
				t.Fatal(err)
			}
			if err := total.Merge(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := total.Merge(liegg.NewPolarization(6)); err != nil {
			t.Errorf("merging nothing: %v", err)
		}
		got, err := total.Spectrum(e.candidates)
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 1e-12
		if m == liegg.Gram {
			tolerance = 1e-6
		}
		if !floats.EqualApprox(singular(got), singular(want), tolerance) || !floats.EqualApprox(defects(got), defects(want), tolerance) {
			t.Errorf("%v: merged %g, whole %g", m, singular(got), singular(want))
		}
		if total.Samples() != 150 || total.Idle() != 0 || total.Outputs() != 2 || total.Method() != m {
			t.Errorf("counts of the merged: %d samples, %d idle, %d outputs, %v", total.Samples(), total.Idle(), total.Outputs(), total.Method())
		}
	}
}

// A sample without a gradient says nothing: with it or without it, the
// spectrum is the same.
func TestIdleSamplesAreCountedAndDropped(t *testing.T) {
	e := none()
	xs := e.sample(60)
	want := e.spectrum(t, xs, liegg.QR, 20)
	asleep := e
	asleep.gradient = func(x []float64) [][]float64 {
		if x[0] == 7 {
			return [][]float64{{0, 0, 0}}
		}
		return e.gradient(x)
	}
	xs = append(xs, []float64{7, 1, 1}, []float64{7, 2, 3})
	got := asleep.spectrum(t, xs, liegg.QR, 20)
	if got.Samples != 62 || got.Idle != 2 || got.N() != 60 {
		t.Errorf("%d samples, %d idle, N = %d", got.Samples, got.Idle, got.N())
	}
	if v, w := got.BySingular[0].Variance, want.BySingular[0].Variance; !near(v, w, 1e-12) {
		t.Errorf("variance %g, want %g", v, w)
	}
}

func TestAddLeavesTheChunkAlone(t *testing.T) {
	e := none()
	c := e.chunk(e.sample(100), liegg.QR)
	before := mat.DenseCopyOf(c.Rows)
	one(t, c, e.candidates)
	if !mat.Equal(before, c.Rows) {
		t.Error("Add changed the rows")
	}
}

func TestPolarizationErrors(t *testing.T) {
	e := none()
	good := e.chunk(e.sample(20), liegg.QR)
	with := func(change func(*liegg.Chunk)) liegg.Chunk {
		c := good
		change(&c)
		return c
	}
	zero := mat.NewSymDense(9, nil)
	for name, c := range map[string]struct {
		want   error
		hint   string
		chunks []liegg.Chunk
	}{
		"nothing":          {liegg.ErrNoSamples, "batch", nil},
		"few rows":         {liegg.ErrTooFewRows, "5, want at least K = 9, one for each candidate: 5 samples with a gradient give 1 each; give at least 9,", []liegg.Chunk{e.chunk(e.sample(5), liegg.QR)}},
		"idle":             {liegg.ErrVanishingGradients, "20 samples", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Idle = 20 })}},
		"idle, few rows":   {liegg.ErrTooFewRows, "8 samples with a gradient", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Idle = 12 })}},
		"unmoved":          {liegg.ErrUnmoved, "inputs", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Rows, c.Metric = mat.NewDense(20, 9, nil), zero })}},
		"foreign metric":   {liegg.ErrMetric, "ρ =", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Metric = scaledSym(.01, linalg.Whole(c.Metric)) })}},
		"negative metric":  {liegg.ErrMetric, "", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Metric = allOnes(9, -1) })}},
		"no metric":        {liegg.ErrShape, "9×9 Metric", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Metric = nil })}},
		"no matrix":        {liegg.ErrShape, "either", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Rows = nil })}},
		"two matrices":     {liegg.ErrShape, "either", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Gram = zero })}},
		"rows of others":   {liegg.ErrShape, "want 40×9", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Outputs = 2 })}},
		"Gram of others":   {liegg.ErrShape, "4×4 Gram", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Rows, c.Gram = nil, mat.NewSymDense(4, nil) })}},
		"too many idle":    {liegg.ErrShape, "21 idle", []liegg.Chunk{with(func(c *liegg.Chunk) { c.Idle = 21 })}},
		"changing outputs": {liegg.ErrShape, "2 outputs", []liegg.Chunk{good, with(func(c *liegg.Chunk) { c.Samples, c.Outputs = 10, 2 })}},
		"mixed":            {liegg.ErrMixed, "Gram after QR", []liegg.Chunk{good, e.chunk(e.sample(3), liegg.Gram)}},
	} {
		_, err := spectrumOf(e.candidates, c.chunks...)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%s: error %v, want %v with %q", name, err, c.want, c.hint)
		}
	}
}

func spectrumOf(c liegg.Candidates, chunks ...liegg.Chunk) (*liegg.Spectrum, error) {
	p := liegg.NewPolarization(c.Dim())
	for _, chunk := range chunks {
		if err := p.Add(chunk); err != nil {
			return nil, err
		}
	}
	return p.Spectrum(c)
}

func TestCandidatesThatDoNotFit(t *testing.T) {
	e := none()
	p, err := liegg.Accumulate(9, e.chunks(e.sample(20), liegg.QR, 20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Spectrum(lie.GL(2)); !errors.Is(err, liegg.ErrShape) {
		t.Errorf("4 candidates for 9: %v", err)
	}
	e = radial(2)
	b := basis(lie.GL(2).Basis())
	b[3] = b[0]
	if _, err := spectrumOf(b, e.chunk(e.sample(20), liegg.QR)); !errors.Is(err, liegg.ErrDependent) {
		t.Errorf("dependent candidates: %v", err)
	}
	b[3] = mat.NewDense(2, 2, []float64{0, 0, 0, math.NaN()})
	var bad *liegg.NotFiniteError
	if _, err := spectrumOf(b, e.chunk(e.sample(20), liegg.QR)); !errors.As(err, &bad) {
		t.Errorf("NaN candidates: %v", err)
	}
}

func TestNotFiniteErrorNamesTheSample(t *testing.T) {
	e := distances()
	xs := e.sample(30)
	xs[17][3] = math.Inf(1)
	var bad *liegg.NotFiniteError
	_, err := liegg.Accumulate(6, e.chunks(xs, liegg.QR, 8))
	if !errors.As(err, &bad) || bad.Sample != 17 || !strings.Contains(err.Error(), "sample 17") {
		t.Errorf("rows: %v", err)
	}
	_, err = liegg.Accumulate(6, e.chunks(xs, liegg.Gram, 8))
	if !errors.As(err, &bad) || bad.Sample >= 0 || !strings.Contains(err.Error(), "samples 16 to 23") {
		t.Errorf("Gram: %v", err)
	}
}

func TestSumsThatOverflow(t *testing.T) {
	e := none()
	c := e.chunk(e.sample(20), liegg.Gram)
	c.Gram = scaledSym(math.MaxFloat64/mat.Max(c.Gram), linalg.Whole(c.Gram))
	var bad *liegg.NotFiniteError
	if _, err := spectrumOf(e.candidates, c, c); !errors.As(err, &bad) {
		t.Errorf("error %v", err)
	}
}

func TestAccumulatePassesOnErrorsOfTheStream(t *testing.T) {
	want := errors.New("disk on fire")
	_, err := liegg.Accumulate(9, func(yield func(liegg.Chunk, error) bool) { yield(liegg.Chunk{}, want) })
	if !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
}

func TestEmptyPolarization(t *testing.T) {
	p := liegg.NewPolarization(3)
	if p.Samples()+p.Idle()+p.Outputs() != 0 || p.Method().String() != "none" {
		t.Errorf("%+v", p)
	}
}

func TestMergeErrors(t *testing.T) {
	e := none()
	rows, err := liegg.Accumulate(9, e.chunks(e.sample(5), liegg.QR, 5))
	if err != nil {
		t.Fatal(err)
	}
	grams, err := liegg.Accumulate(9, e.chunks(e.sample(5), liegg.Gram, 5))
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Merge(grams); !errors.Is(err, liegg.ErrMixed) || rows.Samples() != 5 {
		t.Errorf("error %v, %d samples", err, rows.Samples())
	}
	if err := liegg.NewPolarization(3).Merge(liegg.NewPolarization(4)); !errors.Is(err, liegg.ErrShape) {
		t.Errorf("error %v", err)
	}
	defer func() {
		if message, _ := recover().(string); !strings.HasPrefix(message, "liegg: NewPolarization") {
			t.Errorf("panic %q", message)
		}
	}()
	liegg.NewPolarization(0)
}

func scaledSym(c float64, s *mat.SymDense) *mat.SymDense {
	var out mat.SymDense
	out.ScaleSym(c, s)
	return &out
}

// allOnes has 1 on its diagonal and v beside it.
func allOnes(n int, v float64) *mat.SymDense {
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, v)
		}
		s.SetSym(i, i, 1)
	}
	return s
}

// One step of the extraction of a paper-sized problem: 500 rows of gl(5).
func BenchmarkAdd(b *testing.B) {
	e := radial(5)
	for _, m := range []liegg.Method{liegg.QR, liegg.Gram} {
		chunk := e.chunk(e.sample(500), m)
		b.Run(m.String(), func(b *testing.B) {
			p := liegg.NewPolarization(25)
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Add(chunk); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
