package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/gomlx/compute/shapes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// liftUpsample writes the predecessor of Resize.
func (d *definition) liftUpsample() string {
	scales := d.input(1)
	switch {
	case d.before(7):
		return fmt.Sprintf("its form of operator set %d is not supported: export with set 7 or newer", d.file.opset)
	case d.before(9):
		a, given := d.node.given("scales")
		if !given {
			return "it has no scales"
		}
		list := a.get("floats").List()
		var raw []byte
		for i := range list.Len() {
			raw = append(raw, float32Bytes(list.Get(i).Float())...)
		}
		scales = d.tensor(float32Type, []int64{int64(list.Len())}, raw)
	}
	return d.resize(scales)
}

// liftResize writes the first form of Resize, and sees to it that scales are read
// right.
func (d *definition) liftResize() string {
	if d.before(11) {
		return d.resize(d.input(1))
	}
	if d.input(2) != "" && d.input(3) == "" {
		return d.wholeSizes(d.input(2))
	}
	return ""
}

// resize is Resize as operator sets before 11 had it, which leave the rounding of
// scales below one to whoever reads them.
func (d *definition) resize(scales string) string {
	values, ok := d.factors(scales)
	if !ok {
		return "its scales must be constants"
	}
	for _, v := range values {
		if v < 1 {
			return fmt.Sprintf("it makes things smaller, by %v, and operator set %d does not say how that is rounded", values, d.file.opset)
		}
	}
	mode := d.node.word("mode", "nearest")
	d.result("Resize", d.input(0), "", scales)
	for name, word := range map[string]string{"mode": mode, "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"} {
		d.last().setWord(name, word)
	}
	d.instead()
	return d.wholeSizes(scales)
}

// wholeSizes asks that sizes times scales are whole numbers: the conversion takes the
// ratio of the sizes for the scale.
func (d *definition) wholeSizes(scales string) string {
	values, ok := d.factors(scales)
	if !ok {
		return "its scales must be constants"
	}
	return d.claim([]string{d.input(0)}, func(s []shapes.Shape) string {
		for i, size := range s[0].Dimensions {
			if i < len(values) && values[i]*float64(size) != math.Trunc(values[i]*float64(size)) {
				return fmt.Sprintf("its scales %v are not supported for an input of shape %v, whose sizes they do not make whole numbers", values, s[0].Dimensions)
			}
		}
		return ""
	})
}

// factors are the numbers of a constant of type float32.
func (d *definition) factors(name string) (values []float64, ok bool) {
	t, ok := d.file.constant[name]
	if !ok || t.get("data_type").Int() != float32Type {
		return nil, false
	}
	for raw := t.get("raw_data").Bytes(); len(raw) >= 4; raw = raw[4:] {
		values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
	}
	list := t.get("float_data").List()
	for i := range list.Len() {
		values = append(values, list.Get(i).Float())
	}
	return values, true
}

// dataType is the number of a type that is named, such as FLOAT; 0 if there is none.
func (m message) dataType(name string) int {
	kinds := message{m.New()}.attribute("", tensorAttribute).child("t").Descriptor().Enums().ByName("DataType").Values()
	if v := kinds.ByName(protoreflect.Name(name)); v != nil {
		return int(v.Number())
	}
	return 0
}
