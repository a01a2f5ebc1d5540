package network

import (
	"encoding/json"
	"testing"
)

// A description is refused or names a model, and a shape of inputs.
func FuzzDescription(f *testing.F) {
	f.Add([]byte(`{"MLP":{"Hidden":[3],"Outputs":1,"Bias":false,"Activation":""},"Input":[10],"Type":"Float32","History":null}`))
	f.Add([]byte(`{"CNN":{"Channels":[2],"Kernel":3,"Dense":{"Outputs":1}},"Input":[8,8],"Type":"Float64","History":[{"Step":1,"Loss":2,"Accuracy":1}]}`))
	f.Add([]byte(`{"MLP":{},"Input":[0],"Type":"Int32"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d description
		if json.Unmarshal(text, &d) != nil {
			return
		}
		m, input, err := d.recipe()
		if err == nil && (m == nil || !input.DType.IsFloat()) {
			t.Errorf("%s is read as %v on %v", text, m, input)
		}
		history(d.History)
	})
}
