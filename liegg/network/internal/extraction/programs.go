package extraction

import (
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/finite"
)

// Programs keeps the last few programs of a network, for analyses of the same kind on other
// data or after more training. Compiling a program costs more than running it on some ten
// thousand samples. The garbage collector frees the programs with the network.
type Programs struct {
	mu          sync.Mutex
	idle        []*Program         // not in use, the most recently used last
	scales      *Program           // the last one that measured the sizes of outputs; nil while it is in use
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
	if shared, ok := e.exec.(*call.OnDevices); ok {
		shared.Forget()
	}
	e.random, e.Census, e.replay = rand.New(rand.NewPCG(1, 0)), finite.Census{}, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, e)
	if len(c.idle) > mostCompiled {
		c.idle[0].Finalize()
		c.idle = slices.Delete(c.idle, 0, 1)
	}
}

// takeScales returns the program that last measured the sizes of outputs; nil if it is of another
// kind.
func (c *Programs) takeScales(k Kind) *Program {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.scales
	if last == nil || !last.kind.Equal(k) {
		return nil
	}
	c.scales = nil
	return last
}

// keepScales keeps a program that measured the sizes of outputs, in place of the last one.
func (c *Programs) keepScales(e *Program) {
	e.sizes, e.activity = nil, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scales.Finalize()
	c.scales = e
}
