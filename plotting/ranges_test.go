package plotting_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting"
)

// ranged holds ranges in radians.
type ranged struct {
	names             []string
	forward, backward []plotting.Estimate
	end               float64
	angle             bool
}

func (r ranged) Names() []string           { return r.names }
func (r ranged) Followed() (float64, bool) { return r.end, r.angle }
func (r ranged) Reach(forward bool) (values, lower, upper []float64) {
	estimates := r.backward
	if forward {
		estimates = r.forward
	}
	for _, e := range estimates {
		values, lower, upper = append(values, e.Value), append(lower, e.Lower), append(upper, e.Upper)
	}
	return values, lower, upper
}

func ExampleRanges() {
	r := ranged{end: math.Pi, angle: true}
	for class := range 10 {
		t := .7 + .08*float64(class*7%10)
		r.names = append(r.names, fmt.Sprint(class))
		r.forward = append(r.forward, plotting.Estimate{Value: t, Lower: .93 * t, Upper: 1.06 * t})
		r.backward = append(r.backward, plotting.Estimate{Value: .8 * t, Lower: .7 * t, Upper: .9 * t})
	}
	beyond := plotting.Estimate{Value: math.Inf(1), Lower: 2.9, Upper: math.Inf(1)}
	r.forward[0], r.backward[0] = beyond, plotting.Estimate{Value: math.Inf(1), Lower: math.Inf(1), Upper: math.Inf(1)}
	r.forward[8] = plotting.Estimate{Value: 2.7, Lower: 2.5, Upper: math.Inf(1)}
	save(plotting.Ranges(r).Titled("half of each class keeps its answer"), "ranges.png")
	// Output:
}

func TestRangesOfBadArguments(t *testing.T) {
	func() {
		defer func() {
			if r, _ := recover().(string); !strings.Contains(r, "1 names for 0 ranges forward") {
				t.Errorf("panicked with %q", r)
			}
		}()
		plotting.Ranges(ranged{names: []string{"a"}})
	}()
	plotting.Ranges(ranged{}) // empty axes
	bad := []plotting.Estimate{{Value: math.NaN()}, {Value: -1}, {Value: .5, Lower: 2, Upper: 1}}
	c := plotting.Ranges(ranged{names: []string{"a", "b", "c"}, forward: bad, backward: bad, end: math.NaN()})
	if err := plotting.Save(c, filepath.Join(t.TempDir(), "bad.png")); err != nil {
		t.Error(err)
	}
}
