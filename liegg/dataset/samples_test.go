package dataset

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

func counting(n, in int) Samples {
	x, y := make([]float64, n*in), make([]int32, n)
	for i := range x {
		x[i] = float64(i)
	}
	for i := range y {
		y[i] = int32(i)
	}
	return Samples{"counting", tensors.FromFlatDataAndDimensions(x, n, in), tensors.FromFlatDataAndDimensions(y, n, 1)}
}

func TestSplitTakesConsecutiveRows(t *testing.T) {
	parts := counting(10, 3).Split(5, 2)
	if len(parts) != 2 || parts[0].Len() != 5 || parts[1].Len() != 2 {
		t.Fatalf("parts %v", parts)
	}
	if x := tensors.MustCopyFlatData[float64](parts[1].X); !slices.Equal(x, []float64{15, 16, 17, 18, 19, 20}) {
		t.Errorf("inputs of the second part: %v", x)
	}
	if y := tensors.MustCopyFlatData[int32](parts[1].Y); !slices.Equal(y, []int32{5, 6}) {
		t.Errorf("targets of the second part: %v", y)
	}
}

func TestSubsetIsACopy(t *testing.T) {
	whole := counting(4, 2)
	before := whole.Fingerprint()
	part := whole.Take(2)
	tensors.MustMutableFlatData(part.X, func(x []float64) { x[0] = -1 })
	if whole.Fingerprint() != before {
		t.Error("writing to a subset changed the whole")
	}
}

func TestFingerprintDependsOnContentsOnly(t *testing.T) {
	a := counting(4, 2)
	same := counting(4, 2)
	same.Name = "another name"
	if a.Fingerprint() != same.Fingerprint() {
		t.Error("equal contents, different fingerprints")
	}
	reshaped := Samples{a.Name, tensors.FromFlatDataAndDimensions(tensors.MustCopyFlatData[float64](a.X), 4, 1, 2), a.Y}
	relabelled := Samples{a.Name, a.X, tensors.FromFlatDataAndDimensions([]int32{0, 1, 2, 4}, 4, 1)}
	retyped := Samples{a.Name, a.X, tensors.FromFlatDataAndDimensions([]uint32{0, 1, 2, 3}, 4, 1)}
	for name, other := range map[string]Samples{"shape": reshaped, "label": relabelled, "type": retyped, "length": a.Take(3)} {
		if a.Fingerprint() == other.Fingerprint() {
			t.Errorf("another %s, the same fingerprint", name)
		}
	}
}

func TestSamplesRejectMisuse(t *testing.T) {
	s := counting(4, 2)
	for name, misuse := range map[string]func(){
		"empty subset":       func() { s.Subset(2, 2) },
		"negative":           func() { s.Subset(-1, 2) },
		"too many":           func() { s.Split(3, 2) },
		"lengths disagree":   func() { Samples{"bad", s.X, s.Take(3).Y}.Len() },
		"O5 without samples": func() { O5(rand.New(rand.NewPCG(1, 1)), 0) },
		"O5 of 9 numbers":    func() { O5Target(make([]float64, 9)) },
	} {
		if !panics(misuse) {
			t.Errorf("%s: no panic", name)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func TestRowsThatThereAreNot(t *testing.T) {
	x := counting(4, 2).X
	for _, r := range [][2]int{{-1, 2}, {3, 5}, {4, 6}, {3, 2}} {
		if !panics(func() { Rows(x, r[0], r[1]) }) {
			t.Errorf("rows %v of 4: no panic", r)
		}
	}
}
