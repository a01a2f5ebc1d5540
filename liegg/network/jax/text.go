package jax

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// argument is an argument of the function of a call, together with the part of it that
// belongs to a chunk. Weights have no parts.
type argument struct {
	name, part       string
	shape, partShape shapes.Shape
}

func (c call) arguments() []argument {
	var arguments []argument
	for i, input := range c.inputs() {
		a := argument{name: fmt.Sprintf("%%given%d", i), shape: input.Shape()}
		a.part, a.partShape = a.name, a.shape
		if i >= len(c.weights) {
			a.part, a.partShape = fmt.Sprintf("%%part%d", i), a.shape.Clone()
			a.partShape.Dimensions[0] = c.chunk
		}
		arguments = append(arguments, a)
	}
	return arguments
}

// text returns a function, from its name on, that runs the program on one chunk after the
// other.
func (c call) text() string {
	arguments := c.arguments()
	var slices strings.Builder
	for _, a := range arguments[len(c.weights):] {
		fmt.Fprintf(&slices, "    %s = \"stablehlo.dynamic_slice\"(%s, %s) <{slice_sizes = array<i64: %s>}> : (%s, %s) -> %s\n",
			a.part, a.name, starts(a.shape), strings.Join(words(a.partShape.Dimensions), ", "), mlir(a.shape), indices(a.shape), mlir(a.partShape))
	}
	body := loop
	if c.chunks() == 1 {
		body = once
	}
	whole, part := c.of(c.chunks()*c.chunk), c.of(c.chunk)
	return strings.NewReplacer(
		"SYMBOL", c.symbol(),
		"PARAMETERS", each(arguments, func(a argument) string { return a.name + ": " + mlir(a.shape) }),
		"GIVEN", each(arguments, func(a argument) string { return a.name }),
		"SLICES", slices.String(),
		"PARTS", each(arguments, func(a argument) string { return a.part }),
		"TYPES", each(arguments, func(a argument) string { return mlir(a.partShape) }),
		"PROGRAM", c.network.prefix(c.program)+"main",
		"SIZE", fmt.Sprint(c.chunk),
		"END", fmt.Sprint(whole.Dim(0)),
		"WHOLE", mlir(whole),
		"PART", mlir(part),
		"STARTS", starts(whole),
		"INDICES", indices(whole),
	).Replace(body)
}

const (
	once = `SYMBOL(PARAMETERS) -> WHOLE {
  %y = "func.call"(GIVEN) <{callee = @PROGRAM}> : (TYPES) -> WHOLE
  "func.return"(%y) : (WHOLE) -> ()
}`
	loop = `SYMBOL(PARAMETERS) -> WHOLE {
  %zero = "stablehlo.constant"() <{value = dense<0> : tensor<i32>}> : () -> tensor<i32>
  %size = "stablehlo.constant"() <{value = dense<SIZE> : tensor<i32>}> : () -> tensor<i32>
  %end = "stablehlo.constant"() <{value = dense<END> : tensor<i32>}> : () -> tensor<i32>
  %empty = "stablehlo.constant"() <{value = dense<0.0> : WHOLE}> : () -> WHOLE
  %all:2 = "stablehlo.while"(%zero, %empty) ({
  ^bb0(%i: tensor<i32>, %y: WHOLE):
    %more = "stablehlo.compare"(%i, %end) <{comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<i32>, tensor<i32>) -> tensor<i1>
    "stablehlo.return"(%more) : (tensor<i1>) -> ()
  }, {
  ^bb0(%i: tensor<i32>, %y: WHOLE):
SLICES    %part = "func.call"(PARTS) <{callee = @PROGRAM}> : (TYPES) -> PART
    %next = "stablehlo.dynamic_update_slice"(%y, %part, STARTS) : (WHOLE, PART, INDICES) -> WHOLE
    %j = "stablehlo.add"(%i, %size) : (tensor<i32>, tensor<i32>) -> tensor<i32>
    "stablehlo.return"(%j, %next) : (tensor<i32>, WHOLE) -> ()
  }) : (tensor<i32>, WHOLE) -> (tensor<i32>, WHOLE)
  "func.return"(%all#1) : (WHOLE) -> ()
}`
)

// elements are the types of numbers in MLIR.
var elements = map[dtypes.DType]string{dtypes.Float32: "f32", dtypes.Float64: "f64", dtypes.Bool: "i1",
	dtypes.Int8: "i8", dtypes.Int16: "i16", dtypes.Int32: "i32", dtypes.Int64: "i64",
	dtypes.Uint8: "ui8", dtypes.Uint16: "ui16", dtypes.Uint32: "ui32", dtypes.Uint64: "ui64"}

// mlir returns the type of a tensor in MLIR.
func mlir(s shapes.Shape) string {
	return "tensor<" + strings.Join(append(words(s.Dimensions), elements[s.DType]), "x") + ">"
}

// starts returns where a slice begins: at sample i, and at 0 on the other axes. indices
// returns the types of these indices.
func starts(s shapes.Shape) string { return "%i" + strings.Repeat(", %zero", s.Rank()-1) }

func indices(s shapes.Shape) string {
	return "tensor<i32>" + strings.Repeat(", tensor<i32>", s.Rank()-1)
}

func words(numbers []int) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = fmt.Sprint(n)
	}
	return list
}

func each(arguments []argument, say func(argument) string) string {
	list := make([]string, len(arguments))
	for i, a := range arguments {
		list[i] = say(a)
	}
	return strings.Join(list, ", ")
}
