package liegg

import (
	"strings"
	"testing"
)

// Labels say little of the outputs between them, so None on a classifier is about its outputs; a poor fit
// leaves everything open.
func TestLabelFit(t *testing.T) {
	for _, c := range []struct {
		before   Answer
		mistaken float64
		after    Answer
		says     bool
	}{{None, .04, None, true}, {None, .3, Undetermined, false}, {Symmetric, .04, Symmetric, false}} {
		v := &Verdict{Answer: c.before, Alone: true}
		v.SetLabelFit(c.mistaken)
		var b strings.Builder
		v.writeFit(&b)
		if says := strings.Contains(b.String(), "about its outputs"); v.Answer != c.after || says != c.says || v.Alone {
			t.Errorf("%v with %g of the labels wrong: %v, %q", c.before, c.mistaken, v.Answer, b.String())
		}
	}
}
