package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// tested is a generator that Question.Tests names.
type tested struct {
	name string
	axes []int
}

// generators are the ones that Question.Tests knows, with the number of axes that each takes.
var generators = []struct {
	name string
	axes int
	of   func(n int, axes []int) flow.Hypothesis
}{
	{"rotation", 2, func(n int, a []int) flow.Hypothesis { return flow.Rotation(n, a[0], a[1]) }},
	{"boost", 2, func(n int, a []int) flow.Hypothesis { return flow.Boost(n, a[0], a[1]) }},
	{"shear", 2, func(n int, a []int) flow.Hypothesis { return flow.Shear(n, a[0], a[1]) }},
	{"scaling", 0, func(n int, _ []int) flow.Hypothesis { return flow.Scaling(n) }},
	{"translation", 1, func(n int, a []int) flow.Hypothesis { return flow.Translation(n, a[0]) }},
}

func generatorNames() (names []string) {
	for _, g := range generators {
		names = append(names, g.name)
	}
	return names
}

// parseTest reads a test such as rotation:0,1. Axes are counted from 0.
func parseTest(text string) (t tested, err error) {
	name, rest, _ := strings.Cut(text, ":")
	t.name = name
	names := generatorNames()
	i := slices.Index(names, name)
	if i < 0 {
		return t, fmt.Errorf("Question.Tests %s: there is no %q; the nearest is %q, of %s", text, name, spelling.Nearest(name, names), strings.Join(names, ", "))
	}
	for field := range strings.SplitSeq(rest, ",") {
		if rest == "" {
			break
		}
		axis, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || axis < 0 || slices.Contains(t.axes, axis) {
			return t, fmt.Errorf("Question.Tests %s: axes are different whole numbers from 0", text)
		}
		t.axes = append(t.axes, axis)
	}
	if len(t.axes) != generators[i].axes {
		return t, fmt.Errorf("Question.Tests %s: %s takes %d axes, as in rotation:0,1, shear:0,1, scaling and translation:0", text, name, generators[i].axes)
	}
	return t, nil
}

// hypothesis returns the generator as a matrix of the action, in the size of its generators: for
// affine actions of Rⁿ, also a rotation is (n+1)×(n+1). The error says that the action does not
// contain it.
func (t tested) hypothesis(a action.Action) (h flow.Hypothesis, err error) {
	size := action.GeneratorSize(a)
	n := size
	if action.IsHomogeneous(a) {
		n--
	}
	for _, axis := range t.axes {
		if axis >= n {
			return h, fmt.Errorf("Question.Tests %s: axis %d is not one of the %d axes of %v, which are counted from 0", t.name, axis, n, a)
		}
	}
	i := slices.Index(generatorNames(), t.name)
	h = generators[i].of(n, t.axes)
	h.H = action.Whole(a, h.H)
	if rows, _ := h.H.Dims(); rows == size {
		if _, off, err := action.Coefficients(a, h.H); err == nil && off[0] < 1e-9 {
			return h, nil
		}
	}
	return h, fmt.Errorf("Question.Tests %s is not among the candidates of %v: choose an Question.Action that holds it", h.Name, a)
}
