package report

import (
	"io"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset/npy"
)

// NPZ writes arrays for numpy.load, all float64. Generators are n×n, and [A
// b; 0 0] for affine ones.
//
//	H        [K, n, n]  generators by ascending singular value
//	s        [K]        their singular values
//	variance [K]        s²/N
//	rho_H    [K]        their relative defects, NaN for one that does not move the data
//	bias     [K]        their symmetry biases
//	G        [M, n, n]  generators by ascending relative defect
//	rho      [M]        their relative defects
//
// and for a verdict
//
//	algebra  [d, n, n]  an orthonormal basis of the generators that it found
//	closed   [d, n, n]  one of the nearest Lie algebra, closed to rounding, as libraries of
//	                    equivariant layers need it; only if the algebra has a name
//	verdict  [q, 4]     ρ of the smallest directions: held out, lower and upper bound, fitted
func (r Report) NPZ(w io.Writer) error {
	s := r.spectrum()
	arrays := map[string]npy.Array{
		"H": matrices(generators(s.BySingular)), "G": matrices(generators(s.ByDefect)),
		"s":        column(s.BySingular, func(g liegg.Generator) float64 { return g.Singular }),
		"variance": column(s.BySingular, func(g liegg.Generator) float64 { return g.Variance }),
		"rho_H":    column(s.BySingular, func(g liegg.Generator) float64 { return g.Defect }),
		"bias":     column(s.BySingular, func(g liegg.Generator) float64 { return g.Bias }),
		"rho":      column(s.ByDefect, func(g liegg.Generator) float64 { return g.Defect }),
	}
	if r.Verdict != nil {
		arrays["algebra"] = matrices(basis(r.Verdict))
		if id := r.Verdict.Identity; id != nil && id.Name != "" && r.Verdict.Dim > 0 {
			arrays["closed"] = matrices(id.Algebra.Basis())
		}
		arrays["verdict"] = estimates(r.Verdict.Defects)
	}
	return npy.WriteZip(w, arrays)
}

func generators(gens []liegg.Generator) []*mat.Dense {
	h := make([]*mat.Dense, len(gens))
	for i, g := range gens {
		h[i] = g.H
	}
	return h
}

// basis returns a basis of the algebra that a verdict found, or none if it
// found nothing.
func basis(v *liegg.Verdict) []*mat.Dense {
	if v.Dim == 0 {
		return nil
	}
	return v.Algebra.Basis()
}

// matrices stacks n×n matrices.
func matrices(list []*mat.Dense) npy.Array {
	if len(list) == 0 {
		return npy.Of([]float64{}, 0, 0, 0)
	}
	var values []float64
	for _, h := range list {
		for _, row := range rows(h) {
			values = append(values, row...)
		}
	}
	n, m := list[0].Dims()
	return npy.Of(values, len(list), n, m)
}

// rows copies a matrix row by row.
func rows(h *mat.Dense) [][]float64 {
	n, _ := h.Dims()
	list := make([][]float64, n)
	for i := range list {
		list[i] = mat.Row(nil, i, h)
	}
	return list
}

func column(gens []liegg.Generator, of func(liegg.Generator) float64) npy.Array {
	values := make([]float64, len(gens))
	for i, g := range gens {
		values[i] = of(g)
	}
	return npy.Of(values, len(gens))
}

func estimates(list []liegg.Estimate) npy.Array {
	values := []float64{}
	for _, e := range list {
		values = append(values, e.Value, e.Lower, e.Upper, e.Fitted)
	}
	return npy.Of(values, len(list), 4)
}
