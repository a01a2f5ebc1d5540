package flow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// fit is the least-squares problem of a refinement. Its unknowns are d orthonormal
// rows in whitened coordinates u ∈ R^r, in which a generator of coefficients W·u
// moves the data at the speed ‖u‖.
type fit struct {
	e       *experiment
	algebra *algebra
	whiten  *mat.Dense // W, K×r; null directions of the metric of speeds are left out
	span    *mat.Dense // d×r
	speed   float64    // of the generators that are followed
	flows   []oneFlow  // the fixed set of flows
	usual   float64    // s², the median of ‖f(z) − f(x)‖²/2 at the start
}

// oneFlow follows the generator Σ_j c_j·(row j of the span) up to t, ‖c‖ = 1.
type oneFlow struct {
	c []float64
	t float64
}

// newFit begins with the span of the given coefficients, d×K.
func newFit(e *experiment, al *algebra, coefficients *mat.Dense) (*fit, error) {
	d, err := e.speeds()
	if err != nil {
		return nil, err
	}
	f := &fit{e: e, algebra: al}
	whiten, unwhiten := whitened(d)
	f.whiten = whiten
	if f.span, err = orthonormalRows(coefficients, unwhiten); err != nil {
		return nil, err
	}
	f.speed = meanSpeed(f, coefficients, d)
	f.flows = f.chooseFlows()
	f.usual, err = f.usualChange()
	return f, err
}

// whitened returns W = VΛ^(−½) and its left inverse Λ^½Vᵀ for D = VΛVᵀ, without the
// directions that do not move the data.
func whitened(d *mat.SymDense) (whiten, unwhiten *mat.Dense) {
	var eigen mat.EigenSym
	if !eigen.Factorize(d, true) {
		panic("flow: the metric of speeds is not finite")
	}
	λ := eigen.Values(nil)
	var v mat.Dense
	eigen.VectorsTo(&v)
	k := len(λ)
	first := 0
	for first < k-1 && λ[first] <= 1e-9*λ[k-1] {
		first++
	}
	whiten, unwhiten = mat.NewDense(k, k-first, nil), mat.NewDense(k-first, k, nil)
	for j := range k - first {
		root := math.Sqrt(λ[first+j])
		for i := range k {
			whiten.Set(i, j, v.At(i, first+j)/root)
			unwhiten.Set(j, i, v.At(i, first+j)*root)
		}
	}
	return whiten, unwhiten
}

// orthonormalRows whitens coefficients and makes them orthonormal.
func orthonormalRows(coefficients, unwhiten *mat.Dense) (*mat.Dense, error) {
	var u mat.Dense
	u.Mul(coefficients, unwhiten.T())
	d, _ := u.Dims()
	for i := range d {
		norm := floats.Norm(u.RawRowView(i), 2)
		if !(norm > 0) {
			return nil, fmt.Errorf("flow: generator %d of the start does not move these inputs: leave it out", i+1)
		}
		floats.Scale(1/norm, u.RawRowView(i))
	}
	return polar(&u)
}

// polar returns the matrix of orthonormal rows nearest to m.
func polar(m *mat.Dense) (*mat.Dense, error) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThin) {
		return nil, fmt.Errorf("flow: the generators cannot be made orthonormal: they hold NaN")
	}
	if s := svd.Values(nil); s[len(s)-1] < 1e-6*s[0] {
		return nil, fmt.Errorf("flow: the generators are linearly dependent as far as they move these inputs: start with fewer")
	}
	var u, v, p mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	p.Mul(&u, v.T())
	return &p, nil
}

// meanSpeed is the mean speed of the generators that begin, at lie.UnitSpeed.
func meanSpeed(f *fit, coefficients *mat.Dense, d *mat.SymDense) float64 {
	rows, _ := coefficients.Dims()
	mean := 0.0
	for i := range rows {
		h, _ := f.algebra.coefficients(lie.UnitSpeed(f.e.mover.Generator(coefficients.RawRowView(i))))
		mean += speed(d, h) / float64(rows)
	}
	return mean
}

// chooseFlows spreads directions over the sphere, and t evenly over ±reach, or as
// far as the flow begins within the data.
func (f *fit) chooseFlows() []oneFlow {
	d, _ := f.span.Dims()
	s := f.e.s
	count := s.Fit.Flows
	if count == 0 {
		count = 4 + 2*(d-1)
	}
	random := rand.New(rand.NewPCG(s.Seed, 0x666974)) // a stream of its own
	flows := make([]oneFlow, count)
	for q := range flows {
		flows[q].c = onSphere(random, d)
		reach := min(s.Fit.Reach, f.e.limit(f.generator(f.span, flows[q]), s.Fit.Reach))
		flows[q].t = reach * (2*float64(q) + 1 - float64(count)) / float64(count)
	}
	return flows
}

// onSphere draws a unit vector of R^d; of R it is 1.
func onSphere(random *rand.Rand, d int) []float64 {
	if d == 1 {
		return []float64{1}
	}
	c := make([]float64, d)
	for j := range c {
		c[j] = random.NormFloat64()
	}
	floats.Scale(1/floats.Norm(c, 2), c)
	return c
}

// generator is the one that a flow follows.
func (f *fit) generator(span *mat.Dense, q oneFlow) *mat.Dense {
	var u mat.VecDense
	u.MulVec(span.T(), mat.NewVecDense(len(q.c), q.c))
	return f.at(u.RawVector().Data)
}

// at is the generator of whitened coordinates u.
func (f *fit) at(u []float64) *mat.Dense {
	var h mat.VecDense
	h.MulVec(f.whiten, mat.NewVecDense(len(u), u))
	h.ScaleVec(f.speed, &h)
	return f.e.mover.Generator(h.RawVector().Data)
}

// algebraOf is a span as matrices.
func (f *fit) algebraOf(name string, span *mat.Dense) lie.Algebra {
	d, _ := span.Dims()
	generators := make([]*mat.Dense, d)
	for j := range generators {
		c := make([]float64, d)
		c[j] = 1
		generators[j] = f.generator(span, oneFlow{c: c})
	}
	return lie.Span(name, generators...)
}

// loss is the mean of s²·log(1 + c/s²) over flows and samples, c = ‖f(z) − f(x)‖²/2
// the change of a sample and s² the median change at the start: the negative
// log-likelihood of a Cauchy distribution. Samples whose answer changes much more
// than usual, at the edge of the data for instance, say little about directions and
// would rule a plain mean.
func (f *fit) loss(span *mat.Dense) (float64, error) {
	total := 0.0
	for _, q := range f.flows {
		change, err := f.e.change(lie.Exp(f.generator(span, q), q.t))
		if err != nil {
			return 0, err
		}
		for _, c := range change {
			total += f.usual * math.Log1p(c/f.usual)
		}
	}
	return total / float64(len(f.flows)*f.e.held.Len()), nil
}

// usualChange is the median change over flows and samples of the span, at least
// the rounding of the outputs.
func (f *fit) usualChange() (float64, error) {
	var all []float64
	for _, q := range f.flows {
		change, err := f.e.change(lie.Exp(f.generator(f.span, q), q.t))
		if err != nil {
			return 0, err
		}
		all = append(all, change...)
	}
	slices.Sort(all)
	return max(all[len(all)/2], 1e-14*floats.Sum(f.e.variance)/float64(f.e.held.Len())), nil
}
