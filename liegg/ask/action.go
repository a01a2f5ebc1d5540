package ask

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// term is one action of a text, such as linear:3x2 or polynomial:2:degree=2.
type term struct {
	text    string
	kind    kind
	sizes   []int    // 3x2
	options []string // degree=2
}

var sizesForm = regexp.MustCompile(`^\d{1,9}(x\d{1,9})*$`)

// parseAction reads Question.Action: terms joined by +.
func parseAction(text string) ([]term, error) {
	var terms []term
	for part := range strings.SplitSeq(text, "+") {
		t, err := parseTerm(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("Question.Action %s: %w", text, err)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func parseTerm(text string) (t term, err error) {
	fields := strings.Split(text, ":")
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == fields[0] })
	if i < 0 {
		return t, fmt.Errorf("%w %q; the nearest is %q, of %s", errNoAction, fields[0], spelling.Nearest(fields[0], kindNames()), strings.Join(kindNames(), ", "))
	}
	t = term{text: text, kind: kinds[i]}
	for _, field := range fields[1:] {
		switch {
		case sizesForm.MatchString(field) && t.sizes == nil:
			for size := range strings.SplitSeq(field, "x") {
				n, err := strconv.Atoi(size)
				if err != nil || n < 1 {
					return t, fmt.Errorf("%s: sizes must be at least 1, as in %s", text, t.kind.form)
				}
				t.sizes = append(t.sizes, n)
			}
		default:
			t.options = append(t.options, field)
		}
	}
	return t, nil
}

// errNoAction is wrapped by errors of actions that do not exist.
var errNoAction = errors.New("there is no action")

// errDoesNotFit is wrapped by errors of actions that fit no input of the shape.
var errDoesNotFit = errors.New("does not fit")

// actionOf returns the action of terms on inputs of a shape. Several terms share the input:
// each has its own numbers, one after the other, in row-major order. One of them may leave
// its size open. The error of an action that cannot be used on the shape wraps errDoesNotFit.
func actionOf(terms []term, shape []int) (action.Action, error) {
	if len(terms) == 1 {
		return terms[0].on(shape)
	}
	rest, open := product(shape), -1
	for i, t := range terms {
		size, known := t.size()
		switch {
		case known:
			rest -= size
		case open >= 0:
			return nil, fmt.Errorf("%w: the sizes of %s and %s are both open: write the sizes of one, as in %s", errDoesNotFit, terms[open].text, t.text, terms[open].kind.form)
		default:
			open = i
		}
	}
	if rest < 0 || rest == 0 && open >= 0 || rest > 0 && open < 0 {
		return nil, fmt.Errorf("%w: the parts of the action leave %d of the %d numbers of an input: choose parts that fill it", errDoesNotFit, rest, product(shape))
	}
	var parts []action.Part
	for i, t := range terms {
		own := t.sizes
		if i == open {
			own = []int{rest}
		} else if t.kind.vectors {
			size, _ := t.size()
			own = []int{size}
		}
		a, err := t.on(own)
		if err != nil {
			return nil, err
		}
		parts = append(parts, action.Part{Action: a, Shape: own})
	}
	return action.Product(parts...), nil
}

// on returns the action of one term on inputs of a shape.
func (t term) on(shape []int) (a action.Action, err error) {
	if len(shape) == 0 || slices.Contains(shape, 0) {
		return nil, fmt.Errorf("%w: inputs of shape %v are empty", errDoesNotFit, shape)
	}
	a, err = t.kind.build(t, shape)
	if err == nil && shape[0] == 1 && a.Check(shape) != nil && a.Check(shape[1:]) == nil {
		a = action.Product(action.Part{Action: a, Shape: shape[1:]}) // one channel, first
	}
	if err == nil {
		err = a.Check(shape)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w inputs of shape %v: %w", t.text, errDoesNotFit, shape, err)
	}
	return a, nil
}

// size returns how many numbers the term's own sizes describe.
func (t term) size() (n int, known bool) {
	if t.kind.vectors {
		per := t.kind.numbers
		if len(t.sizes) < 2 {
			return 0, false
		}
		return per * product(t.sizes), true
	}
	return product(t.sizes), len(t.sizes) > 0
}

// vectors returns n and c of a term for inputs of so many numbers: c vectors of n numbers or
// pairs of numbers.
func (t term) vectors(numbers int) (n, c int, err error) {
	if len(t.sizes) < 1 || len(t.sizes) > 2 {
		return 0, 0, fmt.Errorf("write it as %s", t.kind.form)
	}
	n = t.sizes[0]
	per := n * t.kind.numbers
	if len(t.sizes) == 2 {
		return n, t.sizes[1], nil
	}
	if numbers%per != 0 {
		return 0, 0, fmt.Errorf("%d numbers are not a whole number of vectors of %d", numbers, per)
	}
	return n, numbers / per, nil
}

// option returns the term's only option, which must be one of those allowed, or the first of
// these by default.
func (t term) option(allowed ...string) (string, error) {
	switch {
	case len(t.options) == 0:
		return allowed[0], nil
	case len(t.options) > 1 || !slices.Contains(allowed, t.options[0]):
		return "", fmt.Errorf("%q is no option; there are %q", strings.Join(t.options, ":"), allowed)
	}
	return t.options[0], nil
}

// none returns an error if there are options.
func (t term) none() error {
	if len(t.options) > 0 {
		return fmt.Errorf("%q is no option: write it as %s", strings.Join(t.options, ":"), t.kind.form)
	}
	return nil
}

func product(sizes []int) int {
	n := 1
	for _, s := range sizes {
		n *= s
	}
	return n
}
