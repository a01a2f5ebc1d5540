package vjp

import (
	"fmt"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// fft is the rule of the Fourier transforms over the last axes, of lengths L.
// With the package's convention for cotangents, the transpose of F is Πᵢ
// Lᵢ·F⁻¹. A transform of real numbers F_r is F without the frequencies that
// follow by symmetry.
func fft(node, v *Node) []*Node {
	p := parametersOf(node)
	lengths, size := p.ints("fftLength"), 1.0
	for _, n := range lengths {
		size *= float64(n)
	}
	switch kind := compute.FFTType(p.int("fftType")); kind {
	case compute.FFTForward:
		return []*Node{MulScalar(InverseFFT(v, lengths...), size)}
	case compute.FFTInverse:
		return []*Node{DivScalar(FFT(v, lengths...), size)}
	case compute.FFTForwardReal:
		whole := make([]PadAxis, v.Rank())
		whole[v.Rank()-1].End = lengths[len(lengths)-1] - v.Shape().Dim(-1)
		return []*Node{MulScalar(Real(InverseFFT(padded(v, 0, whole), lengths...)), size)}
	case compute.FFTInverseReal:
		return []*Node{DivScalar(Mul(RealFFT(v, lengths...), multiplicity(node)), size)}
	default:
		panic(fmt.Errorf("no gradient is defined for the Fourier transform of type %s", kind))
	}
}

// multiplicity returns how many frequencies each one represents in the input
// of an inverse real transform: 2, but 1 for the first, and for the last if
// the length is even.
func multiplicity(node *Node) *Node {
	z := node.Inputs()[0]
	n := z.Shape().Dim(-1)
	counts := filled(nil, n, 2.0)
	counts[0] = 1
	if node.Shape().Dim(-1)%2 == 0 {
		counts[n-1] = 1
	}
	row := ConvertDType(Const(z.Graph(), counts), z.DType())
	return BroadcastToShape(ExpandLeftToRank(row, z.Rank()), z.Shape())
}
