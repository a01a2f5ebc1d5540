package network

import (
	"encoding/json"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestDescriptionsOfModels(t *testing.T) {
	var d description
	if err := json.Unmarshal([]byte(`{"MLP":{"Hidden":[3],"Outputs":1,"Bias":false,"Activation":""},"History":null}`), &d); err != nil {
		t.Fatal(err)
	}
	if m := ok(d.model())(t); m.String() != "3-1" {
		t.Errorf("read as %v", m)
	}
	_, err := architecture{}.model()
	expect.Error(t, err, "neither an MLP nor a CNN")
}

func TestImagesThatDoNotFit(t *testing.T) {
	_, err := New(CNN{Channels: []int{2, 2, 2, 2}, Dense: MLP{Outputs: 1}}, shapes.Make(dtypes.Float32, 8, 8), 1)
	expect.Error(t, err, "divisible by 16", "[8 8]")
	_, err = New(CNN{Channels: []int{2}, Dense: MLP{Outputs: 1}}, shapes.Make(dtypes.Float32, 64), 1)
	expect.Error(t, err, "[height, width]", "[64]")
	for words, misuse := range map[string]func(){
		"CNN.Channels":    func() { CNN{Dense: MLP{Outputs: 1}}.Check() },
		"positive number": func() { CNN{Channels: []int{0}, Dense: MLP{Outputs: 1}}.Check() },
		"MLP.Outputs":     func() { CNN{Channels: []int{1}}.Check() },
		"MLP or a CNN":    func() { architectureOf(nil) },
	} {
		wantPanic(t, words, misuse)
	}
}
