package extraction

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/gomlx/gomlx/core/tensors"

	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Programs keeps the last few programs of a network, for analyses of the same kind on other
// data or after more training. Compiling a program costs more than running it on some ten
// thousand samples. The garbage collector frees the programs with the network.
type Programs struct {
	mu          sync.Mutex
	idle        []*Program         // not in use, the most recently used last
	independent map[modelKind]bool // models whose samples are known not to affect each other
}

const (
	mostCompiled    = 4  // programs that a network keeps
	mostIndependent = 16 // models that are remembered
)

// knowsIndependent reports whether samples of such a model are known not to affect each
// other.
func (c *Programs) knowsIndependent(m modelKind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.independent[m]
}

// remember records that samples of such a model do not affect each other.
func (c *Programs) remember(m modelKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.independent == nil || len(c.independent) == mostIndependent {
		c.independent = map[modelKind]bool{}
	}
	c.independent[m] = true
}

// Program returns a program for inputs like the first, either one compiled before or a new
// one. It must be given back with Programs.Keep. If the beginning of the inputs is given, the program
// is for a verdict.
func (n Network) Program(a action.Action, first stream.Chunk, s Settings, beginning *tensors.Tensor) (e *Program, err error) {
	k, err := KindOf(n, a, first, s, beginning != nil)
	if err == nil {
		e = n.Programs.take(k)
	}
	if e == nil {
		if e, err = newProgram(n, a, first, s, beginning != nil); err != nil { // reports first what does not fit
			return nil, err
		}
		e.kind = &k
	}
	if beginning == nil {
		return e, nil
	}
	e.activity = cmp.Or(s.Activity, new(activity.Record))
	e.replay = s.Replay
	e.grouped = s.Grouped
	if err := e.measureInRoom(beginning, s.Batch*max(1, s.Together)); err != nil {
		e.Finalize()
		return nil, err
	}
	return e, nil
}

// measureInRoom is measure with a batch that the device has room for.
func (e *Program) measureInRoom(beginning *tensors.Tensor, batch int) error {
	for {
		err := e.measure(beginning, batch)
		if !device.IsFull(err) || !e.divides(batch) {
			return err
		}
		batch = e.half(batch)
		e.most = batch
	}
}

// Count returns the number of programs that are kept, and the number of models whose samples are
// known not to affect each other.
func (c *Programs) Count() (programs, independent int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.idle), len(c.independent)
}

// take returns a program that was kept; nil if there is none of this kind.
func (c *Programs) take(k Kind) *Program {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.idle, func(e *Program) bool { return e.kind.Equal(k) })
	if i < 0 {
		return nil
	}
	e := c.idle[i]
	c.idle = slices.Delete(c.idle, i, i+1)
	return e
}

// Keep takes back a program after use. If there are too many, it drops the oldest.
func (c *Programs) Keep(e *Program) {
	if e == nil || e.kind == nil {
		e.Finalize()
		return
	}
	e.inTwo.forget()
	e.there.forget()
	e.random, e.Census, e.replay = rand.New(rand.NewPCG(1, 0)), finite.Census{}, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, e)
	if len(c.idle) > mostCompiled {
		c.idle[0].Finalize()
		c.idle = slices.Delete(c.idle, 0, 1)
	}
}

// Kind is all that a program depends on.
type Kind struct {
	model   modelKind
	action  action.Action
	gram    bool
	Shape   string // type and shape of a batch; "" if the program takes any
	verdict bool
	bySize  bool
	blocks  int // in a batch
}

// modelKind is all that the graph of a network's outputs depends on. Go cannot compare two
// functions. So the graph is built anew each time, which takes less than a thousandth of a
// second, and its printed form is compared: operators, their attributes, and small constants.
// If a Forward is replaced by one with the same graph up to large constants, this goes
// unnoticed; see Network.Forward. Variables do not matter, since they are arguments of
// programs.
type modelKind struct {
	head    Head
	store   *model.Store
	backend compute.Backend
	input   string // type and shape of one input
	graph   uint64 // digest of the graph
	mode    jacobian.Mode
}

// Equal compares actions deeply, since some hold slices. Actions that hold functions never
// equal others.
func (k Kind) Equal(other Kind) bool {
	same := reflect.DeepEqual(k.action, other.action)
	k.action, other.action = nil, nil
	return same && k == other
}

// KindOf returns the kind of the program for inputs like the first. It returns an error if
// the model cannot run on them.
func KindOf(n Network, a action.Action, first stream.Chunk, s Settings, verdict bool) (k Kind, err error) {
	backend, err := n.On()
	if err != nil {
		return k, err
	}
	_, m, err := Subject{n, a, s.Head}.Trace(backend, first.X.Shape())
	if err != nil {
		return k, err
	}
	m.mode = s.Mode
	return Kind{model: m, action: a, gram: s.Gram, Shape: first.X.Shape().String(), verdict: verdict, bySize: s.BySize, blocks: s.Together}, nil
}
