package dynamics

import (
	"fmt"
	"math"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/network"
)

// Lagrangian says which point symmetries of a learned Lagrangian L(q, q̇) are looked for: fields ξ(q)
// for which there are a function F(q) and a number c with
//
//	δL = ξ·∂L/∂q + (∂ξ/∂q·q̇)·∂L/∂q̇ = cL + dF/dt.
//
// They take solutions of the Euler–Lagrange equations to solutions. If c = 0, the charge
// ∂L/∂q̇·ξ − F is conserved (Noether's theorem; Olver, "Applications of Lie Groups to Differential
// Equations", 1993, §4.4). The energy, which every L(q, q̇) conserves, is not among these charges.
type Lagrangian struct {
	// Names name the positions q.
	Names []string
	// Degree is the largest degree of the polynomials ξ, and Gauge the largest degree of the
	// polynomials F; 0 means F = 0.
	Degree, Gauge int
	// Scaling also looks for fields with a number c.
	Scaling bool
	// Seed draws the multipliers.
	Seed uint64
}

// LagrangianSymmetries are the point symmetries of a Lagrangian.
type LagrangianSymmetries struct {
	// Verdict is the verdict on p·L + s as a function of positions, velocities and multipliers.
	Verdict *liegg.Verdict
	// Fields are a basis of the symmetries. At most the first has a Scale. If the verdict is
	// Undetermined, they are guesses.
	Fields []LagrangianSymmetry
}

// LagrangianSymmetry is a field ξ with δL = Scale·L + dF/dt.
type LagrangianSymmetry struct {
	Scale        float64
	field, gauge Quantity // p·ξ(q) and F(q)
}

// String says what is looked for.
func (l Lagrangian) String() string {
	text := fmt.Sprintf("fields of degree %d in %s, F of degree %d", l.Degree, strings.Join(l.Names, ", "), l.Gauge)
	if l.Scaling {
		text += ", L up to a factor"
	}
	return text
}

// Of finds the symmetries of a Lagrangian. f maps positions and velocities to L; states [N, 2n] are
// samples of both, positions first. The equation for ξ, F and c says that the function p·L + s is
// invariant under
//
//	q̇ = ξ, d(q̇) = ∂ξ/∂q·q̇, ṗ = −cp, ṡ = −p·q̇·∂F/∂q
//
// for all multipliers p and s, of which each sample gets random ones. States should be spread: the
// verdict is undetermined if they satisfy a polynomial equation of degree 3 or less.
//
// Of returns the errors of network.Judge, and an error if f has several outputs or states do not fit.
// It panics without Names, and if a degree is negative.
func (l Lagrangian) Of(f *network.Network, states *tensors.Tensor, s network.Settings) (*LagrangianSymmetries, error) {
	n := len(l.Names)
	if n == 0 || l.Degree < 0 || l.Gauge < 0 {
		panic(fmt.Sprintf("dynamics: Lagrangian: want Names, and degrees that are not negative, got %+v", l))
	}
	if states.Rank() != 2 || states.Shape().Dim(1) != 2*n {
		return nil, fmt.Errorf("dynamics: states must have shape [N, %d], positions %q and then their velocities, got %s", 2*n, l.Names, states.Shape())
	}
	z, err := l.withMultipliers(f, states)
	if err != nil {
		return nil, err
	}
	defer z.FinalizeAll()
	a, err := newLagrangianAction(l, z)
	if err != nil {
		return nil, err
	}
	v, err := judge(multipliedLagrangian(f, n), a, z, s, 0)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(l.Names)
	for _, name := range l.Names {
		names = append(names, "d"+name+"/dt")
	}
	reason, err := surface(states, names)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		v.DoubtSymmetries(reason)
	}
	return &LagrangianSymmetries{v, a.symmetries(v.Algebra, visible(v.AngleError))}, nil
}

// withMultipliers returns states with random p and s beside them. p is in units of L.
func (l Lagrangian) withMultipliers(f *network.Network, states *tensors.Tensor) (*tensors.Tensor, error) {
	y, err := f.Predict(states)
	if err != nil {
		return nil, err
	}
	defer y.FinalizeAll()
	if m := y.Shape().Dim(1); m != 1 {
		return nil, fmt.Errorf("dynamics: a Lagrangian has one output, but this network has %d", m)
	}
	values, err := tableOf(y)
	if err != nil {
		return nil, err
	}
	return beside(states, nil, append(deviations(values), 1), l.Seed)
}

// multipliedLagrangian returns the network (q, q̇, p, s) ↦ p·L + s.
func multipliedLagrangian(f *network.Network, n int) *network.Network {
	return f.Repeated(1, func(scope *model.Scope, z *Node) *Node {
		p, s := SliceAxis(z, -1, AxisRange(2*n, 2*n+1)), SliceAxis(z, -1, AxisRange(2*n+1))
		return Add(Mul(p, f.Forward(scope, SliceAxis(z, -1, AxisRange(0, 2*n)))), s)
	})
}

// Formula writes the field and, unless L is invariant, by what L changes: "x∂y − y∂x",
// "∂x, δL = d(0.5y)/dt" or "0.5x∂x, δL = L". Coefficients below tolerance times the largest are left
// out; 0 means 1e-9.
func (s LagrangianSymmetry) Formula(tolerance float64) string {
	text, change := s.field.Formula(tolerance), ""
	if s.Scale != 0 {
		change = strings.TrimPrefix(fmt.Sprintf("%.2gL", s.Scale), "1")
	}
	if F := s.gauge.formula(tolerance, floats.Norm(s.field.coefficients, math.Inf(1))); F != "0" {
		if change != "" {
			change += " + "
		}
		change += "d(" + F + ")/dt"
	}
	if change != "" {
		text += ", δL = " + change
	}
	return text
}

// String returns Formula(0).
func (s LagrangianSymmetry) String() string { return s.Formula(0) }

// String lists the symmetries after the verdict's answer.
func (s *LagrangianSymmetries) String() string {
	var b strings.Builder
	b.WriteString(headline(s.Verdict))
	for _, field := range s.Fields {
		fmt.Fprintf(&b, "\n%s", field.Formula(visible(s.Verdict.AngleError)))
	}
	return b.String()
}
