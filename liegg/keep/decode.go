package keep

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
)

// decoder reads what encoder wrote. Whatever the bytes are, it reads no more than there are.
type decoder struct {
	r    *bufio.Reader
	left int64 // bytes that are left
	seen []reflect.Value
	word [8]byte
}

var errDamaged = errors.New("the stored value is damaged")

// decode sets v, which is addressable, to the value in the next size bytes.
func decode(r *bufio.Reader, size int64, v reflect.Value) error {
	d := &decoder{r: r, left: size}
	if err := d.value(v); err != nil {
		return err
	}
	if d.left != 0 {
		return errDamaged
	}
	return nil
}

func (d *decoder) value(v reflect.Value) error {
	v = accessible(v)
	if c, ok := codecs[v.Type()]; ok {
		return d.coded(c, v)
	}
	if isNumber(v.Type()) {
		return d.number(v)
	}
	switch v.Kind() {
	case reflect.String:
		text, err := d.text()
		v.SetString(text)
		return err
	case reflect.Array:
		return d.elements(v)
	case reflect.Slice:
		return d.slice(v)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := d.value(v.Field(i)); err != nil {
				return fmt.Errorf("%s: %w", v.Type().Field(i).Name, err)
			}
		}
		return nil
	case reflect.Pointer:
		return d.pointer(v)
	case reflect.Map:
		return d.entries(v)
	case reflect.Interface:
		return d.dynamic(v)
	}
	return nil // a nil function or channel
}

func (d *decoder) read(p []byte) error {
	if int64(len(p)) > d.left {
		return errDamaged
	}
	d.left -= int64(len(p))
	_, err := io.ReadFull(d.r, p)
	return err
}

func (d *decoder) uint() (uint64, error) {
	err := d.read(d.word[:])
	return binary.LittleEndian.Uint64(d.word[:]), err
}

// length reads a count of things of the given number of bytes each, at least.
func (d *decoder) length(bytes int) (int, error) {
	n, err := d.uint()
	if err == nil && n > uint64(d.left)/uint64(max(1, bytes)) {
		err = errDamaged
	}
	return int(n), err
}

func (d *decoder) text() (string, error) {
	n, err := d.length(1)
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	err = d.read(text)
	return string(text), err
}

func (d *decoder) number(v reflect.Value) error {
	u, err := d.uint()
	switch {
	case err != nil:
	case v.Kind() == reflect.Bool:
		v.SetBool(u != 0)
	case v.CanInt():
		v.SetInt(int64(u))
	case v.CanUint():
		v.SetUint(u)
	case v.CanFloat():
		v.SetFloat(math.Float64frombits(u))
	default:
		var imaginary uint64
		imaginary, err = d.uint()
		v.SetComplex(complex(math.Float64frombits(u), math.Float64frombits(imaginary)))
	}
	return err
}

func (d *decoder) elements(v reflect.Value) error {
	if raw, ok := rawBytes(v); ok {
		return d.read(raw)
	}
	for i := range v.Len() {
		if err := d.value(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) slice(v reflect.Value) error {
	n, err := d.uint()
	if err != nil || n == 0 {
		v.SetZero()
		return err
	}
	size := uint64(1)
	if t := v.Type().Elem(); isNumber(t) {
		size = uint64(t.Size())
	}
	if n--; n > uint64(d.left)/size && v.Type().Elem().Size() > 0 {
		return errDamaged
	}
	v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
	return d.elements(v)
}

func (d *decoder) pointer(v reflect.Value) error {
	number, err := d.uint()
	if err != nil || number == 0 {
		v.SetZero()
		return err
	}
	if known := uint64(len(d.seen)); number <= known {
		if d.seen[number-1].Type() != v.Type() {
			return errDamaged
		}
		v.Set(d.seen[number-1])
		return nil
	} else if number != known+1 {
		return errDamaged
	}
	p := reflect.New(v.Type().Elem())
	typed := p.Convert(v.Type())
	v.Set(typed)
	d.seen = append(d.seen, typed)
	return d.value(p.Elem())
}

func (d *decoder) entries(v reflect.Value) error {
	n, err := d.uint()
	if err != nil || n == 0 {
		v.SetZero()
		return err
	}
	v.Set(reflect.MakeMap(v.Type()))
	for range n - 1 {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := d.value(key); err != nil {
			return err
		}
		if err := d.value(value); err != nil {
			return err
		}
		if !key.Comparable() {
			return errDamaged
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

func (d *decoder) dynamic(v reflect.Value) error {
	name, err := d.text()
	if err != nil || name == "" {
		v.SetZero()
		return err
	}
	t, ok := concrete[name]
	if !ok || !t.AssignableTo(v.Type()) {
		return fmt.Errorf("this program does not know the type %s: import its package", name)
	}
	held := reflect.New(t).Elem()
	if err := d.value(held); err != nil {
		return err
	}
	v.Set(held)
	return nil
}

func (d *decoder) coded(c codec, v reflect.Value) error {
	n, err := d.length(1)
	if err != nil {
		return err
	}
	d.left -= int64(n)
	part := io.LimitReader(d.r, int64(n))
	if err := c.load(v, part); err != nil {
		return err
	}
	if rest, _ := io.Copy(io.Discard, part); rest > 0 {
		return errDamaged
	}
	return nil
}
