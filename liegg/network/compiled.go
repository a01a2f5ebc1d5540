package network

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/finite"
)

// compiled keeps the last few programs of a network, for analyses of the same kind
// on other data or after more training: compiling costs more than running over some
// ten thousand samples. The garbage collector frees them with the network.
type compiled struct {
	mu    sync.Mutex
	idle  []*extraction // that nobody uses now, the last one used last
	each  *eachOutput   // the last program that looked at outputs one by one
	alone aloneOnes
}

// mostCompiled is the number of programs that a network keeps.
const mostCompiled = 4

// kind is all that a program depends on. Variables are not part of it, but what the
// program is given.
type kind struct {
	action        action.Action
	forward, head unsafe.Pointer
	store         *model.Store
	backend       compute.Backend
	mode          Differentiation
	gram          bool
	shape         string
	verdict       bool
	bySize        bool
}

// kindOf returns the kind of the program for inputs such as the first.
func kindOf(n *Network, a action.Action, first chunk, s Settings, verdict bool) kind {
	return kind{
		action: a, forward: closure(n.Forward), head: closure(s.Head), store: n.Store, backend: n.Backend,
		mode: s.Mode, gram: s.Gram, shape: first.X.Shape().String(), verdict: verdict, bySize: s.BySize,
	}
}

// equal compares actions deeply, as some hold slices, and everything else by
// identity. Actions with functions in them are equal to none.
func (k kind) equal(other kind) bool {
	same := reflect.DeepEqual(k.action, other.action)
	k.action, other.action = nil, nil
	return same && k == other
}

// closure tells functions apart: it is the address of what a function value holds,
// one for each closure as long as that is alive.
func closure[F any](f F) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&f)) }

// extraction returns a program for inputs such as the first, compiled before or now. It
// is to be given back by keep. Where the beginning of the inputs is given, it is for a
// verdict.
func (n *Network) extraction(a action.Action, first chunk, s Settings, beginning *tensors.Tensor) (e *extraction, err error) {
	k := kindOf(n, a, first, s, beginning != nil)
	if e = n.compiled.take(k); e == nil {
		if e, err = newExtraction(n, a, first, s, beginning != nil); err != nil {
			return nil, err
		}
		e.kind, e.forward = &k, n.Forward
	}
	if beginning == nil {
		return e, nil
	}
	e.activity = cmp.Or(s.activity, new(activity))
	e.parts = s.parts.replay()
	e.grouped = s.grouped()
	if err := e.measure(beginning, first.X.Shape().Dim(0)); err != nil {
		e.finalize()
		return nil, err
	}
	return e, nil
}

func (c *compiled) take(k kind) *extraction {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.idle, func(e *extraction) bool { return e.kind.equal(k) })
	if i < 0 {
		return nil
	}
	e := c.idle[i]
	c.idle = slices.Delete(c.idle, i, i+1)
	return e
}

// keep takes back a program that did its work; the oldest goes where they are many.
func (c *compiled) keep(e *extraction) {
	if e == nil || e.kind == nil {
		e.finalize()
		return
	}
	e.random, e.census, e.parts = rand.New(rand.NewPCG(1, 0)), finite.Census{}, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, e)
	if len(c.idle) > mostCompiled {
		c.idle[0].finalize()
		c.idle = slices.Delete(c.idle, 0, 1)
	}
}
