package jax

import (
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// define adds to the module of a graph the function that a call calls, with the program
// that this needs, as StableHLO's text.
//
// GoMLX has functions, but no way to give the text of one. go-xla v0.4.1 writes the name
// of a function as it is where it defines it, and with underscores for all but letters
// and digits where it calls it (stablehlo.Function.Write, stablehlo.NormalizeIdentifier).
// So a function whose name is a text brings the text into the module; and the call of a
// function named a.b is one of a_b, which that text defines.
func (known *calls) define(g *Graph, c call) {
	text := c.text()
	if prefix := c.network.prefix(c.program); !known.programs[prefix] {
		known.programs[prefix] = true
		text += "\n" + c.network.programs[c.program]
	}
	name := fmt.Sprintf("%s\nfunc.func private @%s_end", text, c.symbol())
	NewFunction(g, name, func(g *Graph) []*Node { return []*Node{Const(g, []float32{0})} })
}

// symbol is the name that the function has where it is called.
func (c call) symbol() string { return strings.ReplaceAll(c.name(), ".", "_") }
