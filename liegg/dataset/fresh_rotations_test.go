package dataset

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/gomlx/gomlx/core/tensors"
)

// epochBits returns the pixels and labels of one iteration.
func epochBits(t *testing.T, f *FreshRotations) (pixels []float32, labels []int32) {
	t.Helper()
	for batch, err := range f.Iter() {
		if err != nil {
			t.Fatal(err)
		}
		pixels = append(pixels, tensors.MustCopyFlatData[float32](batch.Inputs[0])...)
		labels = append(labels, tensors.MustCopyFlatData[int32](batch.Labels[0])...)
	}
	return pixels, labels
}

func TestFreshRotationsShapes(t *testing.T) {
	train, _ := realDigits(t)
	f := NewFreshRotations(train.Subset(0, 103), 20, 1)
	batches := 0
	for batch := range f.Iter() {
		if x, y := batch.Inputs[0].Shape().String(), batch.Labels[0].Shape().String(); x != "(Float32)[20, 28, 28]" || y != "(Int32)[20, 1]" {
			t.Errorf("batch of %s and %s", x, y)
		}
		batches++
	}
	if batches != 5 || f.BatchesPerEpoch() != 5 {
		t.Errorf("%d batches of 20 from 103 digits, %d promised", batches, f.BatchesPerEpoch())
	}
}

func TestFreshRotationsTurnTheDigitsTheyLabel(t *testing.T) {
	// One digit of each class, each with a different intensity.
	d := Digits{Height: 9, Width: 9, Pixels: make([]float32, 10*81)}
	for class := range 10 {
		d.Labels = append(d.Labels, uint8(class))
		d.Image(class)[40] = float32(class + 1) // the centre does not move
	}
	pixels, labels := epochBits(t, NewFreshRotations(d, 10, 3))
	for i, label := range labels {
		if got := pixels[81*i+40]; got != float32(label+1) {
			t.Errorf("label %d on a digit of ink %g", label, got)
		}
	}
	if slices.Sort(labels); !slices.Equal(labels, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("an epoch of classes %v", labels)
	}
}

func TestFreshRotationsAreFreshAndRepeatable(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 64)
	f := NewFreshRotations(digits, 16, 5)
	pixels0, labels0 := epochBits(t, f)
	pixels1, labels1 := epochBits(t, f)
	if slices.Equal(labels0, labels1) || slices.Equal(pixels0, pixels1) {
		t.Error("the second epoch is the first again")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	again := NewFreshRotations(digits, 16, 5)
	for epoch, want := range [][]float32{pixels0, pixels1} {
		if pixels, _ := epochBits(t, again); !slices.Equal(pixels, want) {
			t.Errorf("epoch %d is not repeated on one core", epoch)
		}
	}
	if other, _ := epochBits(t, NewFreshRotations(digits, 16, 6)); slices.Equal(other, pixels0) {
		t.Error("another seed gave the same epoch")
	}
}

// A blot to the right of the centre stays within the angle to either side, and uses
// all of it.
func TestFreshTurnsStayWithinTheirAngle(t *testing.T) {
	const side, most = 21, .5
	d := Digits{Height: side, Width: side, Pixels: make([]float32, 200*side*side), Labels: make([]uint8, 200)}
	for i := range d.Labels {
		d.Image(i)[side*(side/2)+side/2+8] = 1
	}
	pixels, _ := epochBits(t, NewFreshRotationsWithin(d, most, 100, 1))
	least, largest := math.Inf(1), math.Inf(-1)
	for i := range d.Labels {
		x, y := 0., 0.
		for j, ink := range pixels[i*side*side : (i+1)*side*side] {
			x, y = x+float64(ink)*float64(j%side-side/2), y+float64(ink)*float64(j/side-side/2)
		}
		angle := math.Atan2(y, x)
		least, largest = min(least, angle), max(largest, angle)
	}
	if least < -most-.07 || largest > most+.07 || least > -.4 || largest < .4 {
		t.Errorf("angles from %g to %g, want all of ±%g", least, largest, most)
	}
	if !panics(func() { NewFreshRotationsWithin(d, 4, 100, 1) }) {
		t.Error("more than half a turn is taken")
	}
}

func TestFreshRotationsEpochLeavesIterAlone(t *testing.T) {
	train, _ := realDigits(t)
	f := NewFreshRotations(train.Subset(0, 32), 32, 5)
	var second []float32
	for batch := range f.Epoch(1) {
		second = tensors.MustCopyFlatData[float32](batch.Inputs[0])
	}
	epochBits(t, f)
	if pixels, _ := epochBits(t, f); !slices.Equal(pixels, second) {
		t.Error("Epoch(1) is not the second iteration")
	}
}

// A bubble of synctest fails if a goroutine outlives it.
func TestFreshRotationsLeaveNoGoroutine(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 64)
	synctest.Test(t, func(t *testing.T) {
		f := NewFreshRotations(digits, 2, 5)
		for range f.Iter() {
			break
		}
		if !panics(func() {
			for range f.Iter() {
				panic("the consumer fails")
			}
		}) {
			t.Error("the consumer's panic was swallowed")
		}
	})
}

func TestFreshRotationsFingerprint(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 10)
	fingerprint := NewFreshRotations(digits, 5, 1).Fingerprint()
	if NewFreshRotations(digits.Blur(0), 5, 1).Fingerprint() != fingerprint {
		t.Error("equal data sets, different fingerprints")
	}
	relabelled := digits
	relabelled.Labels = slices.Clone(digits.Labels)
	relabelled.Labels[0]++
	for name, other := range map[string]*FreshRotations{
		"seed":          NewFreshRotations(digits, 5, 2),
		"batch":         NewFreshRotations(digits, 4, 1),
		"normalisation": NewFreshRotations(digits.Normalised(MNISTMean, MNISTStd), 5, 1),
		"blur":          NewFreshRotations(digits.Blur(1.5), 5, 1),
		"digits":        NewFreshRotations(train.Subset(1, 11), 5, 1),
		"angle":         NewFreshRotationsWithin(digits, 1, 5, 1),
		"labels":        NewFreshRotations(relabelled, 5, 1),
	} {
		if other.Fingerprint() == fingerprint {
			t.Errorf("another %s, the same fingerprint", name)
		}
	}
}

// BenchmarkRotate512 turns one batch of 512 digits of 28×28; run it with -cpu 1 for the time of one core.
func BenchmarkRotate512(b *testing.B) {
	train, _ := realDigits(b)
	f := NewFreshRotations(train.Subset(0, 512), 512, 1)
	for b.Loop() {
		for batch := range f.Iter() {
			if err := batch.Finalize(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
