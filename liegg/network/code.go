package network

import (
	"slices"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/extraction"
)

// Code is graph code of programs that a network keeps, so that the next one of the same kind is
// not compiled again. Codes can be compared, as heads can: a Code equals its copies and no other
// one. Make it once, as a package variable. It must depend on its arguments only.
type Code struct{ *code }

type code struct {
	graph func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node
	still bool // does not call f
}

// NewCode makes a Code of a function like a GraphFunc, which is also given an action. It panics
// if graph is nil.
func NewCode(graph func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node) Code {
	if graph == nil {
		panic("network: NewCode: graph is nil")
	}
	return Code{&code{graph: graph}}
}

// NewInputCode makes a Code that moves or measures inputs and does not run the network.
func NewInputCode(graph func(a action.Action, x *Node, arguments []*Node) []*Node) Code {
	if graph == nil {
		panic("network: NewInputCode: graph is nil")
	}
	return Code{&code{still: true, graph: func(a action.Action, _ func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
		return graph(a, x, arguments)
	}}}
}

// String says that it is graph code, which has no name.
func (c Code) String() string {
	if c.code == nil {
		return "no code"
	}
	return "graph code of programs that a network keeps"
}

// Kept returns a program like NewProgram's. It reuses one that the network keeps if it is of the same
// kind: of the same code, head and graph of the network, of an equal action, and for batches of the
// same shape. Weights may differ. The bound arguments come before the arguments of Run. Kept returns the
// errors of NewProgram, and panics if c was not made by NewCode or NewInputCode.
func (n *Network) Kept(c Code, head Head, a action.Action, held *Buffered, bound ...mat.Matrix) (p *Program, err error) {
	if c.code == nil {
		panic("network: Kept: c is the zero Code: make it by NewCode or NewInputCode")
	}
	defer caught(&err)
	graph := func(f func(x *Node) *Node, x *Node, arguments []*Node) []*Node { return c.graph(a, f, x, arguments) }
	p, k, err := n.program(head, held, graph, !c.still)
	if err != nil {
		return nil, err
	}
	p.bound = bound
	if p.kept, err = n.programs.take(k.Moved(a), c, p.compile); err != nil {
		return nil, err
	}
	p.exec = p.kept.exec
	return p, nil
}

// mostKept is the number of programs of Kept that a network keeps while they are not in use, and
// of models that it remembers as independent.
const mostKept = 16

// keptProgram is a compiled program that several users may run.
type keptProgram struct {
	kind  extraction.Kind
	code  Code
	exec  *model.Exec
	users int
}

// keptPrograms are the programs of Kept, the most recently used last.
type keptPrograms struct {
	mu          sync.Mutex
	all         []*keptProgram
	independent []extraction.Kind // models whose samples do not affect each other
}

// take returns a program for one more user, and compiles it if there is none of this kind.
func (c *keptPrograms) take(k extraction.Kind, of Code, compile func() (*model.Exec, error)) (*keptProgram, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &keptProgram{kind: k, code: of}
	if i := slices.IndexFunc(c.all, func(p *keptProgram) bool { return p.code == of && p.kind.Equal(k) }); i >= 0 {
		p = c.all[i]
		c.all = slices.Delete(c.all, i, i+1)
	} else {
		var err error
		if p.exec, err = compile(); err != nil {
			return nil, err
		}
	}
	p.users++
	c.all = append(c.all, p)
	return p, nil
}

// release ends the use of a program. If too many are idle, it frees the one used least recently.
func (c *keptPrograms) release(p *keptProgram) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.users--
	idle := func(p *keptProgram) bool { return p.users == 0 }
	count := 0
	for _, p := range c.all {
		if idle(p) {
			count++
		}
	}
	if count > mostKept {
		i := slices.IndexFunc(c.all, idle)
		c.all[i].exec.Finalize()
		c.all = slices.Delete(c.all, i, i+1)
	}
}

// once calls probe unless samples of such a model are known not to affect each other.
func (c *keptPrograms) once(k extraction.Kind, probe func() error) error {
	c.mu.Lock()
	known := slices.ContainsFunc(c.independent, k.Equal)
	c.mu.Unlock()
	if known {
		return nil
	}
	if err := probe(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.independent = append(c.independent, k)
	c.independent = c.independent[max(0, len(c.independent)-mostKept):]
	return nil
}
