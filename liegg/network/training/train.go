package training

import (
	"cmp"
	"fmt"
	"iter"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
)

// Source provides training batches, inputs [batch, input…] and targets, epoch by epoch.
// dataset.Samples.Batches and dataset.FreshRotations are Sources.
type Source interface {
	// Name describes the data to a person, in at least three letters.
	Name() string
	// Epoch ranges over the batches of the n-th epoch, n = 0, 1, …. They must be the same
	// each time, so that training can be repeated.
	Epoch(n uint64) iter.Seq2[train.Batch, error]
	// Fingerprint changes with everything that the batches depend on.
	Fingerprint() string
}

// DivergedError says that the loss became NaN or infinite.
type DivergedError struct {
	Step int
	Loss float64
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("training: the loss was %v at step %d: training diverged; lower Settings.LearningRate, or look for inputs far from unit size", e.Loss, e.Step)
}

// Train fits a network.MLP or a CNN, in the floating-point type of the source's inputs:
// float32 is faster, float64 leaves less rounding error in the gradients. The same arguments
// give the same bits on the same backend. validation may be nil.
//
// Train returns an error for a source that fails or is empty, for shapes or types that do not
// fit, for labels outside of 0…outputs−1, and a *liegg.NotFiniteError for inputs or targets
// that hold NaN or Inf. These name the first such sample. It returns a *DivergedError as soon
// as the training or validation loss is not finite.
func Train(m network.Model, t Settings, source Source, validation *dataset.Samples) (*network.Network, error) {
	return trained(m, t, source, validation, nil)
}

// trained is Train, but it continues a training that the keeper has stored, and lets the
// keeper store it at intervals. The keeper may be nil.
func trained(m network.Model, t Settings, source Source, validation *dataset.Samples, k *keeper) (n *network.Network, err error) {
	defer graphpanic.Catch(&err)
	t = t.withDefaults(validation != nil)
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	m.Check()
	wanted := t.targetRules(m.Width())
	batches, err := newFeed(backend, []Source{source}, false, wanted)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(checkValidation(validation, wanted, batches.input()), t.Penalty.fits(batches.input().Dimensions, m.Width())); err != nil {
		return nil, err
	}
	begun, err := network.New(m, batches.input(), t.Seed)
	if err != nil {
		return nil, err
	}
	begun.Backend = backend
	f := &fit{Settings: t, network: begun, names: pathsOf(begun.Store), validation: validation, best: math.Inf(1), keeper: k}
	k.resume(f)
	f.progress = progress.Line{}
	f.curve = newCurve(t)
	if !t.Quiet && !f.curve.live {
		f.progress = progress.New(fmt.Sprintf("training %d-%v", batches.input().Size(), m), t.Steps)
		defer f.progress.Done()
	}
	if err := f.run(batches); err != nil {
		return nil, err
	}
	if err := f.finish(); err != nil {
		return nil, err
	}
	f.curve.end(f.network.History)
	return f.network, nil
}

// reporter shows how far a training has come.
type reporter interface {
	At(step int, note string)
	Done()
}

// fit is a running training.
type fit struct {
	Settings
	network    *network.Network
	names      paths // names of the network's variables
	validation *dataset.Samples
	progress   reporter
	curve      curve
	validator  *validator
	sum        float64 // of losses since the last look
	summed     int
	last       float64 // last loss
	best       float64 // lowest validation loss, or share of errors, so far
	kept       map[string]*tensors.Tensor
	keeper     *keeper
	taken      int      // number of steps
	next       position // position in the source
}

func (f *fit) run(batches *feed) error {
	looks := f.Validate
	if f.validation == nil && f.Watch == nil { // nobody looks at the network before the end
		looks = f.Steps
	}
	batches.begin = f.next
	steps, err := newSteps(f.network.Backend, f.network.Store, batches, f.step, looks)
	if err != nil {
		return err
	}
	defer steps.finalize()
	steps.taken, steps.paused = f.taken, f.paused
	return steps.run(f.Steps, f.look)
}

// step is the graph code of one step: it updates the variables and returns the loss of a
// batch.
func (f *fit) step(scope *model.Scope, x, y *Node) *Node {
	g := x.Graph()
	scope.Store().SetTraining(g, true)
	f.schedule(scope, g, x.DType())
	outputs := f.network.Forward(scope, x)
	loss := f.mean(y, outputs)
	if f.Penalty.given() {
		seen := f.Penalty.windowed(x)
		if seen != x {
			outputs = f.network.Forward(scope.Store().RootScope(), seen)
		}
		loss = Add(loss, MulScalar(Reshape(f.Penalty.broken(x, outputs, 1, x.Shape().Dimensions[1:], f.Loss)), f.Penalty.Weight))
	}
	if f.L2 > 0 {
		for v := range f.names.variables(scope.Store()) {
			loss = Add(loss, MulScalar(ReduceAllSum(Square(v.NodeValue(g))), f.L2/2))
		}
	}
	f.optimizer().UpdateGraph(scope, g, loss)
	return loss
}

// look records the loss, and every Validate steps measures the validation samples.
func (f *fit) look(step int, losses []float64) (goOn bool, err error) {
	loss := losses[0]
	if notFinite(loss) {
		return false, &DivergedError{step, loss}
	}
	f.sum, f.summed, f.last = f.sum+loss, f.summed+1, loss
	if step%f.Validate == 0 || step == f.Steps {
		return true, f.record(step)
	}
	return true, nil
}

// paused is called between calls of the program, possibly twice. If Watch is set, looks fall
// there.
func (f *fit) paused(step int, next position) (asked <-chan struct{}, err error) {
	if isNew := step > f.taken; isNew && (step%f.Validate == 0 || step == f.Steps) {
		err = f.watched(step)
	}
	f.taken, f.next = step, next
	if f.keeper != nil {
		err = f.keeper.keep(f, err)
		asked = f.keeper.asked
	}
	if err == nil && step < f.Steps { // only now would a signal store what is shown
		f.progress.At(step, fmt.Sprintf("loss %.3g", f.last))
		f.curve.at(f)
	}
	return asked, err
}

func (f *fit) record(step int) error {
	p := network.Point{Step: step, Loss: f.sum / float64(f.summed), Validation: math.NaN(), Accuracy: math.NaN()}
	f.sum, f.summed = 0, 0
	if f.validation != nil {
		var err error
		if p.Validation, p.Accuracy, err = f.evaluate(); err != nil {
			return err
		}
		if notFinite(p.Validation) {
			return &DivergedError{step, p.Validation}
		}
		if err := f.keep(p); err != nil {
			return err
		}
	}
	f.network.History = append(f.network.History, p)
	return nil
}

// keep copies the variables if the point is the best so far and Best asks for it.
func (f *fit) keep(p network.Point) error {
	mark := p.Validation
	if f.Loss == CrossEntropy {
		mark = 1 - p.Accuracy // the loss reaches its minimum long before the accuracy reaches its maximum
	}
	if !f.Best || mark >= f.best {
		return nil
	}
	f.best, f.kept = mark, map[string]*tensors.Tensor{}
	for v := range f.names.variables(f.network.Store) {
		var err error
		if f.kept[v.Path()], err = tensor.CopyOf(v); err != nil {
			return err
		}
	}
	return nil
}

// finish removes all variables but the network's own, and restores the best if asked.
func (f *fit) finish() error {
	f.validator.finalize()
	store := model.NewStore()
	for v := range f.names.variables(f.network.Store) {
		value, ok := f.kept[v.Path()]
		if !ok {
			var err error
			if value, err = tensor.CopyOf(v); err != nil {
				return err
			}
		}
		if _, err := store.CreateVariable(v.Path(), value); err != nil {
			return err
		}
	}
	f.network.Store.Finalize()
	f.network.Store = store
	return nil
}

// paths are the names of a network's own variables, without the optimiser's.
type paths map[string]bool

// pathsOf returns the paths of all variables in a Store that no optimiser has used yet.
func pathsOf(store *model.Store) paths {
	p := paths{}
	for v := range store.IterVariables() {
		p[v.Path()] = true
	}
	return p
}

// variables yields the network's own variables in a Store.
func (p paths) variables(store *model.Store) iter.Seq[*model.Variable] {
	return func(yield func(*model.Variable) bool) {
		for v := range store.IterVariables() {
			if p[v.Path()] && !yield(v) {
				return
			}
		}
	}
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
