package rewriting

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// liftUpsample rewrites the predecessor of Resize.
func (d *Definition) liftUpsample() string {
	switch {
	case d.before(7):
		return fmt.Sprintf("its form of operator set %d is not supported: export with set 7 or newer", d.file.opset)
	case d.before(9):
		return d.resize(d.node.Floats("scales"))
	}
	return d.resize(d.factors(1))
}

// liftResize rewrites the first form of Resize.
func (d *Definition) liftResize() string {
	if d.before(11) {
		return d.resize(d.factors(1))
	}
	return ""
}

// resize handles Resize of operator sets before 11, which leave the rounding
// of scales below one undefined.
func (d *Definition) resize(scales []float64) string {
	switch {
	case len(scales) == 0:
		return "its scales must be constants"
	case slices.Min(scales) < 1:
		return fmt.Sprintf("it downsamples by %v, and operator set %d does not say how that is rounded", scales, d.file.opset)
	}
	mode := d.node.Word("mode", "nearest")
	d.result("Resize", d.input(0), "", d.floats(scales))
	d.last().SetWord("mode", mode)
	d.last().SetWord("coordinate_transformation_mode", "asymmetric")
	d.last().SetWord("nearest_mode", "floor")
	d.instead()
	return ""
}

// factors returns the numbers of a constant float32 input, or nil if it is
// not constant.
func (d *Definition) factors(i int) (values []float64) {
	t, ok := d.file.constant[d.input(i)]
	if !ok || t.Field("data_type").Int() != message.Float32Type {
		return nil
	}
	for raw := t.Field("raw_data").Bytes(); len(raw) >= 4; raw = raw[4:] {
		values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
	}
	return append(values, message.FloatsIn(t.Field("float_data").List())...)
}

// floats returns a float32 constant with one axis.
func (d *Definition) floats(values []float64) string {
	var raw []byte
	for _, v := range values {
		raw = append(raw, float32Bytes(v)...)
	}
	return d.tensor(message.Float32Type, []int64{int64(len(values))}, raw)
}
