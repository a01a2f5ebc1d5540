package network

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/finite"
)

// compiled keeps the last few programs of a network, for analyses of the same kind on other
// data or after more training. Compiling a program costs more than running it on some ten
// thousand samples. The garbage collector frees the programs with the network.
type compiled struct {
	mu          sync.Mutex
	idle        []*extraction      // not in use, the most recently used last
	each        *eachOutput        // the last program that looked at outputs one by one
	steps       *stepper           // the last program that moved inputs
	independent map[modelKind]bool // models whose samples are known not to affect each other
}

const (
	mostCompiled    = 4  // programs that a network keeps
	mostIndependent = 16 // models that are remembered
)

// knowsIndependent reports whether samples of such a model are known not to affect each
// other.
func (c *compiled) knowsIndependent(m modelKind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.independent[m]
}

// remember records that samples of such a model do not affect each other.
func (c *compiled) remember(m modelKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.independent == nil || len(c.independent) == mostIndependent {
		c.independent = map[modelKind]bool{}
	}
	c.independent[m] = true
}

// extraction returns a program for inputs like the first, either one compiled before or a new
// one. It must be given back with keep. If the beginning of the inputs is given, the program
// is for a verdict.
func (n *Network) extraction(a action.Action, first chunk, s Settings, beginning *tensors.Tensor) (e *extraction, err error) {
	k, err := kindOf(n, a, first, s, beginning != nil)
	if err == nil {
		e = n.compiled.take(k)
	}
	if e == nil {
		if e, err = newExtraction(n, a, first, s, beginning != nil); err != nil { // reports first what does not fit
			return nil, err
		}
		e.kind = &k
	}
	if beginning == nil {
		return e, nil
	}
	e.activity = cmp.Or(s.activity, new(activity))
	e.parts = s.parts.replay()
	e.grouped = s.grouped()
	if err := e.measure(beginning, s.Batch*max(1, s.together)); err != nil {
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

// keep takes back a program after use. If there are too many, it drops the oldest.
func (c *compiled) keep(e *extraction) {
	if e == nil || e.kind == nil {
		e.finalize()
		return
	}
	e.inTwo.forget()
	e.random, e.census, e.parts = rand.New(rand.NewPCG(1, 0)), finite.Census{}, nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, e)
	if len(c.idle) > mostCompiled {
		c.idle[0].finalize()
		c.idle = slices.Delete(c.idle, 0, 1)
	}
}

// fingerprint is a digest of the program's results for random samples of the shape of a chunk.
// It is the same, bit by bit, in all processes that share a verdict. It differs between
// networks, actions, heads, settings and kinds of processors.
func (e *extraction) fingerprint(c chunk) (sum [sha256.Size]byte, err error) {
	defer caught(&err)
	x := noise(c.X)
	defer finalize(x)
	defer func(random *rand.Rand) { e.random = random }(e.random)
	e.random = rand.New(rand.NewPCG(2, 0))
	z := e.probes(x)
	defer finalize(z)
	values, err := e.call(x, x.Shape().Dim(0), z)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	fmt.Fprint(h, x.Shape(), e.mode, e.outputs, e.action.Dim())
	for _, v := range slices.Concat(append(values, e.limits)...) {
		binary.Write(h, binary.LittleEndian, math.Float64bits(v)) // NaN has bits, too
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// noise is a tensor of the shape and type of x that holds normal numbers, always the same.
func noise(x *tensors.Tensor) *tensors.Tensor {
	wide, narrow := make([]float64, x.Size()), make([]float32, x.Size())
	random := rand.New(rand.NewPCG(2, 0))
	for i := range wide {
		wide[i] = random.NormFloat64()
		narrow[i] = float32(wide[i])
	}
	if x.DType() == dtypes.Float32 {
		return tensors.FromFlatDataAndDimensions(narrow, x.Shape().Dimensions...)
	}
	return tensors.FromFlatDataAndDimensions(wide, x.Shape().Dimensions...)
}
