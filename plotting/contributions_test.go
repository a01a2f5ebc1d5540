package plotting_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting"
)

// contributed is an error by layers.
type contributed struct {
	names  []string
	values []plotting.Estimate
}

func (e contributed) Names() []string { return e.names }
func (e contributed) Sizes() (values, lower, upper []float64) {
	for _, v := range e.values {
		values, lower, upper = append(values, v.Value), append(lower, v.Lower), append(upper, v.Upper)
	}
	return values, lower, upper
}

func ExampleContributions() {
	e := contributed{[]string{"conv 1", "conv 2", "hidden 1", "output"}, []plotting.Estimate{
		{Value: .31, Lower: .29, Upper: .34}, {Value: .72, Lower: .66, Upper: .8}, {Value: 1.4, Lower: 1.31, Upper: 1.5}, {}}}
	save(plotting.Contributions(e).Titled("who breaks the rotation?"), "contributions.png")
	// Output:
}

func TestContributionsOfBadArguments(t *testing.T) {
	func() {
		defer func() {
			if r, _ := recover().(string); !strings.Contains(r, "1 names for 0 values") {
				t.Errorf("panicked with %q", r)
			}
		}()
		plotting.Contributions(contributed{names: []string{"a"}})
	}()
	plotting.Contributions(contributed{}) // empty axes
	bad := []plotting.Estimate{{Value: math.NaN()}, {Value: -1}, {Value: .5, Lower: .2, Upper: math.Inf(1)}}
	c := plotting.Contributions(contributed{[]string{"a", "b", "c"}, bad})
	if err := plotting.Save(c, filepath.Join(t.TempDir(), "bad.png")); err != nil {
		t.Error(err)
	}
}
