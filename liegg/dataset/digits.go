package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
)

// Mean and standard deviation of the grey values with which the paper
// normalises MNIST; see [Digits.Normalised].
const (
	MNISTMean = .1303
	MNISTStd  = .3008
)

// Digits holds n labelled images of Height × Width pixels.
//
// Methods return new Digits and leave their receiver unchanged, so the two
// may share memory.
type Digits struct {
	Height, Width int
	// Pixels holds the n·Height·Width grey values, image by image, each row
	// by row. 0 is paper and 1 is ink until they are normalised.
	Pixels []float32
	// Labels holds the n classes.
	Labels []uint8
	// Background is the grey value of the empty paper around the images: 0
	// until they are normalised.
	Background float32
}

// Len returns the number of digits n. It panics if Pixels does not hold n images.
func (d Digits) Len() int {
	if d.Height < 1 || d.Width < 1 || len(d.Pixels) != len(d.Labels)*d.Height*d.Width {
		panic(fmt.Sprintf("dataset: digits: %d pixels do not make %d images of %d×%d",
			len(d.Pixels), len(d.Labels), d.Height, d.Width))
	}
	return len(d.Labels)
}

// Image returns the Height·Width pixels of digit i, row by row, as a view: do not write to it.
func (d Digits) Image(i int) []float32 {
	size := d.Height * d.Width
	return d.Pixels[i*size : (i+1)*size : (i+1)*size]
}

// Subset returns the digits from…to−1 as a view. It panics unless 0 ≤ from ≤ to ≤ Len.
func (d Digits) Subset(from, to int) Digits {
	if n := d.Len(); from < 0 || from > to || to > n {
		panic(fmt.Sprintf("dataset: digits: subset %d…%d is outside 0…%d", from, to, n))
	}
	size := d.Height * d.Width
	d.Pixels, d.Labels = d.Pixels[from*size:to*size], d.Labels[from:to]
	return d
}

// Shuffled returns the digits in a random order.
func (d Digits) Shuffled(rng *rand.Rand) Digits {
	order := rng.Perm(d.Len())
	shuffled := d.blank()
	shuffled.Labels = make([]uint8, len(order))
	for i, j := range order {
		copy(shuffled.Image(i), d.Image(j))
		shuffled.Labels[i] = d.Labels[j]
	}
	return shuffled
}

// Normalised returns the digits with the grey values (I − mean)/std, the background included. The paper takes
// [MNISTMean] and [MNISTStd]. It panics unless std > 0.
func (d Digits) Normalised(mean, std float64) Digits {
	if !(std > 0) {
		panic(fmt.Sprintf("dataset: digits: std = %g is not positive", std))
	}
	scaled := func(v float32) float32 { return float32((float64(v) - mean) / std) }
	normalised := d.blank()
	normalised.Background = scaled(d.Background)
	parallel(len(d.Pixels), func(from, to int) {
		for i := from; i < to; i++ {
			normalised.Pixels[i] = scaled(d.Pixels[i])
		}
	})
	return normalised
}

// Samples returns the digits as tensors: X [n, Height, Width] float32 and Y
// [n, 1] int32. It panics if there are none.
func (d Digits) Samples(name string) Samples {
	n := d.Len()
	if n == 0 {
		panic(fmt.Sprintf("dataset: digits: there are no digits for the samples %q", name))
	}
	labels := make([]int32, n)
	for i, label := range d.Labels {
		labels[i] = int32(label)
	}
	return Samples{
		Name: name,
		X:    tensors.FromFlatDataAndDimensions(d.Pixels, n, d.Height, d.Width),
		Y:    tensors.FromFlatDataAndDimensions(labels, n, 1),
	}
}

// Fingerprint returns the SHA-256, in hexadecimal, of the sizes, pixels, labels and background.
func (d Digits) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "digits %d×%d×%d background %08x;", d.Len(), d.Height, d.Width, math.Float32bits(d.Background))
	hashFloats(h, d.Pixels)
	h.Write(d.Labels)
	return hex.EncodeToString(h.Sum(nil))
}

// hashFloats hashes the little-endian bits of values, through a buffer that keeps the hash fast.
func hashFloats(h hash.Hash, values []float32) {
	buffer := make([]byte, 0, 1<<14)
	for i, v := range values {
		buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		if len(buffer) == cap(buffer) || i == len(values)-1 {
			h.Write(buffer)
			buffer = buffer[:0]
		}
	}
}

// blank returns digits like d with uninitialised pixels of their own.
func (d Digits) blank() Digits {
	d.Pixels = make([]float32, len(d.Pixels))
	return d
}
