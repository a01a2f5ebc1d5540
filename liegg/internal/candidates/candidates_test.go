package candidates

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
)

// span are linear combinations of matrices.
type span []*mat.Dense

func (s span) Dim() int { return len(s) }

func (s span) Generator(h []float64) *mat.Dense {
	n, m := s[0].Dims()
	sum := mat.NewDense(n, m, nil)
	for k, a := range s {
		var scaled mat.Dense
		scaled.Scale(h[k], a)
		sum.Add(sum, &scaled)
	}
	return sum
}

// about are linear maps of Rⁿ about a centre c, x ↦ A·(x − c), as homogeneous matrices.
type about struct {
	span
	centre []float64
}

func (a about) Homogeneous() bool { return true }

func (a about) LocalGenerator(h []float64) *mat.Dense {
	linear := a.span.Generator(h)
	n, _ := linear.Dims()
	local := mat.NewDense(n+1, n+1, nil)
	local.Slice(0, n, 0, n).(*mat.Dense).Copy(linear)
	return local
}

func (a about) Generator(h []float64) *mat.Dense {
	m := a.LocalGenerator(h)
	n := len(a.centre)
	var shift mat.VecDense
	shift.MulVec(m.Slice(0, n, 0, n), mat.NewVecDense(n, a.centre))
	for i := range n {
		m.Set(i, n, -shift.AtVec(i))
	}
	return m
}

func (a about) Centring() *mat.Dense {
	n := len(a.centre)
	m := mat.NewDense(n+1, n+1, nil)
	for i := range n + 1 {
		m.Set(i, i, 1)
	}
	for i, c := range a.centre {
		m.Set(i, n, -c)
	}
	return m
}

var (
	rotation = mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	shear    = mat.NewDense(2, 2, []float64{0, 3, 0, 0})
	dilation = mat.NewDense(2, 2, []float64{2, 0, 0, 2})
)

// F_kl = ⟨A_k, A_l⟩, and F·h.
func TestFrobenius(t *testing.T) {
	f := NewFrobenius(span{rotation, shear, dilation})
	want := mat.NewDense(3, 3, []float64{2, -3, 0, -3, 9, 0, 0, 0, 8})
	if !mat.Equal(f.Gram(), want) {
		t.Errorf("F =\n%v", mat.Formatted(f.Gram()))
	}
	h := mat.NewDense(3, 2, []float64{1, 0, 2, -1, 5, .5})
	product, scale := f.Product()
	var fh mat.Dense
	fh.Mul(want, h)
	if got := product(h); !mat.EqualApprox(got, &fh, 1e-14) {
		t.Errorf("F·h =\n%v", mat.Formatted(got))
	}
	for k, s := range scale {
		if math.Abs(s*s*want.At(k, k)-1) > 1e-15 {
			t.Errorf("scale %d is %g", k, s)
		}
	}
	if product, _ := NewFrobenius(span{rotation, dilation}).Product(); product != nil {
		t.Error("F is diagonal, but has a product")
	}
}

// ‖Σ_k (W·g)_k A_k‖ = ‖g‖, also for candidates about a far centre.
func TestUnitFrame(t *testing.T) {
	for name, c := range map[string]Space{
		"linear":  span{rotation, shear, dilation},
		"centred": about{span{rotation, shear, dilation}, []float64{3, -1}},
		"far":     about{span{rotation, shear, dilation}, []float64{1e5, 2e6}},
	} {
		w, err := UnitFrameOf(c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, g := range [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {.3, -2, 1}} {
			var h mat.VecDense
			h.MulVec(w, mat.NewVecDense(3, g))
			length := math.Sqrt(g[0]*g[0] + g[1]*g[1] + g[2]*g[2])
			if got := mat.Norm(c.Generator(h.RawVector().Data), 2); math.Abs(got-length) > 1e-6*length {
				t.Errorf("%s: ‖A‖ = %g for ‖g‖ = %g", name, got, length)
			}
		}
	}
	if _, err := UnitFrameOf(span{rotation, shear, rotation}); !errors.Is(err, failure.ErrDependent) {
		t.Errorf("dependent candidates: %v", err)
	}
	if _, err := UnitFrameOf(span{mat.NewDense(1, 1, []float64{math.NaN()})}); !errors.Is(err, ErrNotFinite) {
		t.Errorf("a candidate of NaN: %v", err)
	}
}

// Candidates about a centre are conjugated to linear ones by their Centring, and others stay.
func TestLocalOf(t *testing.T) {
	a, h := about{span{rotation, shear}, []float64{3, -1}}, []float64{2, 1}
	local := LocalOf(a)
	carried := Carried{Space: a, Q: CentringOf(a), Back: about{centre: []float64{-3, 1}}.Centring()}
	if !mat.EqualApprox(local.Generator(h), carried.Generator(h), 1e-14) {
		t.Errorf("about the centre:\n%v\nwant\n%v", mat.Formatted(local.Generator(h)), mat.Formatted(carried.Generator(h)))
	}
	if !AreHomogeneous(local) || !AreHomogeneous(carried) || AreHomogeneous(a.span) {
		t.Error("homogeneous candidates are not said to be")
	}
	if _, ok := LocalOf(about{a.span, []float64{0, 0}}).(Local); ok {
		t.Error("candidates about the origin are moved there")
	}
	if CentringOf(a.span) != nil {
		t.Error("linear candidates have a centre")
	}
}

func TestSubspace(t *testing.T) {
	s := Subspace{span{rotation, shear, dilation}, mat.NewDense(3, 1, []float64{1, 2, 0})}
	if want := mat.NewDense(2, 2, []float64{0, 5 * 2, 2, 0}); s.Dim() != 1 || !mat.Equal(s.Generator([]float64{2}), want) {
		t.Errorf("%d candidates, 2·(A₁ + 2A₂) =\n%v", s.Dim(), mat.Formatted(s.Generator([]float64{2})))
	}
}
