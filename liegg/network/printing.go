package network

import (
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// String describes the network and how its training went: "network 10-64×3-1: 9 089 numbers
// in 8 variables; step 4000: loss 0.0012".
func (n *Network) String() string {
	if n == nil {
		return "no network"
	}
	text := "network of one's own"
	if n.Times() > 1 {
		text += fmt.Sprintf(", %d passes for each input", n.Times())
	}
	if n.model != nil {
		text = fmt.Sprintf("network %d-%v", n.input.Size(), n.model)
	}
	variables, numbers := 0, 0
	if n.Store != nil {
		for v := range n.Store.IterVariables() {
			variables++
			numbers += v.Shape().Size()
		}
	}
	if variables == 0 {
		return text + ": an exact function, without variables"
	}
	text += fmt.Sprintf(": %s in %s", spelling.Count(numbers, "number"), spelling.Count(variables, "variable"))
	if len(n.History) > 0 {
		text += "; " + n.History[len(n.History)-1].String()
	}
	return text
}

// String returns, for example, "step 80: loss 0.012, validation loss 0.013, accuracy 0.97".
func (p Point) String() string {
	text := fmt.Sprintf("step %d: loss %.3g", p.Step, p.Loss)
	if !math.IsNaN(p.Validation) {
		text += fmt.Sprintf(", validation loss %.3g", p.Validation)
	}
	if !math.IsNaN(p.Accuracy) {
		text += fmt.Sprintf(", accuracy %.3g", p.Accuracy)
	}
	return text
}

// String returns a line for each record, or for ten of them if there are more: the first, the
// last and others between them.
func (h History) String() string {
	const most = 10
	if len(h) == 0 {
		return "no history"
	}
	lines := []string{spelling.Count(len(h), "look")}
	for i := range min(len(h), most) {
		at := i
		if len(h) > most {
			at = i * (len(h) - 1) / (most - 1)
		}
		lines = append(lines, "  "+h[at].String())
	}
	return strings.Join(lines, "\n")
}

// String returns the name of the mode.
func (d Differentiation) String() string {
	switch d {
	case AutoMode:
		return "AutoMode"
	case ReverseMode:
		return "ReverseMode"
	case TangentMode:
		return "TangentMode"
	case CoordinateMode:
		return "CoordinateMode"
	}
	return fmt.Sprintf("Differentiation(%d)", int(d))
}

// String lists the fields.
func (s Settings) String() string {
	validation := "none"
	if s.Validation != nil {
		validation = s.Validation.String()
	}
	watched := ""
	if s.Watch != nil {
		watched = "; watched"
	}
	return fmt.Sprintf("Head: %s; Batch: %s; Mode: %v; Gram: %v; Smallest: %s; Rule: %v; BySize: %v; Groups: %v; Validation: %s; Noise: %s%s",
		s.Head, orDefault(s.Batch != 0, s.Batch), s.Mode, s.Gram, orDefault(s.Smallest != 0, s.Smallest), s.Rule, s.BySize, s.Groups, validation, orDefault(s.Noise != 0, s.Noise), watched)
}

// orDefault returns a value if it is given.
func orDefault(given bool, value any) string {
	if given {
		return fmt.Sprint(value)
	}
	return "by default"
}

// String returns the number of inputs and their shape.
func (h *Buffered) String() string {
	return fmt.Sprintf("%s of shape %v, %s, in %s", spelling.Count(h.Len(), "input"), h.Input(), h.rows.Shape.DType, spelling.Count(len(h.chunks), "batch"))
}

// String says that it is a program: its graph has no name.
func (p *Program) String() string { return "compiled program around a network" }
