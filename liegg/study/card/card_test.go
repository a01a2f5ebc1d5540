package card

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// The networks are the same in every process and on every backend: their outputs agree with the
// definition.
func TestFixedNetwork(t *testing.T) {
	const inputs, hidden = 3, 4
	x := tensors.FromFlatDataAndDimensions([]float32{.5, -1, 2}, 1, inputs)
	got := ok(dataset.Values(ok(network.Exact(fixed([]int{inputs, hidden, 1})).Predict(x))(t)))(t)
	first, second := ok(dataset.Values(normal(0, 1/math.Sqrt(inputs), inputs, hidden)))(t), ok(dataset.Values(normal(1, 1/math.Sqrt(hidden), hidden, 1)))(t)
	want := 0.
	for j := range hidden {
		h := .5*first[j] - first[hidden+j] + 2*first[2*hidden+j]
		want += second[j] * h / (1 + math.Exp(-h))
	}
	expect.Near(t, "output", got, []float64{want}, 1e-6)
}

// Each network gives a spectrum of all its candidates, in ascending order.
func TestAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	sizes := map[string]int{}
	if err := Measure("agree", Settings{Small: true}, func(r Result) {
		sizes[r.Name] = len(r.Singular)
		if !slices.IsSorted(r.Singular) || r.Singular[0] < 0 || r.Backend == "" {
			t.Errorf("%+v", r)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if want := map[string]int{"O(5)": 25, "digits": 6, "inertia": 27}; !maps.Equal(sizes, want) {
		t.Errorf("candidates %v, want %v", sizes, want)
	}
}

// A network has the same singular values, bit by bit, and the same verdict on one device as on all.
func TestDevices(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	said := map[string][]Result{}
	if err := Measure("devices", Settings{Small: true, Rounds: 1}, func(r Result) {
		kind, _, _ := strings.Cut(r.Name, " ")
		said[kind] = append(said[kind], r)
	}); err != nil {
		t.Fatal(err)
	}
	for kind, of := range said {
		if len(of) != 2 || of[0].Text == "" || of[0].Text != of[1].Text || !slices.Equal(of[0].Singular, of[1].Singular) {
			t.Errorf("%s: %+v", kind, of)
		}
	}
	if len(said["spectrum"]) == 0 || len(said["spectrum"][0].Singular) != 6 || len(said["verdict"]) == 0 {
		t.Errorf("%+v", said)
	}
}

func TestUnknownMeasurement(t *testing.T) {
	for name, want := range map[string]string{"speed": `no measurement "speed"`, "resnet18": "needs the file of the network"} {
		if err := Measure(name, Settings{}, func(Result) { t.Error("there is a result") }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
