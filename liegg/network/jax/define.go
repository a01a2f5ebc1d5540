package jax

import (
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// define adds to the module of a graph the function of a call, with the program that the
// function needs, as StableHLO text.
//
// GoMLX has functions, but no way to give the text of one. go-xla v0.4.1 writes the name of a
// function unchanged in its definition, but in calls it replaces all characters but letters
// and digits by underscores (stablehlo.Function.Write, stablehlo.NormalizeIdentifier). So a
// function whose name is a text inserts this text into the module, and a call of a function
// named a.b calls a_b, which the text defines.
func (known *calls) define(g *Graph, c call) {
	text := c.text()
	if prefix := c.network.prefix(c.program); !known.programs[prefix] {
		known.programs[prefix] = true
		text += "\n" + c.network.programs[c.program]
	}
	name := fmt.Sprintf("%s\nfunc.func private @%s_end", text, c.symbol())
	NewFunction(g, name, func(g *Graph) []*Node { return []*Node{Const(g, []float32{0})} })
}

// symbol returns the name of the function in calls.
func (c call) symbol() string { return strings.ReplaceAll(c.name(), ".", "_") }
