package network

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Member is one of several networks of one shape that are trained together.
type Member struct {
	// Seed draws the initial weights, as Training.Seed does for Train.
	Seed uint64
	// Source gives its own batches, alike in shape and type to those of the others.
	Source Source
	// Start is an MLP, trained before, from which it goes on: hidden layers begin as
	// those of Start, as far as there are any, and so does the output where Start has
	// as many. Layers that Start lacks are drawn from the seed. nil begins afresh.
	Start *Network
}

// Trained is what became of a member: a network, or the *DivergedError that stands
// for it.
type Trained struct {
	*Network
	Err error
}

// TrainTogether trains MLPs of one shape in one compiled program, their weights
// stacked along a leading axis: many seeds for the price of few. Each member sees
// its own batches, and none sees another: its weights are those of Train with the
// same seed and source, up to rounding, and a member that diverges leaves the rest
// alone.
//
// Layers are the numbers of those that are trained, hidden ones from 0 and the
// output last; the rest keep the weights they begin with. Without any, all are
// trained.
//
// Training.Seed has no say, and no progress is shown. It panics without members, for
// layers that there are not, and for Training.Best, as there are no validation
// samples. The error is one that concerns all: sources that fail, are empty or differ
// in shape, a Start that does not fit.
func TrainTogether(m MLP, t Training, members []Member, layers ...int) (trained []Trained, err error) {
	t = t.withDefaults(false)
	m.check()
	m.checkMembers(members, layers)
	defer caught(&err)
	backend, err := Backend()
	if err != nil {
		return nil, err
	}
	batches, err := newFeed(backend, sources(members), true)
	if err != nil {
		return nil, err
	}
	stores, err := m.beginnings(members, batches.input())
	if err != nil {
		return nil, err
	}
	store, err := m.stacked(stores, layers)
	if err != nil {
		return nil, err
	}
	defer store.Finalize()
	f := &jointFit{Training: t, mlp: m, store: store, trained: make([]Trained, len(members)), sums: make([]float64, len(members))}
	for i := range members {
		f.trained[i].Network = &Network{Forward: m.Forward, Store: stores[i], Backend: backend, model: m}
	}
	if err := f.run(backend, batches); err != nil {
		return nil, err
	}
	return f.trained, f.finish()
}

// checkMembers panics where the arguments of TrainTogether name nothing.
func (m MLP) checkMembers(members []Member, layers []int) {
	if len(members) == 0 {
		panic("network: TrainTogether: members is empty")
	}
	for i, member := range members {
		if member.Source == nil {
			panic(fmt.Sprintf("network: TrainTogether: members[%d].Source is nil", i))
		}
	}
	for _, l := range layers {
		if l < 0 || l > len(m.Hidden) {
			panic(fmt.Sprintf("network: TrainTogether: layers must lie in 0…%d, got %v", len(m.Hidden), layers))
		}
	}
}

// sources are those of the members.
func sources(members []Member) []Source {
	s := make([]Source, len(members))
	for i, m := range members {
		s[i] = m.Source
	}
	return s
}

// jointFit is a training of several networks under way.
type jointFit struct {
	Training
	mlp     MLP
	store   *model.Store // the stacked variables
	trained []Trained
	sums    []float64 // of each member's losses since the last look
	summed  int
}

// step is the graph code of one step: x [S, B, input…] and y [S, B, out] to the
// losses [S]. Their sum is what is made small; as no loss depends on another
// member's weights, its gradient is each member's own.
func (f *jointFit) step(scope *model.Scope, x, y *Node) *Node {
	g := x.Graph()
	scope.Store().SetTraining(g, true)
	f.schedule(scope, g, x.DType())
	losses := f.losses(f.mlp.forwardTogether(scope.Store(), x), y)
	if f.L2 > 0 {
		losses = Add(losses, MulScalar(squaredWeights(scope.Store(), g), f.L2/2))
	}
	f.optimizer().UpdateGraph(scope, g, ReduceAllSum(losses))
	return losses
}

// losses are the mean losses of each member's batch, [S], of outputs [S, B, m].
func (f *jointFit) losses(outputs, y *Node) *Node {
	s, b := outputs.Shape().Dim(0), outputs.Shape().Dim(1)
	if f.Loss != CrossEntropy {
		if !outputs.Shape().Equal(y.Shape()) {
			panic(fmt.Errorf("targets of shape %s do not fit outputs of shape %s", y.Shape(), outputs.Shape()))
		}
		return ReduceMean(Square(Sub(outputs, y)), 1, 2)
	}
	label := OneHot(ConvertDType(Reshape(y, s, b), dtypes.Int32), f.mlp.Outputs, outputs.DType())
	return Neg(ReduceMean(ReduceSum(Mul(label, LogSoftmax(outputs, -1)), 2), 1))
}

// squaredWeights are ‖w‖² of each member's variables, [S].
func squaredWeights(store *model.Store, g *Graph) (sum *Node) {
	for v := range variables(store) {
		w := v.NodeValue(g)
		sum = plus(sum, ReduceSum(Square(Reshape(w, w.Shape().Dim(0), -1)), 1))
	}
	return sum
}

func (f *jointFit) run(backend compute.Backend, batches *feed) error {
	steps, err := newSteps(backend, f.store, batches, f.step, f.Validate)
	if err != nil {
		return err
	}
	defer steps.finalize()
	return steps.run(f.Steps, f.look)
}

// look follows the losses of a step; it is enough when no member is whole.
func (f *jointFit) look(step int, losses []float64) (goOn bool, err error) {
	f.summed++
	recorded := step%f.Validate == 0 || step == f.Steps
	for i, loss := range losses {
		t := &f.trained[i]
		if t.Err == nil && notFinite(loss) {
			t.Err = &DivergedError{step, loss}
		}
		if t.Err != nil {
			continue
		}
		goOn = true
		f.sums[i] += loss
		if recorded {
			t.History = append(t.History, Point{Step: step, Loss: f.sums[i] / float64(f.summed), Validation: orNaN(nil), Accuracy: orNaN(nil)})
			f.sums[i] = 0
		}
	}
	if recorded {
		f.summed = 0
	}
	return goOn, nil
}

// finish hands each member its variables back.
func (f *jointFit) finish() error {
	for v := range variables(f.store) {
		all, err := v.Value()
		if err != nil {
			return err
		}
		for i, t := range f.trained {
			own := t.Store.GetVariable(v.Path())
			part := tensors.FromShape(own.Shape())
			err := all.ConstBytes(func(from []byte) {
				if e := part.MutableBytes(func(to []byte) { copy(to, from[i*len(to):]) }); e != nil {
					panic(e)
				}
			})
			if err != nil {
				return err
			}
			if err := own.SetValue(part); err != nil {
				return err
			}
		}
	}
	for i := range f.trained {
		if f.trained[i].Err != nil {
			f.trained[i].Network = nil
		}
	}
	return nil
}

// trains says whether a layer is among those that are trained.
func trains(layers []int, layer int) bool { return len(layers) == 0 || slices.Contains(layers, layer) }
