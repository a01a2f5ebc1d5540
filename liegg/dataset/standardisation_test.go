package dataset

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

func fitted(t *testing.T, s Samples, n int) Standardisation {
	t.Helper()
	z, err := FitStandardisation(s, n)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// scaledO5 is O5 in float64 with the vectors in unlike units and the output shifted.
func scaledO5(n int) Samples {
	s := O5(rand.New(rand.NewPCG(7, 0)), n)
	x, y := floats(s.X), floats(s.Y)
	for i := range x {
		x[i] *= []float64{3, .01}[i%10/5]
	}
	for i := range y {
		y[i] += 100
	}
	return Samples{s.Name, tensors.FromFlatDataAndDimensions(x, n, 10), tensors.FromFlatDataAndDimensions(y, n, 1)}
}

func TestStandardisationGivesUnitScale(t *testing.T) {
	s := scaledO5(1000)
	z := fitted(t, s, 5)
	if math.Abs(z.InputScale[0]-3) > .1 || math.Abs(z.InputScale[1]-.01) > .001 {
		t.Errorf("input scales %v, want about 3 and .01", z.InputScale)
	}
	again := fitted(t, z.Apply(s), 5)
	for _, scale := range append(again.InputScale, again.OutputStd[0], again.OutputMean[0]+1) {
		if math.Abs(scale-1) > 1e-12 {
			t.Errorf("after standardising, the scales are %+v", again)
		}
	}
}

func TestStandardisationKeepsTheSymmetry(t *testing.T) {
	s := scaledO5(50)
	z := fitted(t, s, 5)
	q := randomRotation(rand.New(rand.NewPCG(1, 2)), 5)
	turned := mapped(s.X, 10, func(v float64, _ int) float64 { return v })
	tensors.MustMutableFlatData(turned, func(x []float64) {
		for i := 0; i < len(x); i += 10 {
			copy(x[i:], rotate5(q, x[i:i+10]))
		}
	})
	turnedFirst := floats(z.Apply(Samples{s.Name, turned, s.Y}).X)
	standardised := floats(z.Apply(s).X)
	for i := 0; i < len(standardised); i += 10 {
		for j, v := range rotate5(q, standardised[i:i+10]) {
			if math.Abs(v-turnedFirst[i+j]) > 1e-12 {
				t.Fatalf("sample %d: turning and standardising do not commute", i/10)
			}
		}
	}
}

func TestStandardisationRestores(t *testing.T) {
	s := O5(rand.New(rand.NewPCG(3, 0)), 100)
	z := fitted(t, s, 5)
	y := floats(z.Restore(z.Apply(s).Y))
	for i, want := range floats(s.Y) {
		if math.Abs(y[i]-want) > 1e-5*(1+math.Abs(want)) {
			t.Fatalf("output %d restored as %g, was %g", i, y[i], want)
		}
	}
}

func TestStandardisationSurvivesJSON(t *testing.T) {
	z := fitted(t, O5(rand.New(rand.NewPCG(3, 0)), 100), 5)
	text, err := json.Marshal(z)
	if err != nil {
		t.Fatal(err)
	}
	var back Standardisation
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(z, back) {
		t.Errorf("%s came back as %+v (%v)", text, back, err)
	}
}

func TestStandardisationRejectsData(t *testing.T) {
	y := tensors.FromFlatDataAndDimensions([]float32{1, 2, 3}, 3, 1)
	good := []float32{1, 2, 3, 4, 5, 6}
	for _, c := range []struct {
		says string
		x    []float32
		y    *tensors.Tensor
	}{
		{"input 1 of sample 2 is NaN", []float32{1, 2, 3, 4, 5, float32(math.NaN())}, y},
		{"input vector 1 has the scale 0", []float32{1, 0, 3, 0, 5, 0}, y},
		{"output 0 varies by 0 around 7", good, tensors.FromFlatDataAndDimensions([]float32{7, 7, 7}, 3, 1)},
		{"output 0 varies by", good, tensors.FromFlatDataAndDimensions([]float64{1e9 / 7, 1e9 / 7, 1e9 / 7}, 3, 1)},
		{"output 0 of sample 1 is +Inf", good, tensors.FromFlatDataAndDimensions([]float32{7, float32(math.Inf(1)), 7}, 3, 1)},
	} {
		s := Samples{"bad", tensors.FromFlatDataAndDimensions(c.x, 3, 2), c.y}
		if _, err := FitStandardisation(s, 1); !errors.Is(err, ErrStandardise) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want %q", err, c.says)
		}
	}
}

func TestStandardisationRejectsMisuse(t *testing.T) {
	s := O5(rand.New(rand.NewPCG(3, 0)), 10)
	z := fitted(t, s, 5)
	for name, misuse := range map[string]func(){
		"vectors of 3":  func() { FitStandardisation(s, 3) },
		"labels":        func() { FitStandardisation(counting(4, 2), 2) },
		"other samples": func() { z.Apply(Samples{"", s.Y, s.Y}) },
	} {
		if !panics(misuse) {
			t.Errorf("%s: no panic", name)
		}
	}
}
