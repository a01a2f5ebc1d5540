package symmetrise

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"sort"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
)

// Augmented are samples of which each is moved by a random element of its own, drawn anew in every
// epoch: a training.Source. If the action says how outputs move, targets move, too:
// (x, y) ↦ (g·x, ρ(g)·y). Each epoch passes once over all samples in a new order; an incomplete
// batch at its end is left out. The same samples, elements, size of batches and seed give the same
// bits on the same kind of backend.
type Augmented struct {
	samples     dataset.Samples
	action      action.Action
	elements    elements
	about       string
	bounded     bool // elements must keep the data in their range
	batch       int
	seed        uint64
	fingerprint string

	running sync.Mutex
	exec    *Exec // moves a batch, on a backend of its own: a trainer may be at work on the usual one
}

// elements are drawn as a product of one of pool and one of nodes, by their weights. Elements of a
// pool that are independent draws by the Haar measure make all products such draws.
type elements struct {
	pool       []node
	nodes      []node
	cumulative []float64 // sums of the weights of nodes
}

// pooled is the number of elements of a pool.
const pooled = 1024

// Augment returns samples moved by random elements of a group, by its Haar measure. For samples
// [N, input…] of inputs, targets are [N, m] of floats, or labels, which stay. Errors: an action that
// does not fit the inputs or the targets; targets that should move and are labels; a batch that has
// more samples than there are; ErrOutside if images leave their frame; and the errors of the backend. It panics if g is nil.
func Augment(s dataset.Samples, g *Group, batch int, seed uint64) (*Augmented, error) {
	if g == nil {
		panic("symmetrise: Augment: the group must not be nil")
	}
	e := elements{nodes: g.nodes}
	if g.rule == nil {
		e.pool = []node{g.nodes[0].identity()}
	} else {
		rule, err := group.Haar(g.rule.Algebra, g.angle, group.HaarSettings{Random: true, Samples: pooled, Seed: seed})
		if err != nil {
			return nil, err
		}
		for _, n := range rule.Nodes {
			e.pool = append(e.pool, nodeOf(g.action, n))
		}
	}
	return augment(s, g.action, e, "random elements of the group of "+g.name, false, batch, seed)
}

// AugmentWithin is Augment for any algebra, also one whose group is not compact, such as scalings,
// shears or boosts: samples are moved by exp(tA), where A is a generator of unit Frobenius norm in a
// random direction of the algebra, and t is uniform in ±reach. Its angle and its panics are as for Over;
// reach must be positive. It returns the errors of Augment, and ErrOutside if more than a tenth of
// the data leave their range on average: choose a smaller reach then.
func AugmentWithin(s dataset.Samples, a action.Action, algebra lie.Algebra, reach float64, batch int, seed uint64) (*Augmented, error) {
	mustMove("AugmentWithin", a)
	if n := action.GeneratorSize(a); algebra.Size() != n || algebra.Dim() == 0 {
		panic(fmt.Sprintf("symmetrise: AugmentWithin: the algebra must hold %d×%d matrices, got %v", n, n, algebra))
	}
	if !(reach > 0) || math.IsInf(reach, 0) {
		panic(fmt.Sprintf("symmetrise: AugmentWithin: reach must be positive, got %v", reach))
	}
	random := rand.New(rand.NewPCG(seed, 0x72616e))
	var e elements
	for range pooled {
		h := make([]float64, algebra.Dim())
		for i := range h {
			h[i] = random.NormFloat64()
		}
		floats.Scale(reach*(2*random.Float64()-1)/floats.Norm(h, 2), h)
		e.pool = append(e.pool, nodeOf(a, group.HaarNode{Weight: 1, Factors: []*mat.Dense{algebra.Generator(h)}}))
	}
	e.nodes = []node{e.pool[0].identity()}
	return augment(s, a, e, fmt.Sprintf("exp(tA) with |t| ≤ %g and A of %s", reach, algebra.Name()), true, batch, seed)
}

func augment(s dataset.Samples, a action.Action, e elements, about string, bounded bool, batch int, seed uint64) (*Augmented, error) {
	sum := 0.0
	for _, n := range e.nodes {
		sum += n.weight
		e.cumulative = append(e.cumulative, sum)
	}
	m := &Augmented{samples: s, action: a, elements: e, about: about, bounded: bounded, batch: batch, seed: seed}
	if err := m.check(); err != nil {
		return nil, err
	}
	backend, err := network.NewBackend()
	if err != nil {
		return nil, err
	}
	if m.exec, err = NewExec(backend, m.moved); err != nil {
		return nil, fmt.Errorf("symmetrise: moving samples: %w", err)
	}
	m.fingerprint, err = m.hash()
	return m, err
}

// check tells what does not fit.
func (m *Augmented) check() error {
	n := m.samples.Len()
	if m.batch < 1 || m.batch > n {
		return fmt.Errorf("symmetrise: batches of %d samples out of %d: give 1 to %d", m.batch, n, n)
	}
	if err := tensor.CheckInputs(m.samples.X); err != nil {
		return err
	}
	if pair, ok := m.action.(action.Equivariance); ok {
		switch shape := m.samples.Y.Shape(); {
		case !shape.DType.IsFloat():
			return fmt.Errorf("symmetrise: targets of type %s are labels, which no generator moves: give the action of the inputs alone", shape.DType)
		case shape.Size() != n*pair.Outputs():
			return fmt.Errorf("symmetrise: the action moves %d outputs, targets have %d numbers: choose a representation that fits the targets", pair.Outputs(), shape.Size()/n)
		}
	}
	inputs := action.InputsOf(m.action)
	if err := inputs.Check(m.samples.X.Shape().Dimensions[1:]); err != nil || !m.bounded && !action.Resamples(inputs) {
		return err // a network is to learn what is where the elements lead
	}
	held, err := network.Buffer(network.Tensor(m.samples.X), 0)
	if err != nil {
		return err
	}
	defer held.Finalize()
	const enough = 100 // elements
	some := &Group{action: m.action, name: m.about}
	for _, x := range m.elements.pool[:min(enough, len(m.elements.pool))] {
		for _, y := range m.elements.nodes[:min(enough, len(m.elements.nodes))] {
			if len(some.nodes) < enough {
				some.nodes = append(some.nodes, x.times(y))
			}
		}
	}
	for i := range some.nodes {
		some.nodes[i].weight = 1 / float64(len(some.nodes))
	}
	outside, err := some.outside(held)
	if err == nil && outside > mostOutside {
		err = fmt.Errorf("%w (%.0f %% of them on average over %s)", ErrOutside, 100*outside, m.about)
	}
	return err
}

// moved is the graph code of a batch: x, matrices and, if targets move, y and theirs.
func (m *Augmented) moved(inputs []*Node) (outputs []*Node) {
	defer graphpanic.WithError()
	outputs = []*Node{action.MovedEach(action.InputsOf(m.action), inputs[0], inputs[1])}
	if len(inputs) > 2 {
		y, back := inputs[2], ConvertDType(inputs[3], inputs[2].DType())
		flat := Reshape(y, y.Shape().Dim(0), -1)
		outputs = append(outputs, Reshape(Einsum("bij,bj->bi", back, flat), y.Shape().Dimensions...))
	}
	return outputs
}

// draw draws an element.
func (e elements) draw(random *rand.Rand) node {
	at := sort.SearchFloat64s(e.cumulative, random.Float64()*e.cumulative[len(e.cumulative)-1])
	return e.pool[random.IntN(len(e.pool))].times(e.nodes[min(at, len(e.nodes)-1)])
}

// Name returns the name of the samples, and what moves them.
func (m *Augmented) Name() string { return m.samples.Name + ", moved by " + m.about }

// Fingerprint changes with everything that the batches depend on.
func (m *Augmented) Fingerprint() string { return m.fingerprint }

// String says what moves the samples.
func (m *Augmented) String() string {
	return fmt.Sprintf("%v, moved by %s, in batches of %d, seed %d", m.samples, m.about, m.batch, m.seed)
}

// Epoch returns the batches of the n-th epoch, counted from 0. It is the same every time.
func (m *Augmented) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		random := rand.New(rand.NewPCG(m.seed, n))
		order := random.Perm(m.samples.Len())
		for from := 0; from+m.batch <= len(order); from += m.batch {
			batch, err := m.render(order[from:from+m.batch], random)
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// render moves samples, each by an element of its own.
func (m *Augmented) render(rows []int, random *rand.Rand) (batch train.Batch, err error) {
	x, err := picked(m.samples.X, rows)
	if err != nil {
		return batch, err
	}
	y, err := picked(m.samples.Y, rows)
	if err != nil {
		return batch, err
	}
	var moves, outs []float64
	for range rows {
		e := m.elements.draw(random)
		moves = append(moves, e.g.RawMatrix().Data...)
		if e.out != nil {
			outs = append(outs, e.out.RawMatrix().Data...)
		}
	}
	arguments := []any{x, matricesOf(moves, len(rows))}
	if outs != nil {
		arguments = append(arguments, y, matricesOf(outs, len(rows)))
	}
	m.running.Lock()
	results, err := m.exec.Call(arguments...)
	m.running.Unlock()
	if err != nil {
		return batch, fmt.Errorf("symmetrise: moving samples: %w", graphpanic.Cause(err))
	}
	for _, r := range results { // a trainer may have another backend
		if err := r.ToLocal(); err != nil {
			return batch, fmt.Errorf("symmetrise: moving samples: %w", err)
		}
	}
	tensor.Finalize(x)
	if outs != nil {
		tensor.Finalize(y)
		y = results[1]
	}
	return train.Batch{Inputs: results[:1], Labels: []*tensors.Tensor{y}}, nil
}

// matricesOf are n square matrices, [n, size, size].
func matricesOf(values []float64, n int) *tensors.Tensor {
	size := int(math.Round(math.Sqrt(float64(len(values) / n))))
	return tensors.FromFlatDataAndDimensions(values, n, size, size)
}

// picked are some rows of a tensor.
func picked(t *tensors.Tensor, rows []int) (some *tensors.Tensor, err error) {
	shape := t.Shape().Clone()
	n := shape.Dimensions[0]
	shape.Dimensions[0] = len(rows)
	some = tensors.FromShape(shape)
	reading := t.ConstBytes(func(from []byte) {
		err = some.MutableBytes(func(to []byte) {
			for i, row := range rows {
				copy(tensor.Nth(to, i, len(rows)), tensor.Nth(from, row, n))
			}
		})
	})
	return some, cmp.Or(reading, err)
}

// hash is a digest of the first batch, which stands for the action and the elements, and of all
// samples.
func (m *Augmented) hash() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, m.samples.Fingerprint(), m.about, m.batch, m.seed, m.elements.cumulative)
	for batch, err := range m.Epoch(0) {
		if err != nil {
			return "", err
		}
		for _, t := range append(batch.Inputs, batch.Labels...) {
			if err := t.ConstBytes(func(b []byte) { h.Write(b) }); err != nil {
				return "", err
			}
			tensor.Finalize(t)
		}
		break
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
