package keep

import (
	"fmt"
	"io"
	"reflect"
)

var (
	// concrete are the types that interfaces may hold, by name.
	concrete = map[string]reflect.Type{}
	codecs   = map[reflect.Type]codec{}
	// surroundings are what else values depend on, by name.
	surroundings = map[string]func() string{}
)

// codec stores values of one type in a way of their own.
type codec struct {
	save func(v reflect.Value, w io.Writer) error
	load func(v reflect.Value, r io.Reader) error
}

// Register makes values known that an interface inside a kept value may hold, such as an
// action in a verdict, so that they can be read again. Call it from init, with one value of
// each type.
func Register(values ...any) {
	for _, v := range values {
		t := reflect.TypeOf(v)
		concrete[nameOf(t)] = t
	}
}

// RegisterCodec says how values of type T are written and read again. It serves types that
// hold functions or resources. What save writes also stands for the value where another value
// depends on it, so it must be the same for equal values. Call it from init.
func RegisterCodec[T any](save func(T, io.Writer) error, load func(io.Reader) (T, error)) {
	codecs[reflect.TypeFor[T]()] = codec{
		save: func(v reflect.Value, w io.Writer) error { return save(v.Interface().(T), w) },
		load: func(v reflect.Value, r io.Reader) error {
			loaded, err := load(r)
			if err == nil {
				v.Set(reflect.ValueOf(&loaded).Elem())
			}
			return err
		},
	}
}

// RegisterSurroundings adds something that all kept values depend on. Call it from init.
func RegisterSurroundings(name string, describe func() string) { surroundings[name] = describe }

// nameOf is unambiguous, unlike the name that a type prints.
func nameOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		return "*" + nameOf(t.Elem())
	}
	if t.PkgPath() == "" {
		return t.String()
	}
	return fmt.Sprintf("%s.%s", t.PkgPath(), t.Name())
}

func init() {
	Register(false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0),
		float32(0), 0.0, complex64(0), 0i, "", []int(nil), []float32(nil), []float64(nil), []string(nil), []any(nil), map[string]any(nil))
}
