package keep

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"gonum.org/v1/gonum/mat"
)

// again returns what is read after v was written.
func again[T any](t testing.TB, v T) (read T) {
	t.Helper()
	var text bytes.Buffer
	if err := encode(&text, reflect.ValueOf(&v).Elem()); err != nil {
		t.Fatal(err)
	}
	if err := decode(bufio.NewReader(&text), int64(text.Len()), reflect.ValueOf(&read).Elem()); err != nil {
		t.Fatal(err)
	}
	return read
}

type shape interface{ area() float64 }
type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

type disc struct{ radius float64 }

func (d *disc) area() float64 { return math.Pi * d.radius * d.radius }

type record struct {
	Name    string
	private []float64
	shapes  map[string]shape
	inner   *struct{ a, b any }
	matrix  *mat.Dense
	err     error
	pair    [2]complex128
	when    time.Duration
	empty   []int
	None    func()
	flags   []bool
}

func init() { Register(square{}, &disc{}, errors.New("")) }

func TestEverythingIsReadAsItWas(t *testing.T) {
	v := &record{
		Name: "r", private: []float64{1, math.Inf(1), math.Copysign(0, -1)}, matrix: mat.NewDense(2, 2, []float64{1, 2, 3, 4}),
		shapes: map[string]shape{"s": square{2}, "d": &disc{1}, "nil": nil},
		inner:  &struct{ a, b any }{3, []float64{4}}, err: errors.New("why"), pair: [2]complex128{1i, 2},
		when: time.Second, empty: []int{}, flags: []bool{true, false},
	}
	if read := again(t, v); !reflect.DeepEqual(read, v) {
		t.Errorf("read %+v, wrote %+v", read, v)
	}
}

func TestRandomValuesAreReadAsTheyWere(t *testing.T) {
	type random struct {
		A map[string][]*int16
		B []struct {
			C float32
			D *string
			E [3]uint8
		}
		F map[int]map[bool]complex64
		G [][]float64
		H **int64
		I []byte
	}
	if err := quick.Check(func(v random) bool { return reflect.DeepEqual(again(t, v), v) }, nil); err != nil {
		t.Error(err)
	}
}

func TestSharedPointersStayShared(t *testing.T) {
	type node struct {
		next  *node
		value int
	}
	ring := &node{value: 1}
	ring.next = &node{next: ring, value: 2}
	read := again(t, ring)
	if read.next.next != read || read.next.value != 2 {
		t.Error("a ring is read as something else")
	}
}

func TestEqualValuesAreWrittenAlike(t *testing.T) {
	m := func() any {
		m := map[string]int{}
		for i := range 100 {
			m[fmt.Sprint(i*7%100)] = i
		}
		return m
	}
	first, err := digestOf(m())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if again, _ := digestOf(m()); again != first {
			t.Fatal("a map has two digests")
		}
	}
	if _, err := digestOf(struct{ s fmt.Stringer }{stranger{}}); err != nil {
		t.Errorf("a type that is not registered has no digest: %v", err)
	}
	for _, other := range []any{nil, 1, int64(1), "1", []float64{1}, []float32{1}, []float64{}, []float64(nil)} {
		digest, err := digestOf(other)
		if one, _ := digestOf(1); err != nil || digest == first || digest == one && other != 1 {
			t.Errorf("%T %v has the digest of another value (%v)", other, other, err)
		}
	}
}

func TestWhatCannotBeStoredIsNamed(t *testing.T) {
	type holder struct {
		inner map[string]struct{ made []func() }
	}
	type other struct{ s fmt.Stringer }
	for _, c := range []struct {
		v    any
		want string
	}{
		{holder{map[string]struct{ made []func() }{"k": {[]func(){func() {}}}}}, `.inner[k].made[0] is a func()`},
		{struct{ c chan int }{make(chan int)}, ".c is a chan int"},
		{other{stranger{}}, ".s holds a keep.stranger"},
	} {
		held := reflect.New(reflect.TypeOf(c.v)).Elem()
		held.Set(reflect.ValueOf(c.v))
		if err := encode(io.Discard, held); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v, want %s", c.v, err, c.want)
		}
	}
}

type stranger struct{}

func (stranger) String() string { return "" }

func FuzzDecode(f *testing.F) {
	for _, v := range []*record{{}, {Name: "r", private: []float64{1}, shapes: map[string]shape{"s": square{2}}, err: errors.New("e"), inner: &struct{ a, b any }{1, "b"}}} {
		var text bytes.Buffer
		if err := encode(&text, reflect.ValueOf(&v).Elem()); err != nil {
			f.Fatal(err)
		}
		f.Add(text.Bytes())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v *record
		if decode(bufio.NewReader(bytes.NewReader(text)), int64(len(text)), reflect.ValueOf(&v).Elem()) == nil {
			encode(io.Discard, reflect.ValueOf(&v).Elem())
		}
	})
}
