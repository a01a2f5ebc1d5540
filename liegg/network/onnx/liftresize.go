package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// liftUpsample rewrites the predecessor of Resize.
func (d *definition) liftUpsample() string {
	switch {
	case d.before(7):
		return fmt.Sprintf("its form of operator set %d is not supported: export with set 7 or newer", d.file.opset)
	case d.before(9):
		return d.resize(d.node.floats("scales"))
	}
	return d.resize(d.factors(1))
}

// liftResize rewrites the first form of Resize.
func (d *definition) liftResize() string {
	if d.before(11) {
		return d.resize(d.factors(1))
	}
	return ""
}

// resize handles Resize of operator sets before 11, which leave the rounding
// of scales below one undefined.
func (d *definition) resize(scales []float64) string {
	switch {
	case len(scales) == 0:
		return "its scales must be constants"
	case slices.Min(scales) < 1:
		return fmt.Sprintf("it downsamples by %v, and operator set %d does not say how that is rounded", scales, d.file.opset)
	}
	mode := d.node.word("mode", "nearest")
	d.result("Resize", d.input(0), "", d.floats(scales))
	d.last().setWord("mode", mode)
	d.last().setWord("coordinate_transformation_mode", "asymmetric")
	d.last().setWord("nearest_mode", "floor")
	d.instead()
	return ""
}

// factors returns the numbers of a constant float32 input, or nil if it is
// not constant.
func (d *definition) factors(i int) (values []float64) {
	t, ok := d.file.constant[d.input(i)]
	if !ok || t.get("data_type").Int() != float32Type {
		return nil
	}
	for raw := t.get("raw_data").Bytes(); len(raw) >= 4; raw = raw[4:] {
		values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
	}
	return append(values, floatsIn(t.get("float_data").List())...)
}

// floats returns a float32 constant with one axis.
func (d *definition) floats(values []float64) string {
	var raw []byte
	for _, v := range values {
		raw = append(raw, float32Bytes(v)...)
	}
	return d.tensor(float32Type, []int64{int64(len(values))}, raw)
}

// dataType returns the number of a named type, such as FLOAT, or 0 if there
// is none.
func (m message) dataType(name string) int {
	kinds := message{m.New()}.attribute("", tensorAttribute).child("t").Descriptor().Enums().ByName("DataType").Values()
	if v := kinds.ByName(protoreflect.Name(name)); v != nil {
		return int(v.Number())
	}
	return 0
}
