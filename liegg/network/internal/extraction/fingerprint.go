package extraction

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Fingerprint is a digest of the program's results for random samples of the shape of a chunk.
// It is the same, bit by bit, in all processes that share a verdict. It differs between
// networks, actions, heads, settings and kinds of processors.
func (e *Program) Fingerprint(c stream.Chunk) (sum [sha256.Size]byte, err error) {
	defer graphpanic.Catch(&err)
	x := noise(c.X)
	defer tensor.Finalize(x)
	defer func(random *rand.Rand) { e.random = random }(e.random)
	e.random = rand.New(rand.NewPCG(2, 0))
	z := e.Probes(x)
	defer tensor.Finalize(z)
	values, err := e.Call(x, x.Shape().Dim(0), z)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	fmt.Fprint(h, x.Shape(), e.mode, e.outputs, e.Action.Dim())
	for _, v := range slices.Concat(append(values, e.limits)...) {
		binary.Write(h, binary.LittleEndian, math.Float64bits(v)) // NaN has bits, too
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// noise is a tensor of the shape and type of x that holds normal numbers, always the same.
func noise(x *tensors.Tensor) *tensors.Tensor {
	wide, narrow := make([]float64, x.Size()), make([]float32, x.Size())
	random := rand.New(rand.NewPCG(2, 0))
	for i := range wide {
		wide[i] = random.NormFloat64()
		narrow[i] = float32(wide[i])
	}
	if x.DType() == dtypes.Float32 {
		return tensors.FromFlatDataAndDimensions(narrow, x.Shape().Dimensions...)
	}
	return tensors.FromFlatDataAndDimensions(wide, x.Shape().Dimensions...)
}
