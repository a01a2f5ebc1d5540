package operators

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	for name, f := range map[string]func(x *Node) *Node{
		"Atan": arctan, "Asin": arcsin, "Acos": arccos, "Asinh": arsinh, "Acosh": arcosh, "Atanh": artanh,
	} {
		own[name] = func(o *operation) []*Node { return []*Node{f(o.input(0))} }
	}
}

// The arc tangent is computed as in the Cephes library (atan.c, S. L. Moshier,
// 1995), to the precision of float64: within ±.66 by a rational function, and
// beyond that by atan(x) = π/4 + atan((x−1)/(x+1)) and π/2 − atan(1/x).
var (
	arctanAbove = []float64{-8.750608600031904122785e-1, -1.615753718733365076637e1, -7.500855792314704667340e1, -1.228866684490136173410e2, -6.485021904942025371773e1}
	arctanBelow = []float64{1, 2.485846490142306297962e1, 1.650270098316988542046e2, 4.328810604912902668951e2, 4.853903996359136964868e2, 1.945506571482613964425e2}
)

func arctan(x *Node) *Node {
	one, negative := OnesLike(x), LessThan(x, ZerosLike(x))
	a := Where(negative, Neg(x), x) // its derivative at 0 is 1, while Abs has none
	far, middle := GreaterThan(a, MulScalar(one, 1+math.Sqrt2)), GreaterThan(a, MulScalar(one, .66))
	safe := Where(far, a, one)
	t := Where(far, Neg(Inverse(safe)), Where(middle, Div(Sub(a, one), Add(a, one)), a))
	start := Where(far, MulScalar(one, math.Pi/2), Where(middle, MulScalar(one, math.Pi/4), ZerosLike(x)))
	z := Square(t)
	y := Add(start, Add(t, Mul(t, Mul(z, Div(polynomial(arctanAbove, z), polynomial(arctanBelow, z))))))
	return Where(negative, Neg(y), y)
}

// polynomial has the given coefficients, the highest power first.
func polynomial(coefficients []float64, x *Node) *Node {
	sum := MulScalar(OnesLike(x), coefficients[0])
	for _, c := range coefficients[1:] {
		sum = AddScalar(Mul(sum, x), c)
	}
	return sum
}

// arcsin is atan(x/√(1−x²)), for large x as π/2 − 2·asin(√((1−x)/2)), which
// keeps its digits there.
func arcsin(x *Node) *Node {
	one, negative := OnesLike(x), LessThan(x, ZerosLike(x))
	a := Where(negative, Neg(x), x)
	large := GreaterThan(a, MulScalar(one, .5))
	half := Sqrt(MulScalar(Sub(one, a), .5))
	sine := Where(large, half, a)
	y := arctan(Div(sine, Sqrt(Mul(Sub(one, sine), Add(one, sine)))))
	y = Where(large, AddScalar(MulScalar(y, -2), math.Pi/2), y)
	return Where(negative, Neg(y), y)
}

// arccos is 2·asin(√((1−x)/2)) for x > ½, and π/2 − asin(x) elsewhere.
func arccos(x *Node) *Node {
	one := OnesLike(x)
	large := GreaterThan(x, MulScalar(one, .5))
	half := Sqrt(MulScalar(Sub(one, Where(large, x, ZerosLike(x))), .5))
	return Where(large, MulScalar(arcsin(half), 2), AddScalar(Neg(arcsin(Where(large, ZerosLike(x), x))), math.Pi/2))
}

// arsinh is the logarithm of x + √(x²+1), for |x| as log1p(x + x²/(1+√(x²+1))).
func arsinh(x *Node) *Node {
	negative := LessThan(x, ZerosLike(x))
	a := Where(negative, Neg(x), x)
	square := Square(a)
	y := Log1p(Add(a, Div(square, AddScalar(Sqrt(AddScalar(square, 1)), 1))))
	return Where(negative, Neg(y), y)
}

// arcosh is the logarithm of x + √(x²−1).
func arcosh(x *Node) *Node {
	t := AddScalar(x, -1)
	return Log1p(Add(t, Sqrt(Mul(t, AddScalar(x, 1)))))
}

// artanh is ½·log((1+x)/(1−x)).
func artanh(x *Node) *Node {
	return MulScalar(Log1p(Div(MulScalar(x, 2), Sub(OnesLike(x), x))), .5)
}
