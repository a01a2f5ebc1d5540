package keep

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"unsafe"
)

// encoder writes a value with all that it points to. Types are not written: the reader has
// the same ones. Pointers that occur twice are written once, so that cycles end. Slices that
// share an array are written apart.
type encoder struct {
	w    io.Writer
	seen map[pointer]uint64
	path []string // to the value that is being written
	only bool     // to be hashed, not read again
	word [8]byte
}

type pointer struct {
	at unsafe.Pointer
	to reflect.Type
}

func encode(w io.Writer, v reflect.Value) error {
	e := &encoder{w: w, seen: map[pointer]uint64{}, path: []string{"the value"}}
	return e.value(v)
}

// encodeForHash writes what encode writes, also if interfaces hold types that are not registered.
func encodeForHash(w io.Writer, v reflect.Value) error {
	e := &encoder{w: w, seen: map[pointer]uint64{}, path: []string{"the value"}, only: true}
	return e.value(v)
}

func (e *encoder) at() string {
	path := ""
	for _, step := range e.path {
		path += step
	}
	return path
}

func (e *encoder) within(step string, v reflect.Value) error {
	e.path = append(e.path, step)
	err := e.value(v)
	e.path = e.path[:len(e.path)-1]
	return err
}

func (e *encoder) value(v reflect.Value) error {
	v = accessible(v)
	if c, ok := codecs[v.Type()]; ok {
		return e.coded(c, v)
	}
	if isNumber(v.Type()) {
		return e.number(v)
	}
	switch v.Kind() {
	case reflect.String:
		if err := e.count(v.Len()); err != nil {
			return err
		}
		_, err := io.WriteString(e.w, v.String())
		return err
	case reflect.Array:
		return e.elements(v)
	case reflect.Slice:
		if v.IsNil() {
			return e.uint(0)
		}
		if err := e.uint(uint64(v.Len()) + 1); err != nil {
			return err
		}
		return e.elements(v)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := e.within("."+v.Type().Field(i).Name, v.Field(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Pointer:
		return e.pointer(v)
	case reflect.Map:
		return e.entries(v)
	case reflect.Interface:
		return e.dynamic(v)
	}
	if v.Kind() != reflect.UnsafePointer && v.IsNil() {
		return nil
	}
	return notStored(e.at(), v.Type())
}

func (e *encoder) uint(u uint64) error {
	binary.LittleEndian.PutUint64(e.word[:], u)
	_, err := e.w.Write(e.word[:])
	return err
}

func (e *encoder) count(n int) error { return e.uint(uint64(n)) }

func (e *encoder) number(v reflect.Value) error {
	switch {
	case v.Kind() == reflect.Bool && v.Bool():
		return e.uint(1)
	case v.Kind() == reflect.Bool:
		return e.uint(0)
	case v.CanInt():
		return e.uint(uint64(v.Int()))
	case v.CanUint():
		return e.uint(v.Uint())
	case v.CanFloat():
		return e.uint(math.Float64bits(v.Float()))
	}
	c := v.Complex()
	if err := e.uint(math.Float64bits(real(c))); err != nil {
		return err
	}
	return e.uint(math.Float64bits(imag(c)))
}

// elements writes what an array or a slice holds: numbers of a fixed size at once.
func (e *encoder) elements(v reflect.Value) error {
	if raw, ok := rawBytes(v); ok {
		_, err := e.w.Write(raw)
		return err
	}
	for i := range v.Len() {
		if err := e.within(fmt.Sprintf("[%d]", i), v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// rawBytes returns the memory of a slice of numbers. Only programs on this machine read it.
func rawBytes(v reflect.Value) ([]byte, bool) {
	if v.Kind() != reflect.Slice || v.Len() == 0 || !isNumber(v.Type().Elem()) {
		return nil, false
	}
	return unsafe.Slice((*byte)(v.UnsafePointer()), v.Len()*int(v.Type().Elem().Size())), true
}

func isNumber(t reflect.Type) bool {
	_, coded := codecs[t]
	return !coded && t.Kind() >= reflect.Bool && t.Kind() <= reflect.Complex128
}

func (e *encoder) pointer(v reflect.Value) error {
	if v.IsNil() {
		return e.uint(0)
	}
	p := pointer{v.UnsafePointer(), v.Type()}
	if number, ok := e.seen[p]; ok {
		return e.uint(number)
	}
	number := uint64(len(e.seen)) + 1
	e.seen[p] = number
	if err := e.uint(number); err != nil {
		return err
	}
	return e.value(v.Elem())
}

// entries writes a map in the order of its keys' bytes, so that equal maps are written alike.
func (e *encoder) entries(v reflect.Value) error {
	if v.IsNil() {
		return e.uint(0)
	}
	if err := e.uint(uint64(v.Len()) + 1); err != nil {
		return err
	}
	type entry struct {
		key      []byte
		from, to reflect.Value
	}
	var entries []entry
	for all := v.MapRange(); all.Next(); { // a key of NaN is found in no other way
		var text bytes.Buffer
		key := &encoder{w: &text, seen: map[pointer]uint64{}, path: e.path, only: e.only}
		if err := key.value(all.Key()); err != nil {
			return err
		}
		entries = append(entries, entry{text.Bytes(), all.Key(), all.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	for _, n := range entries {
		if err := e.value(n.from); err != nil {
			return err
		}
		if err := e.within(fmt.Sprintf("[%v]", n.from), n.to); err != nil {
			return err
		}
	}
	return nil
}

// dynamic writes the type that an interface holds before its value.
func (e *encoder) dynamic(v reflect.Value) error {
	if v.IsNil() {
		return e.value(reflect.ValueOf(""))
	}
	t := v.Elem().Type()
	name := nameOf(t)
	if concrete[name] != t && !e.only {
		return fmt.Errorf("%s holds a %v, of which keep does not know how to make another: call keep.Register with one in an init function", e.at(), t)
	}
	if err := e.value(reflect.ValueOf(name)); err != nil {
		return err
	}
	return e.within(".("+t.String()+")", v.Elem())
}

// coded writes the bytes of a codec with their length, so that a codec cannot read too far.
func (e *encoder) coded(c codec, v reflect.Value) error {
	var text bytes.Buffer
	if err := c.save(v, &text); err != nil {
		return fmt.Errorf("%s: %w", e.at(), err)
	}
	if err := e.count(text.Len()); err != nil {
		return err
	}
	_, err := e.w.Write(text.Bytes())
	return err
}

// accessible returns v such that its fields and methods may be used, also if it was read from
// an unexported field.
func accessible(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	c := reflect.New(v.Type()).Elem() // an element of a map, or what an interface holds
	c.Set(v)
	return c
}
