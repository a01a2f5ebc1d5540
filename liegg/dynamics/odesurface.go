package dynamics

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// doubtSurface makes symmetries undetermined if a coordinate is the same at all states, or if the states
// satisfy a polynomial equation of degree 3, or of the degree of the fields, and if what was found is no
// symmetry elsewhere, at states that take each coordinate from another state. On a surface g = 0, all fields
// g·η count as symmetries if v leaves the surface unchanged, as a conserved total does.
//
// f is p·v as a function of z = (x, p).
func (o ODE) doubtSurface(v *liegg.Verdict, f *network.Network, a pointAction, x, z *tensors.Tensor, s network.Settings) error {
	if v.Answer != liegg.Symmetric {
		return nil
	}
	states, err := rowsOf(x)
	if err != nil {
		return err
	}
	for i, name := range o.Names {
		if !varies(stat.MeanStdDev(mat.Col(nil, i, states), nil)) {
			v.DoubtSymmetries(fmt.Sprintf("%s is the same at all states, so fields that change with it count as others do: give states in which it varies", name))
			return nil
		}
	}
	bound := largestBound(v)
	size, err := equationAmong(Library{names: o.Names, exponents: monomial.List(len(o.Names), max(1, o.Degree))}, x)
	if err != nil || size >= math.Max(thin, 3*bound) {
		return err
	}
	elsewhere, err := o.elsewhere(v, f, a, z, s)
	if err != nil || elsewhere <= math.Max(1e-6, 3*bound) {
		return err
	}
	v.DoubtSymmetries(fmt.Sprintf("the states satisfy an equation, as those of one orbit or with one conserved total do (to %.0e of the size of its terms), and elsewhere what was found has ρ ≥ %.2g: fields that are symmetries only there count, too: give states of several orbits, and of different totals", math.Max(size, 1e-8), elsewhere))
	return nil
}

// elsewhere returns the largest lower bound of ρ of the generators found, at states that take each
// coordinate from another state.
func (o ODE) elsewhere(v *liegg.Verdict, f *network.Network, a pointAction, z *tensors.Tensor, s network.Settings) (largest float64, err error) {
	rows, err := tableOf(z)
	if err != nil {
		return 0, err
	}
	_, columns := rows.Dims()
	mixed := ofType(z.DType(), columnsMixed(rows).RawMatrix().Data, columns)
	defer mixed.FinalizeAll()
	s.Groups = network.GroupsOf(1)
	e, _, err := network.Evidence(f, a, network.Tensor(mixed), s)
	if err != nil {
		return 0, fmt.Errorf("dynamics: the states satisfy an equation, and v cannot be evaluated elsewhere: %w: give states of several orbits", err)
	}
	h := v.Coefficients()
	for j := range v.Dim {
		one := mat.NewDense(h.RawMatrix().Rows, 1, mat.Col(nil, j, h))
		largest = math.Max(largest, e.DefectInterval(one, v.Rule).Lower)
	}
	return largest, nil
}
