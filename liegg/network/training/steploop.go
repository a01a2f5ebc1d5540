package training

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
)

// stepLoop is the graph code of several optimiser steps, one after the other. Between the
// steps nothing leaves the program.
type stepLoop struct {
	step stepper
	// state holds all variables that a step reads or changes.
	state []*model.Variable
	// loss is the shape of a step's loss.
	loss shapes.Shape
}

var errPlanned = errors.New("the graph was built to see what it needs")

// loop determines what a step needs: it builds the graph of one step without compiling it.
func (step stepper) loop(backend compute.Backend, store *model.Store, f *feed) (*stepLoop, error) {
	l := &stepLoop{step: step}
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, x, y *Node) *Node {
		defer graphpanic.WithError()
		l.loss, l.state = step(scope, x, y).Shape(), nil
		for v := range store.IterVariables() {
			if v.InUseByGraph(x.Graph()) {
				l.state = append(l.state, v)
			}
		}
		panic(errPlanned)
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	one := *f
	one.most = 1
	if _, err := exec.Compile(one.several(f.x), one.several(f.y)); !errors.Is(err, errPlanned) {
		return nil, devicefault.Explained(fmt.Errorf("training: training on %q failed: %w", f.sources[0].Name(), graphpanic.Cause(err)))
	}
	return l, nil
}

// graph is the program. It takes the first count steps on batches x [S, batch…] and y [S,
// batch…], and returns their losses, [S, loss…].
func (l *stepLoop) graph(scope *model.Scope, x, y, count *Node) *Node {
	g := x.Graph()
	losses := shapes.Make(l.loss.DType, append([]int{x.Shape().Dim(0)}, l.loss.Dimensions...)...)
	begin := append([]*Node{zeros(g, shapes.Make(dtypes.Int32)), zeros(g, losses)}, l.values(g)...)
	goOn := NewClosure(g, func(g *Graph) []*Node {
		return []*Node{LessThan(parameters(g, begin)[0], count)}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		now := parameters(g, begin)
		i, losses := now[0], now[1]
		l.set(now[2:])
		loss := ExpandAxes(l.step(scope, at(x, i), at(y, i)), 0)
		return append([]*Node{AddScalar(i, 1), DynamicUpdateSlice(losses, loss, indices(i, losses.Rank()))}, l.values(g)...)
	})
	end := While(goOn, body, begin...)
	l.set(end[2:])
	return end[1]
}

// values returns the nodes of the state at this point of the graph.
func (l *stepLoop) values(g *Graph) []*Node {
	values := make([]*Node, len(l.state))
	for k, v := range l.state {
		values[k] = v.NodeValue(g)
	}
	return values
}

func (l *stepLoop) set(values []*Node) {
	for k, v := range l.state {
		v.SetNodeValue(values[k])
	}
}

// zeros returns a constant of zeros. GoMLX would cache a scalar constant of the graph and
// reuse it in the loop, where nodes from outside are not available.
func zeros(g *Graph, shape shapes.Shape) *Node { return Const(g, tensors.FromShape(shape)) }

// parameters returns parameters of a closure with the shapes of the given nodes.
func parameters(g *Graph, like []*Node) []*Node {
	ps := make([]*Node, len(like))
	for i, n := range like {
		ps[i] = Parameter(g, "", n.Shape())
	}
	return ps
}

// at returns the i-th batch of x.
func at(x, i *Node) *Node {
	size := append([]int{1}, x.Shape().Dimensions[1:]...)
	return Squeeze(DynamicSlice(x, indices(i, x.Rank()), size), 0)
}

// indices returns i followed by zeros, one index for each axis.
func indices(i *Node, rank int) []*Node {
	all := make([]*Node, rank)
	for k := range all {
		all[k] = ScalarZero(i.Graph(), i.DType())
	}
	all[0] = i
	return all
}
