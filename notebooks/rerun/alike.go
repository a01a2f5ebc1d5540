package rerun

import (
	"fmt"
	"math"
)

// alike compares a cell with the stored one. The source and the kinds of outputs are equal;
// texts state the same facts; pictures look alike.
func alike(got, want Cell) error {
	if got.Source != want.Source {
		return fmt.Errorf("running it changed the source")
	}
	drawn, stored := printedFirst(got.Outputs), printedFirst(want.Outputs)
	if len(drawn) != len(stored) {
		return fmt.Errorf("%d outputs, stored are %d", len(drawn), len(stored))
	}
	for k := range stored {
		if err := alikeOutput(drawn[k], stored[k]); err != nil {
			return fmt.Errorf("output %d: %w", k+1, err)
		}
	}
	return nil
}

// printedFirst returns all that a cell prints as one output, before what it shows. A cell prints
// and shows through two pipes, and on a busy machine one may overtake the other.
func printedFirst(outputs []Output) []Output {
	var shown []Output
	printed := Output{Kind: "stream", Name: "stdout"}
	for _, o := range outputs {
		if o.Kind == printed.Kind && o.Name == printed.Name {
			printed.Text += o.Text
		} else {
			shown = append(shown, o)
		}
	}
	if printed.Text == "" {
		return shown
	}
	return append([]Output{printed}, shown...)
}

func alikeOutput(got, want Output) error {
	if got.Kind != want.Kind || got.Name != want.Name {
		return fmt.Errorf("it is %s %s, stored is %s %s", got.Kind, got.Name, want.Kind, want.Name)
	}
	if err := alikeText(got.said(), want.said()); err != nil {
		return err
	}
	drawn, stored := got.Pictures(), want.Pictures()
	if len(drawn) != len(stored) {
		return fmt.Errorf("%d pictures, stored are %d", len(drawn), len(stored))
	}
	for i := range stored {
		if err := alikePicture(drawn[i], stored[i]); err != nil {
			return err
		}
	}
	return nil
}

// alikeText compares the facts that two texts state; the words around them are free.
func alikeText(got, want string) error {
	g, w := factsOf(got), factsOf(want)
	if err := firstDifference(g.answers, w.answers, func(a, b string) bool { return a == b }); err != nil {
		return fmt.Errorf("%w: it printed\n%s\nstored is\n%s", err, got, want)
	}
	if err := firstDifference(g.numbers, w.numbers, figure.near); err != nil {
		return fmt.Errorf("%w: it printed\n%s\nstored is\n%s", err, got, want)
	}
	return nil
}

// firstDifference says where two lists differ.
func firstDifference[T any](got, want []T, same func(a, b T) bool) error {
	for i := range min(len(got), len(want)) {
		if !same(got[i], want[i]) {
			return fmt.Errorf("%v where %v is stored", got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%v where %v is stored", got, want)
	}
	return nil
}

// Training takes another path on another processor: a figure of a trained network keeps its
// size, not its digits. A count stays.
const (
	factor   = 2.
	rounding = 1e-9 // what is smaller is the rounding of zero
)

// near reports whether two figures are equal, if both are counts, or else of one size.
func (f figure) near(g figure) bool {
	if !f.measured && !g.measured {
		return f.value == g.value
	}
	x, y := math.Abs(f.value), math.Abs(g.value)
	unit := math.Max(f.unit, g.unit)
	switch {
	case math.Max(x, y) <= rounding:
		return true
	case f.value*g.value <= 0: // a difference that is zero but for noise
		return math.Abs(f.value-g.value) <= 3*unit
	default:
		return math.Max(x, y) <= factor*math.Min(x, y) || math.Abs(x-y) <= 1.01*unit
	}
}
