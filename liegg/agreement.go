package liegg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Agreement compares the verdicts on networks that differ in their seed alone.
type Agreement struct {
	// Dims are the dimensions found, in the order given.
	Dims []int
	// Eigenvalues of the mean projector on the algebras found, descending, as
	// many as the sum of their dimensions allows: 1 for a generator that every
	// network has, 0 for one that none has.
	Eigenvalues []float64
	// Agree says that all answers are the same, and for generators that each
	// eigenvalue is within .1 of 0 or 1.
	Agree bool
}

// Agree compares verdicts on the same candidates. Affine generators that were taken
// about a centre of the data (Verdict.Centre) are compared about that of the first
// verdict, in units of the data's spread: from an origin far away, all of them look
// like translations. It panics without verdicts, if one is nil, or if their generators
// differ in size.
func Agree(verdicts ...*Verdict) Agreement {
	if len(verdicts) == 0 {
		panic("liegg: Agree: no verdicts")
	}
	if i := slices.Index(verdicts, nil); i >= 0 {
		panic(fmt.Sprintf("liegg: Agree: verdicts[%d] is nil", i))
	}
	a := Agreement{Agree: true}
	var columns [][]float64
	for _, v := range verdicts {
		if v.Algebra.Size() != verdicts[0].Algebra.Size() {
			panic(fmt.Sprintf("liegg: Agree: generators of size %d and %d", verdicts[0].Algebra.Size(), v.Algebra.Size()))
		}
		a.Dims = append(a.Dims, v.Dim)
		a.Agree = a.Agree && v.Answer == verdicts[0].Answer && v.Answer != Undetermined && v.Dim == verdicts[0].Dim
		for _, e := range verdicts[0].seenFrom(v.Algebra).Basis() {
			columns = append(columns, e.RawMatrix().Data)
		}
	}
	a.Eigenvalues = meanProjector(columns, len(verdicts))
	for _, λ := range a.Eigenvalues {
		a.Agree = a.Agree && (λ < .1 || λ > .9)
	}
	return a
}

// seenFrom returns an algebra in the coordinates (x − c)/σ, if the data of the verdict
// have a centre c and a spread σ that tell them.
func (v *Verdict) seenFrom(a lie.Algebra) lie.Algebra {
	if v.Centre == nil || v.Spread == nil || a.Dim() == 0 {
		return a
	}
	q := from(v.Centre)
	for i, σ := range v.Spread {
		floats.Scale(1/σ, q.RawRowView(i))
	}
	if moved, err := a.Conjugate(q); err == nil && moved.Dim() == a.Dim() {
		return moved
	}
	return a
}

// meanProjector returns the eigenvalues of (1/n) Σ e eᵀ, descending.
func meanProjector(vectors [][]float64, n int) []float64 {
	if len(vectors) == 0 {
		return nil
	}
	gram := mat.NewSymDense(len(vectors), nil)
	for i, x := range vectors {
		for j := i; j < len(vectors); j++ {
			gram.SetSym(i, j, mat.Dot(mat.NewVecDense(len(x), x), mat.NewVecDense(len(x), vectors[j]))/float64(n))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, false) {
		return nil
	}
	λ := eigen.Values(nil)
	for i := range λ {
		λ[i] = max(0, λ[i]) // a zero may round to below zero
	}
	slices.Reverse(λ)
	return λ[:min(len(λ), len(vectors[0]))]
}

// String is one line: whether the networks agree, and the eigenvalues that
// matter.
func (a Agreement) String() string {
	word := "disagree"
	if a.Agree {
		word = "agree"
	}
	var values []string
	for _, λ := range a.Eigenvalues {
		values = append(values, fmt.Sprintf("%.3f", λ))
	}
	text := fmt.Sprintf("%d networks %s: dimensions %v", len(a.Dims), word, a.Dims)
	if len(values) > 0 {
		text += "; eigenvalues of the mean projector " + strings.Join(values, " ")
	}
	return text
}
