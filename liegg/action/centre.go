package action

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/scatter"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// Centred is an Action with translations whose basis may be taken about a
// point c other than the origin: a matrix A of the basis then moves x by A·(x
// − c). The algebra is the same, but its candidates are distinct near the
// data. About the origin, rotations of data at a distance d with a spread σ
// look like translations to within σ/d, and the metric of velocities has a
// condition number of about (d/σ)².
type Centred interface {
	Action

	// LocalGenerator is Generator in coordinates whose origin is the centre.
	LocalGenerator(h []float64) *mat.Dense

	// Centring returns the change of coordinates q, of the size of
	// generators, with LocalGenerator(h) = q·Generator(h)·q⁻¹. It is nil if
	// the centre is the origin, and for candidates that no such matrix
	// transforms.
	Centring() *mat.Dense
}

// Centre returns the action with its translations, if it has any, taken about
// the mean of x [N, input…] (float32 or float64); other actions are returned
// unchanged. The mean is rounded to the first digit of the standard deviation
// of each coordinate, so that it is readable. The origin remains the centre
// if it lies within a standard deviation of the mean in every coordinate.
// Centre returns an error if x does not fit.
func Centre(a Action, x *tensors.Tensor) (Action, error) {
	if !Translates(a) {
		return a, nil
	}
	if err := checkData(a, x); err != nil {
		return a, err
	}
	values, err := dataset.Values(x)
	if err != nil {
		return a, err
	}
	return a.(centring).centred(values, x.DType()), nil
}

// centring is an Action that can be taken about the mean of inputs, which are
// flattened and concatenated. The centre is rounded to the type in which it
// is subtracted.
type centring interface {
	centred(values []float64, dtype dtypes.DType) Action

	// translates reports whether there are candidates that depend on the
	// centre.
	translates() bool
}

// Translates reports whether a has translations that Centre takes about the data.
func Translates(a Action) bool {
	c, ok := a.(centring)
	return ok && c.translates()
}

// centredBy centres a part of another action at the mean of its inputs.
// Polynomials of a higher degree stay as they are, because no matrix
// transforms their generators.
func centredBy(a Action, values []float64, dtype dtypes.DType) Action {
	if p, ok := a.(Polynomials); ok && p.degree > 1 {
		return a
	}
	if c, ok := a.(centring); ok {
		return c.centred(values, dtype)
	}
	return a
}

// localGenerator is LocalGenerator if a is Centred, and Generator otherwise.
func localGenerator(a Action, h []float64) *mat.Dense {
	if c, ok := a.(Centred); ok {
		return c.LocalGenerator(h)
	}
	return a.Generator(h)
}

// Centring returns the change of coordinates to the centre of a, or nil
// unless a is Centred about a point other than the origin; see Centred.
func Centring(a Action) *mat.Dense {
	if c, ok := a.(Centred); ok {
		return c.Centring()
	}
	return nil
}

// Local returns generators of a, or any matrix that acts like one, in
// coordinates about the centre of a: q·h·q⁻¹ with the q of Centring.
func Local(a Action, h *mat.Dense) *mat.Dense {
	q := Centring(a)
	if q == nil {
		return h
	}
	return conjugated(q, h)
}

// conjugated returns q·h·q⁻¹ for translations q.
func conjugated(q, h *mat.Dense) *mat.Dense {
	inverse, _ := lie.Inverse(q) // translations are always invertible
	var moved mat.Dense
	moved.Product(q, h, inverse)
	return &moved
}

// localBasis returns the candidate matrices about the centre.
func localBasis(a Action) []*mat.Dense { return basisOf(a, localGenerator) }

// away returns the matrix of x ↦ x − c in homogeneous coordinates; nil for a nil c.
func away(c []float64) *mat.Dense {
	if c == nil {
		return nil
	}
	q, _ := lie.Inverse(lie.TranslationBy(c...)) // translations are always invertible
	return q
}

// centred takes affine candidates about the mean of all vectors.
func (v Vectors) centred(values []float64, dtype dtypes.DType) Action {
	if v.affine {
		v.centre = scatter.Centre(v.pointsIn(values), v.n, dtype)
	}
	return v
}

func (v Vectors) translates() bool { return v.affine }

// LocalGenerator returns [A b; 0 0] for the coefficients (A, b), whatever the centre.
func (v Vectors) LocalGenerator(h []float64) *mat.Dense { return matrixOf(h, v.n, v.affine) }

// Centring is x ↦ x − c: see Centred.
func (v Vectors) Centring() *mat.Dense { return away(v.centre) }

// centred takes a basis of the algebra that is orthonormal about the centre.
func (r restriction) centred(values []float64, dtype dtypes.DType) Action {
	a := centredBy(r.Action, values, dtype)
	q := Centring(a)
	if q == nil {
		return r
	}
	own, err := r.algebra.Conjugate(q)
	if err != nil || own.Dim() < r.algebra.Dim() {
		return r
	}
	return newRestriction(a, own, coefficients(a, own))
}

func (r restriction) translates() bool { return Translates(r.Action) }

// LocalGenerator uses the algebra, which is stored about the centre.
func (r restriction) LocalGenerator(h []float64) *mat.Dense { return r.algebra.Generator(h) }

// Centring returns Centring of the whole action.
func (r restriction) Centring() *mat.Dense { return Centring(r.Action) }

// LocalGenerator is block-diagonal, like Generator.
func (b blocks) LocalGenerator(h []float64) *mat.Dense { return b.diagonal(h, localGenerator) }

// Centring is block-diagonal.
func (b blocks) Centring() *mat.Dense {
	matrices, moved := make([]*mat.Dense, len(b)), false
	for i, a := range b {
		matrices[i] = Centring(a)
		moved = moved || matrices[i] != nil
		if matrices[i] == nil {
			matrices[i] = linalg.Identity(GeneratorSize(a))
		}
	}
	if !moved {
		return nil
	}
	return blockDiagonal(matrices)
}

func (b blocks) translates() bool { return slices.ContainsFunc(b, Translates) }

func (t together) centred(values []float64, dtype dtypes.DType) Action {
	parts := make(blocks, len(t.blocks))
	for i, a := range t.blocks {
		parts[i] = centredBy(a, values, dtype)
	}
	return together{parts}
}

func (p product) centred(values []float64, dtype dtypes.DType) Action {
	c := product{make(blocks, len(p.blocks)), p.places, p.size}
	for i, part := range p.cut(values) {
		c.blocks[i] = centredBy(p.blocks[i], part, dtype)
	}
	return c.spanning()
}

func (e Equivariance) centred(values []float64, dtype dtypes.DType) Action {
	return e.on(centredBy(e.Action, values, dtype))
}

func (e Equivariance) translates() bool { return Translates(e.Action) }

// LocalGenerator returns the local generator of the inputs' action, followed
// by the factors' blocks for outputs divided by the sizes of InUnits.
func (e Equivariance) LocalGenerator(h []float64) *mat.Dense {
	return e.generator(h, localGenerator, nil)
}

// Centring is Centring of the inputs' action, and the division by the sizes of InUnits on the
// factors' blocks.
func (e Equivariance) Centring() *mat.Dense {
	q := Centring(e.Action)
	if q == nil && e.OutputSizes() == nil {
		return nil
	}
	if q == nil {
		n, _ := e.Action.Generator(make([]float64, e.Action.Dim())).Dims()
		q = linalg.Identity(n)
	}
	matrices := []*mat.Dense{q}
	for _, f := range e.factors {
		m := linalg.Identity(f.Algebra.Size())
		for i, s := range e.sizes {
			m.Set(i, i, 1/s)
		}
		matrices = append(matrices, m)
	}
	return blockDiagonal(matrices)
}

var _, _, _, _, _ Centred = Vectors{}, Polynomials{}, product{}, restriction{}, Equivariance{}
