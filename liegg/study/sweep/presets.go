package sweep

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// presets are sweeps to be used or adapted.
var presets = map[string]Sweep{
	// The paper's questions on its regression: data, width, depth.
	"o5": {
		Tasks: []string{"o5"}, Samples: []int{1000, 3000, 10_000, 30_000}, Widths: []int{8, 32, 128}, Depths: []int{1, 2, 3, 4},
		Bias: true, Seeds: 5, Steps: 4000, Cosine: true,
	},
	// How the paper's regression is trained.
	"o5-regimes": {
		Tasks: []string{"o5"}, Samples: []int{1000}, Widths: []int{32}, Depths: []int{2}, Bias: true, Seeds: 5, Steps: 4000, Cosine: true, Layers: true,
		Regimes: append(staged(30_000), Regime{Name: "augmented by a third", Augment: .33}, Regime{Name: "augmented", Augment: 1},
			Regime{Name: "weight decay .1", Decay: .1}, Regime{Name: "L2 1e-3", L2: 1e-3}, Regime{Name: "noise .1", Noise: .1}, Regime{Name: "noise .5", Noise: .5}),
	},
	// The same for digits that are rotated once, as the regression's samples
	// are drawn once: only the data tell of the rotation.
	"digits": {
		Tasks: []string{"digits"}, Samples: []int{3000, 15_000, 60_000}, Widths: []int{16, 64, 256}, Depths: []int{1, 2, 4},
		Bias: true, Seeds: 3, Steps: 2000, Batch: 512, Cosine: true, Together: 3,
	},
	// How rotated digits are trained.
	"digits-regimes": {
		Tasks: []string{"digits"}, Samples: []int{3000}, Widths: []int{128}, Depths: []int{3}, Bias: true, Seeds: 3, Steps: 2000, Batch: 512, Cosine: true, Together: 3, Layers: true,
		Regimes: append(staged(30_000, "upright"), Regime{Name: "turned by 30°", Augment: 1. / 6}, Regime{Name: "fresh rotations", Augment: 1},
			Regime{Name: "weight decay .1", Decay: .1}, Regime{Name: "noise .3", Noise: .3}),
	},
	// A try that takes a minute.
	"o5-tiny": {
		Tasks: []string{"o5"}, Samples: []int{1000, 10_000}, Widths: []int{16, 32}, Depths: []int{2}, Bias: true, Seeds: 2, Steps: 1000, Cosine: true, Judge: 4000,
	},
	"digits-tiny": {
		Tasks: []string{"digits"}, Samples: []int{2000}, Widths: []int{32}, Depths: []int{1, 2}, Bias: true,
		Regimes: []Regime{{Name: "turned once"}, {Name: "fresh rotations", Augment: 1}}, Seeds: 1, Steps: 300, Batch: 256, Cosine: true, Judge: 2000,
	},
}

// staged returns the regimes that differ in their stages: a single stage; a
// pre-training on samples of the task itself or of the named tasks; and layer
// by layer.
func staged(samples int, tasks ...string) []Regime {
	all := []Regime{{Name: "scratch"}}
	for _, task := range append([]string{""}, tasks...) {
		name := cmp.Or(task, "more data")
		all = append(all, Regime{Name: name + ", then all", Pretrain: &Pretraining{Task: task, Samples: samples}},
			Regime{Name: name + ", then last", Pretrain: &Pretraining{Task: task, Samples: samples, Tune: "last"}})
	}
	return append(all, Regime{Name: "layer by layer", Layerwise: true})
}

// Presets returns the names of the presets.
func Presets() []string { return slices.Sorted(maps.Keys(presets)) }

// Preset returns a sweep by its name; the error lists the names.
func Preset(name string) (Sweep, error) {
	s, ok := presets[name]
	if !ok {
		return s, fmt.Errorf("sweep: no preset %q; there are %q", name, Presets())
	}
	return s.Default(), nil
}
