package linalg

import "gonum.org/v1/gonum/mat"

// Congruent returns WᵀGW. It is quick if W is diagonal.
func Congruent(g mat.Symmetric, w *mat.Dense) *mat.SymDense {
	return Whole(Restricted(g, w))
}

// Restricted returns WᵀGW, as a Kronecker product if G and a diagonal W are such products.
func Restricted(g mat.Symmetric, w *mat.Dense) mat.Symmetric {
	if d := onDiagonal(w); d != nil {
		if k, ok := g.(Kronecker); ok {
			if scaled, ok := k.scaledBy(d); ok {
				return scaled
			}
		}
		return ScaledBy(Whole(g), d)
	}
	var gw, wgw mat.Dense
	if k, ok := g.(Kronecker); ok {
		gw = *Product(k, w)
	} else {
		gw.Mul(mat.DenseCopyOf(Whole(g)), w) // gonum's product with a SymDense is slow, and on one core
	}
	wgw.Mul(w.T(), &gw)
	return SymmetricPart(&wgw)
}

// onDiagonal returns the diagonal of W if W is diagonal, and nil otherwise.
func onDiagonal(w *mat.Dense) []float64 {
	n, columns := w.Dims()
	if n != columns {
		return nil
	}
	d := make([]float64, n)
	for i := range n {
		for j, v := range w.RawRowView(i) {
			switch {
			case i == j:
				d[i] = v
			case v != 0:
				return nil
			}
		}
	}
	return d
}

// ScaledBy returns the matrix of d_i·G_ij·d_j.
func ScaledBy(g *mat.SymDense, d []float64) *mat.SymDense {
	s := mat.NewSymDense(len(d), nil)
	for i := range d {
		for j := i; j < len(d); j++ {
			v := g.At(i, j)
			s.SetSym(i, j, (d[i]*(v*d[j])+d[j]*(v*d[i]))/2)
		}
	}
	return s
}

// Times returns W·V, with a nil W for the identity.
func Times(w, v *mat.Dense) *mat.Dense {
	if w == nil {
		return v
	}
	var wv mat.Dense
	wv.Mul(w, v)
	return &wv
}
