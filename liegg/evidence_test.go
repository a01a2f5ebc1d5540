package liegg_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
)

// Samples are counted over the whole stream, whichever block they fall into.
func TestEvidenceNamesTheSample(t *testing.T) {
	e := liegg.NewEvidence(2)
	rows := func(last float64) liegg.Chunk {
		return liegg.Chunk{Samples: 2, Outputs: 1, Rows: mat.NewDense(2, 2, []float64{1, 2, 3, last}), Metric: mat.NewSymDense(2, []float64{20, 0, 0, 20})}
	}
	for range 3 {
		if err := e.Add(rows(4)); err != nil {
			t.Fatal(err)
		}
	}
	var at *liegg.NotFiniteError
	if err := e.Add(rows(math.NaN())); !errors.As(err, &at) || at.Sample != 7 {
		t.Errorf("NaN in the eighth sample: %v", err)
	}
	if e.Samples() != 6 {
		t.Errorf("%d samples after an error, want the 6 before it", e.Samples())
	}
}

// Merged blocks hold the same evidence.
func TestEvidenceMergesNeighbours(t *testing.T) {
	e, p := liegg.NewEvidence(1), liegg.NewPolarization(1)
	for i := range 5 * liegg.Blocks {
		x := float64(i % 7)
		c := liegg.Chunk{Samples: 1, Outputs: 1, Gram: mat.NewSymDense(1, []float64{x}), Metric: mat.NewSymDense(1, []float64{x + 1})}
		if err := errors.Join(e.Add(c), p.Add(c)); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := e.Polarization()
	if err != nil {
		t.Fatal(err)
	}
	got, err1 := whole.Spectrum(line{})
	want, err2 := p.Spectrum(line{})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if got.Samples != want.Samples || math.Abs(got.ByDefect[0].Defect-want.ByDefect[0].Defect) > 1e-12 {
		t.Errorf("%d samples, ρ = %g; want %d, %g", got.Samples, got.ByDefect[0].Defect, want.Samples, want.ByDefect[0].Defect)
	}
}

// What memory cannot hold is refused before the work is done.
func TestTooManyCandidates(t *testing.T) {
	never := func(func(liegg.Chunk, error) bool) { t.Error("chunks were asked for") }
	_, err := liegg.Gather(2304, never)
	if !errors.Is(err, liegg.ErrTooManyCandidates) || !strings.Contains(err.Error(), "K = 2304") || !strings.Contains(err.Error(), "restrict") {
		t.Error(err)
	}
	if _, err := liegg.Gather(1158, func(func(liegg.Chunk, error) bool) {}); err != nil {
		t.Error(err)
	}
}

// line is a single candidate, scaling of R.
type line struct{}

func (line) Dim() int                         { return 1 }
func (line) Generator(h []float64) *mat.Dense { return mat.NewDense(1, 1, []float64{h[0]}) }

// Chunks of outputs that were divided by their sizes must be complete.
func TestEvidenceOfSizes(t *testing.T) {
	one := func() *mat.SymDense { return mat.NewSymDense(1, []float64{1}) }
	sized := func(plain int) liegg.Chunk {
		return liegg.Chunk{
			Samples: 1, Outputs: 2, Gram: one(), Metric: one(),
			Scales: &liegg.OutputScales{Gradients: []float64{3, 0, .1}, Constant: []int{1}},
			Plain:  &liegg.Chunk{Samples: 1, Outputs: plain, Gram: one(), Metric: one()},
		}
	}
	bare := liegg.Chunk{Samples: 1, Outputs: 2, Gram: one(), Metric: one()}
	half, repeated := sized(3), bare
	half.Plain, repeated.Repeats = nil, 2
	e := liegg.NewEvidence(1)
	if err := e.Add(sized(3)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]liegg.Chunk{
		"plain without the constant": sized(2), "sizes alone": half, "no sizes": bare, "more repeats than samples": repeated,
	} {
		if err := e.Add(c); !errors.Is(err, liegg.ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if e.Samples() != 1 {
		t.Errorf("%d samples after errors, want the one before", e.Samples())
	}
}

// Named blocks accept chunks in any order, even after a merge.
func TestEvidenceOfNamedBlocks(t *testing.T) {
	chunk := func(v float64) liegg.Chunk {
		return liegg.Chunk{Samples: 1, Outputs: 1, Gram: mat.NewSymDense(1, []float64{v}), Metric: mat.NewSymDense(1, []float64{1})}
	}
	e := liegg.NewEvidence(1)
	for i := range 2000 {
		if err := e.AddTo(i*7%500, chunk(float64(i%500*7%500))); err != nil { // 500 names, all that is in one is equal
			t.Fatal(err)
		}
	}
	if e.Samples() != 2000 {
		t.Errorf("%d samples, want 2000", e.Samples())
	}
	if i := e.DefectInterval(mat.NewDense(1, 1, []float64{1}), liegg.Rule{}); !(i.Lower > 0 && i.Upper > i.Lower) {
		t.Errorf("interval %v", i)
	}
	if err := e.Add(chunk(1)); !errors.Is(err, liegg.ErrShape) {
		t.Errorf("a chunk without a name after others with: %v", err)
	}
	named := chunk(1)
	named.Block = 3
	if err := e.Add(named); err != nil || e.Samples() != 2001 {
		t.Errorf("a chunk of block 3: %v", err)
	}
}

// Groups count by their sizes.
func TestDependenceOfGroups(t *testing.T) {
	even, uneven := liegg.Grouped([]int{5, 5, 5, 5}), liegg.Grouped([]int{97, 1, 1, 1})
	if even.Effective != 4 || uneven.Places != 4 || uneven.Effective > 1.1 || uneven.Samples != 100 {
		t.Errorf("%+v, %+v", even, uneven)
	}
	if got, want := liegg.GroupedEvenly(23, 5), liegg.Grouped([]int{5, 5, 5, 5, 3}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for d, words := range map[liegg.Dependence]string{
		even: "4 groups are too few", liegg.GroupedEvenly(1000, 5): "",
		{Samples: 900, Places: 40, Near: true}: "about 40 independent places", {Samples: 900}: "",
		{Samples: 900, Places: 7, InOrder: true}: "shuffle",
	} {
		if said := strings.Join(d.Doubts(), ""); !strings.Contains(said, words) || (said == "") != (words == "") {
			t.Errorf("%+v: %q, want %q", d, said, words)
		}
	}
}
