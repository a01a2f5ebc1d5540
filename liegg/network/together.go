package network

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"golang.org/x/sync/errgroup"
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

// TrainTogether trains MLPs of one shape in one compiled program: many seeds for the
// price of few. Each member sees its own batches, and none sees another: its weights
// are those of Train with the same seed and source, up to rounding, and a member that
// diverges leaves the rest alone.
//
// On a GPU all members take each step at once, their weights stacked along a leading
// axis. On CPUs, whose caches hold one small network and not many, the program takes
// member after member, and as many of them run side by side as there are cores.
//
// Layers are the numbers of those that are trained, hidden ones from 0 and the
// output last; the rest keep the weights they begin with. Without any, all are
// trained.
//
// Training.Seed has no say, and no progress is shown. It panics without members, for
// layers that there are not, and for Training.Best, as there are no validation
// samples. The error is one that concerns all: sources that fail, are empty or differ
// in shape, a Start that does not fit.
func TrainTogether(m MLP, t Training, members []Member, layers ...int) ([]Trained, error) {
	t = t.withDefaults(false)
	m.check()
	m.checkMembers(members, layers)
	backend, err := Backend()
	if err != nil {
		return nil, err
	}
	size := 1
	if OnGPU(backend) {
		size = len(members)
	}
	return m.trainInGroups(backend, t, members, layers, size)
}

// trainInGroups trains groups of so many members, each group in one call of a program.
func (m MLP) trainInGroups(backend compute.Backend, t Training, members []Member, layers []int, size int) ([]Trained, error) {
	batches, err := newFeed(backend, sources(members), true)
	if err != nil {
		return nil, err
	}
	trained := make([]Trained, len(members))
	groups := make(chan int, len(members))
	for from := 0; from < len(members); from += size {
		groups <- from
	}
	close(groups)
	var workers errgroup.Group
	for i := range min(runtime.GOMAXPROCS(0), len(groups)) {
		workers.Go(func() (err error) {
			defer caught(&err)
			own := backend
			if i > 0 { // XLA takes no two loops of a client at once
				if own, err = newBackend(); err != nil {
					return err
				}
				defer own.Finalize()
			}
			f := &jointFit{Training: t, mlp: m, layers: layers, backend: own}
			defer f.finalize()
			for from := range groups {
				to := min(from+size, len(members))
				if err := f.train(members[from:to], batches.part(own, from, to), trained[from:to]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	for i := range trained {
		if trained[i].Network != nil {
			trained[i].Backend = backend
		}
	}
	return trained, nil
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

// jointFit is a training of groups of networks, one group after the other.
type jointFit struct {
	Training
	mlp     MLP
	layers  []int
	backend compute.Backend

	stacks  // of the variables, S networks in a group
	program *steps
	trained []Trained
	sums    []float64 // of each member's losses since the last look
	summed  int
}

// train trains a group.
func (f *jointFit) train(members []Member, batches *feed, trained []Trained) error {
	own, err := f.mlp.beginnings(members, batches.input())
	if err != nil {
		return err
	}
	for i := range trained {
		trained[i].Network = &Network{Forward: f.mlp.Forward, Store: own[i], model: f.mlp}
	}
	f.trained, f.sums, f.summed = trained, make([]float64, len(trained)), 0
	if f.program == nil || len(members) != f.size {
		if err := f.compile(own, batches); err != nil {
			return err
		}
	} else {
		f.program.takeFrom(batches)
		if err := f.begin(own); err != nil {
			return err
		}
	}
	if err := f.program.run(f.Steps, f.look); err != nil {
		return err
	}
	return f.finish()
}

// compile makes the program for groups of a size.
func (f *jointFit) compile(own []*model.Store, batches *feed) (err error) {
	f.finalize()
	if f.stacks, err = f.mlp.stacked(own, f.layers); err != nil {
		return err
	}
	f.program, err = newSteps(f.backend, f.store, batches, f.step, f.Validate)
	return cmp.Or(err, f.keep(f.backend))
}

func (f *jointFit) finalize() {
	f.program.finalize()
	f.stacks.finalize()
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
	own := make([]*model.Store, len(f.trained))
	for i, t := range f.trained {
		own[i] = t.Store
	}
	err := f.handBack(own)
	for i := range f.trained {
		if f.trained[i].Err != nil {
			f.trained[i].Network = nil
		}
	}
	return err
}

// trains says whether a layer is among those that are trained.
func trains(layers []int, layer int) bool { return len(layers) == 0 || slices.Contains(layers, layer) }
