package schema

import (
	"fmt"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// OperatorSet returns the version of ONNX's own operators that a file
// declares. The first versions of the format have no such declaration.
func OperatorSet(model message.Message) (int, error) {
	newest, _ := knownSchemas()
	version := 0
	for _, o := range model.Children("opset_import") {
		if !OfONNX(o.Text("domain")) {
			continue
		}
		v := int(o.Field("version").Int())
		if version != 0 && v != version {
			return 0, fmt.Errorf("%w: it declares the operator sets %d and %d of ONNX at once", message.ErrMalformed, version, v)
		}
		version = v
	}
	const declares = 3 // first version of the format with a declaration
	switch {
	case version == 0 && model.Field("ir_version").Int() < declares:
		return 1, nil
	case version < 1:
		return 0, fmt.Errorf("%w: it does not declare which operator set of ONNX it uses", message.ErrMalformed)
	case version > newest:
		return 0, fmt.Errorf("it uses operator set %d of ONNX, which may give operators another meaning than set %d, the newest that is known here: "+
			"export it with that one, in PyTorch torch.onnx.export(…, opset_version=%[2]d)", version, newest)
	}
	return version, nil
}

// OfONNX reports whether a domain is that of ONNX's own operators, which has
// two names.
func OfONNX(domain string) bool { return domain == "" || domain == "ai.onnx" }
