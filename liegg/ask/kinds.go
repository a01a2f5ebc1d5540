package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// kind is a family of actions.
type kind struct {
	name, form, about string
	vectors           bool // its sizes are n and c: c vectors of n
	numbers           int  // real numbers in a coordinate of vectors
	build             func(t term, shape []int) (action.Action, error)
}

// kinds are all families, in the order in which they are offered.
var kinds = []kind{
	{"linear", "linear:3x2", "vectors moved by one matrix: rotations, scalings, shears, boosts", true, 1, linear},
	{"affine", "affine:3x2", "points moved by one matrix and a translation; also affine:3x2:translations (no matrix): the directions that the outputs do not depend on", true, 1, affine},
	{"complex", "complex:2", "complex vectors, (Re, Im) pairs, moved by one complex matrix", true, 2, complexLinear},
	{"polynomial", "polynomial:2:degree=2", "points moved by polynomial vector fields", true, 1, polynomial},
	{"image", "image", "images [H, W], with channels first or last, moved by maps of the plane; also image:linear (no translations), image:projective", false, 1, image},
	{"volume", "volume", "volumes moved by maps of space; also volume:linear", false, 1, volume},
	{"signal", "signal", "signals shifted, dilated and amplified; also signal:affine (not amplified)", false, 1, signal},
}

// Kind is a family of actions: how it is written, and what it does.
type Kind struct{ Form, About string }

// String is a line such as "linear:3x2: vectors moved by one matrix: …".
func (k Kind) String() string { return k.Form + ": " + k.About }

// Kinds lists all families of actions that a text can name.
func Kinds() (list []Kind) {
	for _, k := range kinds {
		list = append(list, Kind{k.form, k.about})
	}
	return list
}

func kindNames() (names []string) {
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

func linear(t term, shape []int) (action.Action, error) {
	n, c, err := t.plainVectors(shape)
	if err != nil {
		return nil, err
	}
	return action.Linear(n, c), nil
}

func affine(t term, shape []int) (action.Action, error) {
	which, err := t.option("affine", "translations")
	if err != nil {
		return nil, err
	}
	t.options = nil
	n, c, err := t.plainVectors(shape)
	switch {
	case err != nil:
		return nil, err
	case which == "translations":
		return action.Restricted(action.Affine(n, c), lie.Translations(n)), nil
	}
	return action.Affine(n, c), nil
}

func complexLinear(t term, shape []int) (action.Action, error) {
	n, c, err := t.plainVectors(shape)
	if err != nil {
		return nil, err
	}
	return action.ComplexLinear(n, c), nil
}

// plainVectors returns n and c of a term without options.
func (t term) plainVectors(shape []int) (n, c int, err error) {
	if err := t.none(); err != nil {
		return 0, 0, err
	}
	if n, c, err = t.vectors(product(shape)); err != nil {
		return 0, 0, err
	}
	if has := product(shape); n*c*t.kind.numbers != has {
		return 0, 0, fmt.Errorf("%d vectors of %d numbers are %d, but an input has %d", c, n*t.kind.numbers, n*c*t.kind.numbers, has)
	}
	return n, c, nil
}

// mostDegree is the largest degree of polynomial fields that may be asked for.
const mostDegree = 10

func polynomial(t term, shape []int) (action.Action, error) {
	degree := 2
	for _, o := range t.options {
		value, ok := strings.CutPrefix(o, "degree=")
		d, err := strconv.Atoi(value)
		if !ok || err != nil || d < 0 || d > mostDegree {
			return nil, fmt.Errorf("%q is no option: write it as %s, with a degree up to %d", o, t.kind.form, mostDegree)
		}
		degree = d
	}
	t.options = nil
	n, c, err := t.plainVectors(shape)
	if err != nil {
		return nil, err
	}
	return action.Polynomial(n, c, degree), nil
}

// frames are the options that say what moved images show from beyond their frame.
var frames = map[string]action.Frame{"disc": action.Disc, "reflection": action.Reflection, "wrap": action.WrapAround}

func image(t term, shape []int) (action.Action, error) {
	frame := action.Background
	rest := t
	rest.options = nil
	for _, o := range t.options {
		if f, ok := frames[o]; ok {
			frame = f
			continue
		}
		rest.options = append(rest.options, o)
	}
	sizes, layout, rest, err := rest.grid(shape, 2)
	if err != nil {
		return nil, err
	}
	algebra, err := rest.option("affine", "linear", "projective")
	switch {
	case err != nil:
		return nil, err
	case algebra == "projective":
		return action.ImageProjective(sizes[0], sizes[1], layout...).Framed(frame), nil
	case algebra == "linear":
		return action.ImageLinear(sizes[0], sizes[1], layout...).Framed(frame), nil
	}
	return action.ImageAffine(sizes[0], sizes[1], layout...).Framed(frame), nil
}

func volume(t term, shape []int) (action.Action, error) {
	if t.sizes == nil && channelsFirst(shape, 2) {
		return nil, fmt.Errorf("%d in front of %d×%d looks like the channels of an image, between which nothing moves: write %s:%dx%dx%d if it is the depth of a volume", shape[0], shape[1], shape[2], t.text, shape[0], shape[1], shape[2])
	}
	sizes, layout, rest, err := t.grid(shape, 3)
	if err != nil {
		return nil, err
	}
	algebra, err := rest.option("affine", "linear")
	switch {
	case err != nil:
		return nil, err
	case algebra == "linear":
		return action.VolumeLinear(sizes[0], sizes[1], sizes[2], layout...), nil
	}
	return action.VolumeAffine(sizes[0], sizes[1], sizes[2], layout...), nil
}

func signal(t term, shape []int) (action.Action, error) {
	sizes, layout, rest, err := t.grid(shape, 1)
	if err != nil {
		return nil, err
	}
	algebra, err := rest.option("all", "affine")
	if err != nil {
		return nil, err
	}
	shifted := action.SignalAffine(sizes[0], layout...)
	if algebra == "affine" {
		return shifted, nil
	}
	return action.Together(shifted, action.Linear(1, product(shape))), nil
}

// leastSide is the smallest size of an axis along which grids can be moved.
const leastSide = 3

// grid returns the sizes and the layout of inputs on a grid with so many axes, and the term
// without the options that grid has read. The layout is empty for one channel. If inputs are
// flattened, the term gives the sizes.
func (t term) grid(shape []int, axes int) (sizes []int, layout []action.Layout, rest term, err error) {
	rest, where := t, ""
	rest.options = nil
	for _, o := range t.options {
		if o == "first" || o == "last" {
			where = o
			continue
		}
		rest.options = append(rest.options, o)
	}
	fail := func(format string, arguments ...any) ([]int, []action.Layout, term, error) {
		return nil, nil, rest, fmt.Errorf(format, arguments...)
	}
	sizes, channels := slices.Clone(shape), 1
	switch {
	case t.sizes != nil:
		if sizes = t.sizes; len(sizes) != axes {
			return fail("it needs %d sizes, got %v", axes, sizes)
		}
		if where != "" {
			channels = max(1, product(shape)/product(sizes))
		}
	case len(shape) == axes+1 && (where == "first" || where == "" && (shape[0] == 1 || channelsFirst(shape, axes))):
		where, channels, sizes = "first", shape[0], sizes[1:]
	case len(shape) == axes+1:
		if channels = shape[axes]; where == "" && channels > mostChannels {
			return fail("it needs %d axes, or one more of at most %d channels: if there are more, say whether they come first or last, as in %s:first", axes, mostChannels, t.kind.name)
		}
		where, sizes = "last", sizes[:axes]
	case len(shape) != axes:
		return fail("it needs %d axes: write the sizes if they are flattened, as in %s:%s", axes, t.kind.name, strings.Join(slices.Repeat([]string{"28"}, axes), "x"))
	}
	if slices.Min(sizes) < leastSide {
		return fail("the sizes %v must be at least %d", sizes, leastSide)
	}
	switch {
	case channels == 1:
	case where == "first":
		layout = []action.Layout{action.ChannelsFirst(channels)}
	default:
		layout = []action.Layout{action.ChannelsLast(channels)}
	}
	return sizes, layout, rest, nil
}

// mostChannels is the largest axis that counts as channels by default.
const mostChannels = 4

// channelsFirst reports whether inputs of a shape are on a grid of so many axes, with several
// channels in front.
func channelsFirst(shape []int, axes int) bool {
	return len(shape) == axes+1 && 1 < shape[0] && shape[0] <= mostChannels && shape[axes] > mostChannels
}
