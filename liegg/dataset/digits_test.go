package dataset

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

func TestRotationsByNoughtAndByQuarters(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 3)
	turn := func(d Digits, angle float64) Digits {
		turned := d.blank()
		d.rotate(turned.Pixels, []int{0, 1, 2}, []float64{angle, angle, angle})
		return turned
	}
	if same := turn(digits, 0); !slices.Equal(same.Pixels, digits.Pixels) {
		t.Error("0° changed the digits")
	}
	quarter := turn(digits, math.Pi/2)
	if d := largestDifference(quarter.Pixels, digits.Pixels); d < .5 {
		t.Errorf("90° changed no pixel by more than %g", d)
	}
	// Clockwise as seen: the top left corner goes to the top right.
	if got, want := quarter.Image(0)[5*28+20], digits.Image(0)[7*28+5]; math.Abs(float64(got-want)) > 1e-5 {
		t.Errorf("pixel (5, 20) is %g after a quarter, want pixel (7, 5): %g", got, want)
	}
	full := turn(turn(turn(quarter, math.Pi/2), math.Pi/2), math.Pi/2)
	if d := largestDifference(full.Pixels, digits.Pixels); d > 1e-5 {
		t.Errorf("four quarters differ from the digits by %g", d)
	}
}

func TestRotatedKeepsLabelsAndInk(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 200).Blur(1.5)
	rotated := digits.Rotated(rand.New(rand.NewPCG(4, 4)))
	if !slices.Equal(rotated.Labels, digits.Labels) {
		t.Error("labels changed")
	}
	for i := range digits.Len() {
		if before, after := ink(digits.Image(i)), ink(rotated.Image(i)); math.Abs(after-before) > .03*before {
			t.Errorf("digit %d: ink %.2f before, %.2f after", i, before, after)
		}
	}
}

func ink(image []float32) (sum float64) {
	for _, v := range image {
		sum += float64(v)
	}
	return sum
}

func TestDigitsDoNotDependOnTheCores(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 101)
	prepare := func() string {
		return digits.Blur(1.5).Normalised(MNISTMean, MNISTStd).Rotated(rand.New(rand.NewPCG(1, 0))).Fingerprint()
	}
	many := prepare()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if one := prepare(); one != many {
		t.Error("one core gave other digits than many")
	}
	runtime.GOMAXPROCS(7)
	if seven := prepare(); seven != many {
		t.Error("seven threads gave other digits")
	}
}

func TestBlurKeepsTheSum(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, sigma := range []float64{0, .5, 1.5, 20} {
		noise := Digits{Height: 9, Width: 13, Pixels: make([]float32, 9*13), Labels: []uint8{0}}
		for i := range noise.Pixels {
			noise.Pixels[i] = rng.Float32()
		}
		before, after := ink(noise.Pixels), ink(noise.Blur(sigma).Pixels)
		if math.Abs(after-before) > 1e-4 {
			t.Errorf("σ = %g: the sum goes from %g to %g", sigma, before, after)
		}
	}
}

func TestBlurIsAGaussian(t *testing.T) {
	const sigma = 1.5
	dot := Digits{Height: 25, Width: 25, Pixels: make([]float32, 625), Labels: []uint8{0}}
	dot.Pixels[12*25+12] = 1
	blurred := dot.Blur(sigma).Pixels
	for _, at := range [][2]int{{12, 12}, {12, 14}, {9, 12}, {15, 10}} {
		dy, dx := float64(at[0]-12), float64(at[1]-12)
		want := math.Exp(-(dx*dx+dy*dy)/(2*sigma*sigma)) / (2 * math.Pi * sigma * sigma)
		if got := float64(blurred[at[0]*25+at[1]]); math.Abs(got-want) > 3e-5 {
			t.Errorf("at (%g, %g) from a dot: %g, want %g", dx, dy, got, want)
		}
	}
}

func TestBlurMirrors(t *testing.T) {
	if got := [5]int{mirror(-1, 4), mirror(-4, 4), mirror(4, 4), mirror(9, 4), mirror(2, 4)}; got != [5]int{0, 3, 3, 1, 2} {
		t.Errorf("mirrored indices %v", got)
	}
	flat := Digits{Height: 6, Width: 4, Pixels: slices.Repeat([]float32{.5}, 24), Labels: []uint8{0}}
	if d := largestDifference(flat.Blur(3).Pixels, flat.Pixels); d > 1e-6 {
		t.Errorf("a grey image changed by %g", d)
	}
}

func TestNormalised(t *testing.T) {
	train, _ := realDigits(t)
	normalised := train.Normalised(MNISTMean, MNISTStd)
	if want := float32(-MNISTMean / MNISTStd); normalised.Background != want || normalised.Pixels[0] != want {
		t.Errorf("background %g, empty pixel %g, want %g", normalised.Background, normalised.Pixels[0], want)
	}
	mean := ink(normalised.Pixels) / float64(len(normalised.Pixels))
	if math.Abs(mean) > .002 {
		t.Errorf("mean %.4f after normalisation, want about 0", mean)
	}
}

func TestShuffledKeepsPairs(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(100, 150)
	shuffled := digits.Shuffled(rand.New(rand.NewPCG(8, 8)))
	if slices.Equal(shuffled.Labels, digits.Labels) || classCounts(shuffled.Labels) != classCounts(digits.Labels) {
		t.Fatalf("labels %v became %v", digits.Labels, shuffled.Labels)
	}
	for i, j := range rand.New(rand.NewPCG(8, 8)).Perm(50) {
		if shuffled.Labels[i] != digits.Labels[j] || !slices.Equal(shuffled.Image(i), digits.Image(j)) {
			t.Fatalf("digit %d is not digit %d of the original", i, j)
		}
	}
}

func TestDigitsAsSamples(t *testing.T) {
	_, test := realDigits(t)
	s := test.Subset(0, 10).Samples("ten digits")
	if x, y := s.X.Shape().String(), s.Y.Shape().String(); x != "(Float32)[10, 28, 28]" || y != "(Int32)[10, 1]" {
		t.Errorf("shapes %s and %s", x, y)
	}
	if y := tensors.MustCopyFlatData[int32](s.Y); y[0] != 7 || y[1] != 2 {
		t.Errorf("labels %v", y)
	}
}

func TestDigitsRejectMisuse(t *testing.T) {
	d := Digits{Height: 2, Width: 2, Pixels: make([]float32, 8), Labels: []uint8{1, 2}}
	for name, misuse := range map[string]func(){
		"ragged":       func() { Digits{Height: 2, Width: 2, Pixels: make([]float32, 7), Labels: d.Labels}.Len() },
		"subset":       func() { d.Subset(1, 3) },
		"sigma":        func() { d.Blur(-1) },
		"std":          func() { d.Normalised(0, 0) },
		"none":         func() { d.Subset(1, 1).Samples("none") },
		"batch of 3":   func() { NewFreshRotations(d, 3, 0) },
		"batch of nil": func() { NewFreshRotations(d, 0, 0) },
	} {
		if !panics(misuse) {
			t.Errorf("%s: no panic", name)
		}
	}
}

func BenchmarkBlur1000(b *testing.B) {
	train, _ := realDigits(b)
	digits := train.Subset(0, 1000)
	for b.Loop() {
		digits.Blur(1.5)
	}
}
