package liegg

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// Agreement compares the verdicts on networks that differ in their seed alone.
type Agreement struct {
	// Dims are the dimensions found, in the order given.
	Dims []int
	// Dim is the number of generators that are compared. If all verdicts have the same
	// number, it is that; otherwise it is the number of generators of the largest rung that
	// all verdicts have and agree on, or −1 if there is no such rung.
	Dim int
	// Eigenvalues of the mean projector on the algebras compared, descending, as
	// many as the sum of their dimensions allows: 1 for a generator that every
	// network has, 0 for one that none has. If Dim is −1, they belong to the algebras
	// that were found.
	Eigenvalues []float64
	// Agree says that no answer is Undetermined, and that all are None, or that each
	// eigenvalue is within .1 of 0 or 1.
	Agree bool
}

// Agree compares verdicts on the same candidates, rung by rung: of two networks with the same
// algebra, the threshold may cut through a rung of one and not of the other. Affine generators
// about a centre of the data (Verdict.Centre) are compared about the centre of the first verdict,
// in units of the data's spread, since about a distant origin all of them look like translations.
// Agree panics if there are no verdicts, if one is nil, or if their generators differ in size.
func Agree(verdicts ...*Verdict) Agreement {
	checkVerdicts(verdicts)
	a := Agreement{Dim: -1}
	firm := true
	for _, v := range verdicts {
		a.Dims = append(a.Dims, v.Dim)
		firm = firm && v.Answer != Undetermined
	}
	for _, d := range commonRungs(verdicts) {
		a.Eigenvalues = projected(verdicts, d)
		if slices.ContainsFunc(a.Eigenvalues, func(λ float64) bool { return λ >= .1 && λ <= .9 }) {
			continue
		}
		a.Dim, a.Agree = d, firm
		return a
	}
	a.Eigenvalues = projected(verdicts, -1)
	return a
}

func checkVerdicts(verdicts []*Verdict) {
	if len(verdicts) == 0 {
		panic("liegg: Agree: no verdicts")
	}
	if i := slices.Index(verdicts, nil); i >= 0 {
		panic(fmt.Sprintf("liegg: Agree: verdicts[%d] is nil", i))
	}
	for _, v := range verdicts {
		if v.Algebra.Size() != verdicts[0].Algebra.Size() {
			panic(fmt.Sprintf("liegg: Agree: generators of size %d and %d", verdicts[0].Algebra.Size(), v.Algebra.Size()))
		}
	}
}

// commonRungs returns the dimensions that may be compared: the dimension of the answer if all
// verdicts agree on it, otherwise the dimensions of the rungs that all verdicts have, descending.
func commonRungs(verdicts []*Verdict) (dims []int) {
	first := verdicts[0]
	if !slices.ContainsFunc(verdicts, func(v *Verdict) bool { return v.Dim != first.Dim }) {
		return []int{first.Dim}
	}
	for _, r := range slices.Backward(first.Rungs) {
		if !slices.ContainsFunc(verdicts, func(v *Verdict) bool { return v.rungOf(r.Dim) == nil }) {
			dims = append(dims, r.Dim)
		}
	}
	return dims
}

// projected returns the eigenvalues of the mean projector on the rungs of d generators,
// or for d < 0 on the algebras found.
func projected(verdicts []*Verdict, d int) []float64 {
	var columns [][]float64
	for _, v := range verdicts {
		algebra := v.Algebra
		if d >= 0 && d != v.Dim {
			algebra = v.rungOf(d).Algebra
		}
		for _, e := range verdicts[0].aboutCentre(algebra).Basis() {
			columns = append(columns, e.RawMatrix().Data)
		}
	}
	return meanProjector(columns, len(verdicts))
}

// aboutCentre returns an algebra in the coordinates (x − c)/σ, if the centre c and the spread σ
// of the verdict's data are known.
func (v *Verdict) aboutCentre(a lie.Algebra) lie.Algebra {
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
	if a.Agree && slices.ContainsFunc(a.Dims, func(d int) bool { return d != a.Dim }) {
		text = fmt.Sprintf("%d networks agree on a rung of %s: their answers have dimensions %v", len(a.Dims), spelling.Count(a.Dim, "generator"), a.Dims)
	}
	if len(values) > 0 {
		text += "; eigenvalues of the mean projector " + strings.Join(values, " ")
	}
	return text
}
