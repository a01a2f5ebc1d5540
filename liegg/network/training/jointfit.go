package training

import (
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/network"
)

// jointFit is a training of groups of networks, one group after the other.
type jointFit struct {
	Settings
	mlp     network.MLP
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
	own, err := beginnings(f.mlp, members, batches.input())
	if err != nil {
		return err
	}
	for i := range trained {
		trained[i].Network = own[i]
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
func (f *jointFit) compile(own []*network.Network, batches *feed) (err error) {
	f.finalize()
	if f.stacks, err = stacked(f.mlp, own, f.layers); err != nil {
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

// step is the graph code of one step: x [S, B, input…] and y [S, B, out] to the
// losses [S]. Their sum is what is made small; as no loss depends on another
// member's weights, its gradient is each member's own.
func (f *jointFit) step(scope *model.Scope, x, y *Node) *Node {
	g := x.Graph()
	scope.Store().SetTraining(g, true)
	f.schedule(scope, g, x.DType())
	losses := f.losses(f.mlp.ForwardTogether(scope.Store(), x), y)
	if f.L2 > 0 {
		losses = Add(losses, MulScalar(f.squaredWeights(scope.Store(), g), f.L2/2))
	}
	f.optimizer().UpdateGraph(scope, g, ReduceAllSum(losses))
	return losses
}

// losses are the mean losses of each member's batch, [S], of outputs [S, B, m].
func (f *jointFit) losses(outputs, y *Node) *Node {
	s, b := outputs.Shape().Dim(0), outputs.Shape().Dim(1)
	if f.Loss != CrossEntropy {
		return ReduceMean(Square(Sub(outputs, Reshape(y, outputs.Shape().Dimensions...))), 1, 2)
	}
	label := OneHot(ConvertDType(Reshape(y, s, b), dtypes.Int32), f.mlp.Outputs, outputs.DType())
	return Neg(ReduceMean(ReduceSum(Mul(label, LogSoftmax(outputs, -1)), 2), 1))
}

// squaredWeights are ‖w‖² of each member's variables, [S].
func (s *stacks) squaredWeights(store *model.Store, g *Graph) (sum *Node) {
	for v := range s.own.variables(store) {
		w := v.NodeValue(g)
		square := ReduceSum(Square(Reshape(w, w.Shape().Dim(0), -1)), 1)
		if sum == nil {
			sum = square
			continue
		}
		sum = Add(sum, square)
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

// finish hands each member its variables back.
func (f *jointFit) finish() error {
	own := make([]*network.Network, len(f.trained))
	for i, t := range f.trained {
		own[i] = t.Network
	}
	err := f.handBack(own)
	for i := range f.trained {
		if f.trained[i].Err != nil {
			f.trained[i].Network = nil
		}
	}
	return err
}
