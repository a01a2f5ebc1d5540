package training

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"golang.org/x/sync/errgroup"

	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network"
)

// Member is one of several networks of one shape that are trained together.
type Member struct {
	// Seed draws the initial weights, like Settings.Seed for Train.
	Seed uint64
	// Source provides its batches, of the same shape and type as those of the others.
	Source Source
	// Start is a trained network.MLP to continue from. The first hidden layers are those of
	// Start, and so is the output if both have equally many layers. Further layers are drawn
	// with the seed. nil draws all of them.
	Start *network.Network
}

// Trained is the result for a member: a network, or its *DivergedError.
type Trained struct {
	*network.Network
	Err error
}

// Together trains MLPs of one shape in one compiled program: many seeds at the price of a
// few. Each member sees only its own batches. Its weights are those of Train with the same
// seed and source, up to rounding. A member that diverges does not affect the others.
//
// On a GPU all members take each step at once, with their weights stacked along a leading
// axis. On CPUs, whose caches hold only one network, the program trains one member after the
// other. Small members are then trained side by side on all cores, so their Sources are used
// concurrently.
//
// layers are the numbers of the layers to be trained, the hidden ones from 0 and the output
// last. The other layers keep their initial weights. Without layers, all are trained.
//
// Settings.Seed is ignored, and no progress is shown. Together panics if there are no
// members, if a layer does not exist, and for Settings.Best, as there are no validation
// samples. It returns an error if something is wrong for all members: the errors of Train for
// a source, sources of different shapes, or a Start that does not fit.
func Together(m network.MLP, t Settings, members []Member, layers ...int) ([]Trained, error) {
	t = t.withDefaults(false)
	m.Check()
	checkMembers(m, members, layers)
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	size := 1
	if network.OnGPU(backend) {
		size = len(members)
	}
	return trainInGroups(m, backend, t, members, layers, size)
}

// trainInGroups trains the members in groups of the given size, each group in one call of a
// program.
func trainInGroups(m network.MLP, backend compute.Backend, t Settings, members []Member, layers []int, size int) ([]Trained, error) {
	batches, err := newFeed(backend, sources(members), true, t.targetRules(m.Outputs))
	if err != nil {
		return nil, err
	}
	if err := t.Penalty.fits(batches.input().Dimensions, m.Outputs); err != nil {
		return nil, err
	}
	trained := make([]Trained, len(members))
	groups := make(chan int, len(members))
	for from := 0; from < len(members); from += size {
		groups <- from
	}
	close(groups)
	sideBySide := 1
	if batches.stepsInCall(backend, size, t.Steps) > 1 { // a loop runs on one core
		sideBySide = min(t.Cores, len(groups))
	}
	workers, ctx := errgroup.WithContext(context.Background())
	for i := range sideBySide {
		workers.Go(func() (err error) {
			defer graphpanic.Catch(&err)
			b := backend
			if i > 0 { // a client of XLA cannot run two loops at once
				if b, err = network.NewBackend(); err != nil {
					return err
				}
				defer b.Finalize()
			}
			f := &jointFit{Settings: t, mlp: m, layers: layers, backend: b}
			defer f.finalize()
			for from := range groups {
				if ctx.Err() != nil {
					return nil // the other worker reports its error
				}
				to := min(from+size, len(members))
				if err := f.train(members[from:to], batches.part(b, from, to), trained[from:to]); err != nil {
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

// checkMembers panics if the arguments of Together are invalid.
func checkMembers(m network.MLP, members []Member, layers []int) {
	if len(members) == 0 {
		panic("training: Together: members is empty")
	}
	for i, member := range members {
		if member.Source == nil {
			panic(fmt.Sprintf("training: Together: members[%d].Source is nil", i))
		}
	}
	for _, l := range layers {
		if l < 0 || l > len(m.Hidden) {
			panic(fmt.Sprintf("training: Together: layers must lie in 0…%d, got %v", len(m.Hidden), layers))
		}
	}
}

// sources returns the sources of the members.
func sources(members []Member) []Source {
	s := make([]Source, len(members))
	for i, m := range members {
		s[i] = m.Source
	}
	return s
}

// trains reports whether a layer is trained.
func trains(layers []int, layer int) bool { return len(layers) == 0 || slices.Contains(layers, layer) }

// jointFit trains groups of networks, one group after the other.
type jointFit struct {
	Settings
	mlp     network.MLP
	layers  []int
	backend compute.Backend

	stacks  // the variables of the S networks in a group
	program *steps
	trained []Trained
	sums    []float64 // of each member's losses since the last look
	summed  int
}

// train trains a group.
func (f *jointFit) train(members []Member, batches *feed, trained []Trained) error {
	networks, err := beginnings(f.mlp, members, batches.input())
	if err != nil {
		return err
	}
	for i := range trained {
		trained[i].Network = networks[i]
	}
	f.trained, f.sums, f.summed = trained, make([]float64, len(trained)), 0
	if f.program == nil || len(members) != f.size {
		if err := f.compile(networks, batches); err != nil {
			return err
		}
	} else {
		f.program.takeFrom(batches)
		if err := f.begin(networks); err != nil {
			return err
		}
	}
	if err := f.program.run(f.Steps, f.look); err != nil {
		return err
	}
	return f.finish()
}

// compile makes the program for groups of this size.
func (f *jointFit) compile(networks []*network.Network, batches *feed) (err error) {
	f.finalize()
	if f.stacks, err = stacked(f.mlp, networks, f.layers); err != nil {
		return err
	}
	if f.program, err = newSteps(f.backend, f.store, batches, f.step, f.Steps); err != nil {
		return err
	}
	return f.keep(f.backend)
}

func (f *jointFit) finalize() {
	f.program.finalize()
	f.stacks.finalize()
}

// step is the graph code of one step. It takes x [S, B, input…] and y [S, B, out] to the
// losses [S], and minimises their sum. As no loss depends on another member's weights, each
// member gets the gradient of its own loss.
func (f *jointFit) step(scope *model.Scope, x, y *Node) *Node {
	g := x.Graph()
	scope.Store().SetTraining(g, true)
	f.schedule(scope, g, x.DType())
	outputs := f.mlp.ForwardTogether(scope.Store(), x)
	losses := f.losses(outputs, y)
	if f.Penalty.given() {
		flat := Reshape(x, append([]int{x.Shape().Dim(0) * x.Shape().Dim(1)}, x.Shape().Dimensions[2:]...)...)
		if seen := f.Penalty.windowed(flat); seen != flat {
			outputs = f.mlp.ForwardTogether(scope.Store(), Reshape(seen, x.Shape().Dimensions...))
		}
		losses = Add(losses, MulScalar(f.Penalty.broken(x, outputs, x.Shape().Dim(0), x.Shape().Dimensions[2:], f.Loss), f.Penalty.Weight))
	}
	if f.L2 > 0 {
		losses = Add(losses, MulScalar(f.squaredWeights(scope.Store(), g), f.L2/2))
	}
	f.optimizer().UpdateGraph(scope, g, ReduceAllSum(losses))
	return losses
}

// losses returns the mean loss of each member's batch, [S], for outputs [S, B, m].
func (f *jointFit) losses(outputs, y *Node) *Node {
	s, b := outputs.Shape().Dim(0), outputs.Shape().Dim(1)
	if f.Loss != CrossEntropy {
		return ReduceMean(Square(Sub(outputs, Reshape(y, outputs.Shape().Dimensions...))), 1, 2)
	}
	label := OneHot(ConvertDType(Reshape(y, s, b), dtypes.Int32), f.mlp.Outputs, outputs.DType())
	return Neg(ReduceMean(ReduceSum(Mul(label, LogSoftmax(outputs, -1)), 2), 1))
}

// look records the losses of a step. It ends the training when all members have diverged.
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
			t.History = append(t.History, network.Point{Step: step, Loss: f.sums[i] / float64(f.summed), Validation: math.NaN(), Accuracy: math.NaN()})
			f.sums[i] = 0
		}
	}
	if recorded {
		f.summed = 0
		return goOn, f.watched(step)
	}
	return goOn, nil
}

// finish hands the variables back to the members.
func (f *jointFit) finish() error {
	networks := make([]*network.Network, len(f.trained))
	for i, t := range f.trained {
		networks[i] = t.Network
	}
	err := f.handBack(networks)
	for i := range f.trained {
		if f.trained[i].Err != nil {
			f.trained[i].Network = nil
		}
	}
	return err
}
