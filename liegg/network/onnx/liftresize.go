package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/shapes"
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

// liftResize rewrites the first form of Resize, and makes sure that scales
// are read correctly.
func (d *definition) liftResize() string {
	if d.before(11) {
		return d.resize(d.factors(1))
	}
	if d.node.word("coordinate_transformation_mode", "") == "pytorch_half_pixel" {
		if why := d.notToOne(); why != "" {
			return why
		}
	}
	if d.input(2) == "" || d.input(3) != "" {
		return ""
	}
	scales := d.factors(2)
	if len(scales) == 0 {
		return "its scales must be constants"
	}
	d.node.get("input").List().Set(2, protoreflect.ValueOf(d.floats(scales)))
	return d.wholeSizes(scales)
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
	return d.wholeSizes(scales)
}

// wholeSizes requires that sizes times scales are whole numbers, because the
// conversion uses the ratio of the sizes as the scale.
func (d *definition) wholeSizes(scales []float64) string {
	return d.claim([]string{d.input(0)}, func(s []shapes.Shape) string {
		for i, size := range s[0].Dimensions {
			if i < len(scales) && scales[i]*float64(size) != math.Trunc(scales[i]*float64(size)) {
				return fmt.Sprintf("its scales %v are not supported for an input of shape %v, whose sizes they do not make whole numbers", scales, s[0].Dimensions)
			}
		}
		return ""
	})
}

// notToOne requires that no axis shrinks to size 1. This kind of resizing
// then takes the first element instead of the middle, which the conversion
// does not implement.
func (d *definition) notToOne() string {
	return d.claim([]string{d.input(0), d.output()}, func(s []shapes.Shape) string {
		for i, size := range s[1].Dimensions {
			if size == 1 && s[0].Dimensions[i] != 1 {
				return "resizing in the way pytorch_half_pixel to a size of 1 is not supported"
			}
		}
		return ""
	})
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
