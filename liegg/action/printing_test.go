package action

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/polynomial"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	linear := Linear(3, 2)
	fields := Polynomial(2, 1, 2)
	h := fields.Generator([]float64{1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0})
	field := fields.Field(h)
	orbits := NewOrbits(fields, make([]float64, 12), []float64{1, 2}, []float64{1, 2}, 2)
	whitened := linear
	whitened.inner = mat.NewSymDense(3, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1})
	tied := Equivariant(Linear(3, 2), rep.Standard(3))
	expect.Printed(t, []any{
		linear, Affine(3, 4), whitened, ImageLinear(28, 28), ImageAuthors(28, 28), SignalAffine(100), fields, field, polynomial.Fields{field, field},
		polynomial.Closure{Brackets: 3, Degree: 2}, tied, Covariant(Linear(3, 2), Left(3, 3), Right(3, 3)), Unknown(3), Part{linear, []int{6}}, orbits,
		Restricted(linear, lie.SO(3)), ComplexLinear(2, 1), Restricted(ImageAffine(9, 9), lie.SpanAffine("rotations", ImageAffine(9, 9).Generator([]float64{0, -1, 0, 1, 0, 0}))),
		Product(Part{linear, []int{6}}, Part{Linear(1, 4), []int{4}}), Separate(ImageLinear(9, 9), []int{9, 9}, 3),
		Together(ImageAffine(9, 9), Affine(1, 81)),
		Still(4), Span{3, 6}, Place{linear, []int{6}, []Span{{0, 6}}}, Affine(3, 2).WithDirections(1),
		ChannelsFirst(3), ImageAffine(9, 9, ChannelsLast(3)).Framed(Disc), Reflection, ImageProjective(9, 9).WithBackground(.5), Onto(ImageAffine(9, 9), ImageAffine(5, 5)),
	})
	for want, a := range map[string]Action{
		"linear maps of R³ on 2 vectors, K = 9":                     linear,
		"affine maps of the plane on images of 28×28 pixels, K = 6": ImageAffine(28, 28),
		"affine maps of the plane on images of 32×30 pixels with 3 channels first, K = 6, on a background of [1 2 3], seen through a disc, continued by reflection": ImageAffine(32, 30, ChannelsFirst(3)).WithBackground(1, 2, 3).Framed(Disc),
		"affine maps of R³ on 2 points and 1 direction, K = 12; 1 of 10 numbers stay":                                                                               Partial(10, Place{Affine(3, 2).WithDirections(1), []int{9}, []Span{{0, 6}, {7, 10}}}),
		"side by side: 3 times linear maps of R² on 1 vector, K = 4; K = 12 in all":                                                                                 Separate(Linear(2, 1), []int{2}, 3),
		"linear maps of R³ on 2 vectors, K = 9; outputs move by R³: 3×3 to 3×3 matrices":                                                                            tied,
		"linear maps of R³ on 2 vectors, K = 9; outputs move by gl(3) on 9 outputs and gl(3) on 9 outputs; K = 27 in all":                                           Covariant(linear, Left(3, 3), Right(3, 3)),
	} {
		if got := a.(interface{ String() string }).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
