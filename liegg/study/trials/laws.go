package trials

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/network"
)

// chaos is a chaotic Hamiltonian, which conserves its energy alone, and a library of functions.
type chaos struct {
	name    string
	energy  func(z []*Node) *Node
	library dynamics.Library
	holds   bool // the library holds the energy
	// draw draws a state of at most the given energy. The energies, one for each seed in turn,
	// reach from nearly regular motion to chaos.
	draw     func(rng *rand.Rand, energy float64) []float64
	energies []float64
}

// conserved asks for the laws of chaotic Hamiltonians.
func conserved(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, c := range slices.Concat(henonHeiles(), doublePendulum()) {
			for _, n := range cmpSamples(p.Samples, r.Samples) {
				t := Trial{Case: c.name, Kind: Exact, Samples: n, run: c.judged}
				trials = append(trials, r.draws(p, cmp.Or(p.Draws, r.Draws), t)...)
			}
		}
		return trials
	}
}

// judged asks for the laws at states of a seed.
func (c chaos) judged(t Trial) (r Result, err error) {
	rng, energy := newRandom(t.Seed, streamJudge), c.energies[t.Seed%uint64(len(c.energies))]
	var values []float64
	for range t.Samples {
		values = append(values, c.draw(rng, energy)...)
	}
	states := tensors.FromFlatDataAndDimensions(values, t.Samples, c.library.Coordinates())
	defer states.FinalizeAll()
	h := network.Exact(func(z *Node) *Node { return ExpandAxes(c.energy(columns(z)), -1) })
	begun := time.Now()
	laws, err := dynamics.Conserved(h, c.library, states, network.Settings{})
	if err != nil {
		return r, err
	}
	r = Result{Text: laws.String(), Reasons: laws.Verdict.Reasons, Angle: math.NaN(), Seconds: time.Since(begun).Seconds()}
	r.Outcome, err = c.outcome(laws, h, states)
	return r, err
}

// outcome is Right if the energy alone is found, or nothing where the library does not hold it.
func (c chaos) outcome(laws *dynamics.Laws, h *network.Network, states *tensors.Tensor) (Outcome, error) {
	switch {
	case laws.Verdict.Answer == liegg.Undetermined:
		return Open, nil
	case laws.Verdict.Answer == liegg.None && !c.holds:
		return Right, nil
	case laws.Verdict.Answer != liegg.Symmetric || !c.holds || len(laws.Quantities) != 1:
		return False, nil
	}
	energies, err := h.Predict(states)
	if err != nil {
		return Failed, err
	}
	defer energies.FinalizeAll()
	found, err := laws.Quantities[0].At(states)
	if err != nil {
		return Failed, err
	}
	if 1-math.Abs(stat.Correlation(found, tensors.MustCopyFlatData[float64](energies), nil)) > 1e-9 {
		return False, nil
	}
	return Right, nil
}

// columns returns the coordinates of states as [batch] each.
func columns(z *Node) []*Node {
	x := make([]*Node, z.Shape().Dim(1))
	for i := range x {
		x[i] = Reshape(SliceAxis(z, -1, AxisElem(i)), z.Shape().Dim(0))
	}
	return x
}

// henonHeiles is ½(x² + y² + u² + v²) + x²y − y³/3, with libraries of polynomials. Motion is bounded
// up to the energy 1/6, and mostly chaotic there.
func henonHeiles() (all []chaos) {
	potential := func(x, y float64) float64 { return (x*x+y*y)/2 + x*x*y - y*y*y/3 }
	for degree := 2; degree <= 4; degree++ {
		all = append(all, chaos{
			name: fmt.Sprintf("henon-heiles-%d", degree), library: dynamics.Monomials(degree, "x", "y", "u", "v"), holds: degree >= 3,
			energy: func(z []*Node) *Node {
				cubic := Mul(z[1], Sub(Square(z[0]), DivScalar(Square(z[1]), 3)))
				return Add(MulScalar(Add(Add(Square(z[0]), Square(z[1])), Add(Square(z[2]), Square(z[3]))), .5), cubic)
			},
			draw: func(rng *rand.Rand, energy float64) []float64 {
				for {
					x, y := 2*rng.Float64()-1, 1.5*rng.Float64()-.5 // holds the triangle of the energy 1/6
					kinetic := energy*rng.Float64() - potential(x, y)
					if kinetic < 0 {
						continue
					}
					p, φ := math.Sqrt(2*kinetic), 2*math.Pi*rng.Float64()
					return []float64{x, y, p * math.Cos(φ), p * math.Sin(φ)}
				}
			},
			energies: []float64{1. / 12, 1. / 8, 1. / 6},
		})
	}
	return all
}

// doublePendulum has the masses 1 and 2 and the lengths 1 and .8. The libraries hold polynomials and
// cosines, and in one case the terms of the kinetic energy.
func doublePendulum() []chaos {
	const m1, m2, l1, l2 = 1, 2, 1, .8
	inertia := func(z []*Node) *Node { return AddScalar(MulScalar(Square(Sin(Sub(z[0], z[1]))), m2), m1) }
	over := func(of func(z []*Node) *Node) func(z *Node) *Node {
		return func(z *Node) *Node { x := columns(z); return Div(of(x), inertia(x)) }
	}
	cosine := func(name string, of int) dynamics.Observable {
		return dynamics.Observable{Name: name, Of: func(z *Node) *Node { return Cos(columns(z)[of]) }}
	}
	bare := dynamics.Monomials(2, "θ₁", "θ₂", "p₁", "p₂").With(cosine("cos θ₁", 0), cosine("cos θ₂", 1))
	pendulum := chaos{
		name: "double-pendulum-bare", library: bare,
		energy: func(z []*Node) *Node {
			p1, p2 := z[2], z[3]
			kinetic := Add(MulScalar(Square(p1), m2*l2*l2), MulScalar(Square(p2), (m1+m2)*l1*l1))
			kinetic = Sub(kinetic, MulScalar(Mul(Mul(p1, p2), Cos(Sub(z[0], z[1]))), 2*m2*l1*l2))
			kinetic = Div(kinetic, MulScalar(inertia(z), 2*m2*l1*l1*l2*l2))
			return Sub(kinetic, Add(MulScalar(Cos(z[0]), (m1+m2)*l1), MulScalar(Cos(z[1]), m2*l2)))
		},
		draw: func(rng *rand.Rand, energy float64) []float64 {
			return []float64{math.Pi * (2*rng.Float64() - 1), math.Pi * (2*rng.Float64() - 1), math.Sqrt(energy) * rng.NormFloat64(), math.Sqrt(energy) * rng.NormFloat64()}
		},
		energies: []float64{.3, 1, 10},
	}
	whole := pendulum
	whole.name, whole.holds = "double-pendulum", true
	whole.library = bare.With(
		dynamics.Observable{Name: "p₁²/D", Of: over(func(z []*Node) *Node { return Square(z[2]) })},
		dynamics.Observable{Name: "p₂²/D", Of: over(func(z []*Node) *Node { return Square(z[3]) })},
		dynamics.Observable{Name: "p₁p₂cos(θ₁ − θ₂)/D", Of: over(func(z []*Node) *Node {
			return Mul(Mul(z[2], z[3]), Cos(Sub(z[0], z[1])))
		})})
	return []chaos{pendulum, whole}
}
