package ask

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

func built(text string, shape ...int) (action.Action, error) {
	terms, err := parseAction(text)
	if err != nil {
		return nil, err
	}
	return actionOf(terms, shape)
}

// Flags build the actions that they name.
func TestActions(t *testing.T) {
	part := func(a action.Action, shape ...int) action.Part { return action.Part{Action: a, Shape: shape} }
	for _, c := range []struct {
		flag  string
		shape []int
		want  action.Action
	}{
		{"linear:3x2", []int{6}, action.Linear(3, 2)},
		{"linear:3", []int{4, 3}, action.Linear(3, 4)},
		{"affine:3x3", []int{3, 3}, action.Affine(3, 3)},
		{"affine:4:translations", []int{4}, action.Restricted(action.Affine(4, 1), lie.Translations(4))},
		{"complex:2", []int{8}, action.ComplexLinear(2, 2)},
		{"complex:2x2", []int{8}, action.ComplexLinear(2, 2)},
		{"image", []int{28, 28}, action.ImageAffine(28, 28)},
		{"image", []int{1, 28, 20}, action.ImageAffine(28, 20)},
		{"image:linear", []int{28, 28, 1}, action.ImageLinear(28, 28)},
		{"image:28x28", []int{784}, action.ImageAffine(28, 28)},
		{"image:linear", []int{28, 20}, action.ImageLinear(28, 20)},
		{"image:projective", []int{28, 20}, action.ImageProjective(28, 20)},
		{"image", []int{28, 20, 3}, action.ImageAffine(28, 20, action.ChannelsLast(3))},
		{"image", []int{3, 28, 20}, action.ImageAffine(28, 20, action.ChannelsFirst(3))},
		{"image:linear:disc", []int{3, 28, 20}, action.ImageLinear(28, 20, action.ChannelsFirst(3)).Framed(action.Disc)},
		{"image:reflection", []int{28, 20}, action.ImageAffine(28, 20).Framed(action.Reflection)},
		{"image:wrap:projective", []int{28, 20}, action.ImageProjective(28, 20).Framed(action.WrapAround)},
		{"image:first:linear", []int{16, 28, 20}, action.ImageLinear(28, 20, action.ChannelsFirst(16))},
		{"image:last", []int{28, 20, 16}, action.ImageAffine(28, 20, action.ChannelsLast(16))},
		{"image:8x9:first", []int{216}, action.ImageAffine(8, 9, action.ChannelsFirst(3))},
		{"volume", []int{2, 8, 9, 10}, action.VolumeAffine(8, 9, 10, action.ChannelsFirst(2))},
		{"signal:affine", []int{3, 50}, action.SignalAffine(50, action.ChannelsFirst(3))},
		{"volume", []int{8, 9, 10}, action.VolumeAffine(8, 9, 10)},
		{"volume:linear", []int{1, 8, 9, 10}, action.VolumeLinear(8, 9, 10)},
		{"signal", []int{50}, action.Signal(50)},
		{"signal:affine", []int{1, 50}, action.SignalAffine(50)},
		{"polynomial:2:degree=2", []int{4}, action.Polynomial(2, 2, 2)},
		{"polynomial:2x2:degree=3", []int{4}, action.Polynomial(2, 2, 3)},
		{"linear:3x4+linear:1x4", []int{16}, action.Product(part(action.Linear(3, 4), 12), part(action.Linear(1, 4), 4))},
		{"linear:3x4 + affine:2", []int{4, 4}, action.Product(part(action.Linear(3, 4), 12), part(action.Affine(2, 2), 4))},
		{"image:5x6+complex:1x2", []int{34}, action.Product(part(action.ImageAffine(5, 6), 5, 6), part(action.ComplexLinear(1, 2), 4))},
	} {
		got, err := built(c.flag, c.shape...)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) || got.Dim() != c.want.Dim() {
			t.Errorf("%s on %v is %v (%v), want %v", c.flag, c.shape, got, err, c.want)
		}
	}
}

func TestActionsThatDoNotFit(t *testing.T) {
	for flag, c := range map[string]struct {
		shape []int
		words string
	}{
		"linear:4x2":            {[]int{6}, "an input has 6"},
		"linear:4":              {[]int{6}, "not a whole number"},
		"linear":                {[]int{6}, "write it as linear:3x2"},
		"linear:3x2x1":          {[]int{6}, "write it as linear:3x2"},
		"image":                 {[]int{784}, "image:28x28"},
		"image:linear:27x28":    {[]int{28, 28}, "not grey images of 27×28"},
		"image:rotation":        {[]int{28, 28}, `"rotation" is no option`},
		"image:2x9":             {[]int{18}, "at least 3"},
		"image:disc":            {[]int{16, 28, 28}, "image:first"},
		"volume":                {[]int{8, 8}, "needs 3 axes"},
		"volume:linear":         {[]int{3, 8, 8}, "looks like the channels of an image"},
		"image:linear:3x3x3":    {[]int{27}, "needs 2 sizes"},
		"polynomial:2:degree=x": {[]int{4}, "degree=x"},
		"linear:3+affine:2":     {[]int{12}, "both open"},
		"linear:3x4+linear:1x3": {[]int{16}, "leave 1 of the 16"},
		"linear:3x6+linear:1x3": {[]int{16}, "leave -5"},
		"signal+linear:3x2":     {[]int{6}, "leave 0"},
		"linear:3x2 ":           {[]int{0}, "empty"},
	} {
		_, err := built(flag, c.shape...)
		if !errors.Is(err, errDoesNotFit) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s on %v: error %v, want one that it does not fit and %q", flag, c.shape, err, c.words)
		}
	}
	for flag, words := range map[string]string{"linaer:3x2": `nearest is "linear"`, "": "there is no action", "linear:0x2": "at least 1", "linear:3x2+": `no action ""`} {
		_, err := built(flag, 6)
		expect.Error(t, err, words)
	}
}

// Every action that is offered fits, has the number of candidates that is said, and is
// offered once; and for each shape the likely one is among them.
func TestOfferedActionsFit(t *testing.T) {
	for _, c := range []struct {
		shape  []int
		likely string
	}{
		{[]int{6}, "linear:3x2"}, {[]int{10}, "linear:5x2"}, {[]int{9}, "affine:3x3"}, {[]int{5, 3}, "linear:3x5"}, {[]int{784}, "image:28x28"},
		{[]int{28, 28}, "image"}, {[]int{1, 28, 28}, "image:linear"}, {[]int{32, 32, 3}, "image"}, {[]int{3, 32, 32}, "image"}, {[]int{1}, "affine:1x1"},
		{[]int{4}, "complex:2"}, {[]int{16, 16, 16}, "volume"}, {[]int{200}, "signal"}, {[]int{2}, "polynomial:2x1:degree=2"}, {[]int{1, 1}, "affine:1x1"},
	} {
		seen := map[string]bool{}
		for _, f := range Actions(c.shape) {
			a, err := built(f.Action, c.shape...)
			if err != nil || a.Dim() != f.Candidates || seen[f.Action] || f.About == "" {
				t.Errorf("%v: %v: %v", c.shape, f, err)
			}
			seen[f.Action] = true
		}
		if seen["volume"] && channelsFirst(c.shape, 2) {
			t.Errorf("%v: a volume is offered for an image with channels", c.shape)
		}
		if !seen[c.likely] {
			t.Errorf("%v: %s is not offered:\n%s", c.shape, c.likely, offered(c.shape))
		}
	}
}
