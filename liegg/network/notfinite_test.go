package network

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// aboveOne is log(‖x‖² − 1), NaN within the unit ball, where its derivative is finite.
func aboveOne(x *Node) *Node { return Log(AddScalar(ReduceSum(Square(x), -1), -1)) }
