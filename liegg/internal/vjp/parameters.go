package vjp

import (
	"fmt"
	"reflect"

	. "github.com/gomlx/gomlx/core/graph"
)

// parameters are the settings of a node besides its inputs, such as axes and
// strides. GoMLX keeps them in unexported fields, which reflection may read.
type parameters struct {
	node   *Node
	fields reflect.Value
}

func parametersOf(node *Node) parameters {
	return parameters{node, reflect.Indirect(reflect.ValueOf(node).Elem().FieldByName("inputs").Elem())}
}

// field panics if GoMLX has another version than the rules are for.
func (p parameters) field(name string) reflect.Value {
	f := p.fields.FieldByName(name)
	if !f.IsValid() {
		panic(fmt.Errorf("vjp: a node of type %s has no parameter %q in this version of GoMLX: the rule must be adapted to it", p.node.Type(), name))
	}
	return f
}

func (p parameters) int(name string) int { return integer(p.field(name)) }

func (p parameters) ints(name string) []int { return integers(p.field(name)) }

// pairs returns paddings, at the start and the end of each axis.
func (p parameters) pairs(name string) [][2]int {
	f := p.field(name)
	pairs := make([][2]int, f.Len())
	for i := range pairs {
		pairs[i] = [2]int{integer(f.Index(i).Index(0)), integer(f.Index(i).Index(1))}
	}
	return pairs
}

func integers(list reflect.Value) []int {
	values := make([]int, list.Len())
	for i := range values {
		values[i] = integer(list.Index(i))
	}
	return values
}

func integer(v reflect.Value) int {
	if v.CanUint() {
		return int(v.Uint())
	}
	return int(v.Int())
}

// filled returns n values, all equal to otherwise if none are given.
func filled[T any](values []T, n int, otherwise T) []T {
	if len(values) > 0 {
		return values
	}
	values = make([]T, n)
	for i := range values {
		values[i] = otherwise
	}
	return values
}
