package operators

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	own["DepthToSpace"] = depthToSpace
	own["SpaceToDepth"] = spaceToDepth
}

// depthToSpace spreads channels [b·b·c] over blocks of b×b pixels.
func depthToSpace(o *operation) []*Node {
	x, b := o.input(0), o.node.Integer("blocksize", 0)
	n, c, h, w := sizesOfImage(x)
	if b < 1 || c%(b*b) != 0 {
		panic(fmt.Errorf("its blocks of size %d do not fit %d channels", b, c))
	}
	c /= b * b
	if o.node.Word("mode", "DCR") == "CRD" {
		x = TransposeAllAxes(Reshape(x, n, c, b, b, h, w), 0, 1, 4, 2, 5, 3)
	} else {
		x = TransposeAllAxes(Reshape(x, n, b, b, c, h, w), 0, 3, 4, 1, 5, 2)
	}
	return []*Node{Reshape(x, n, c, h*b, w*b)}
}

// spaceToDepth gathers blocks of b×b pixels in channels.
func spaceToDepth(o *operation) []*Node {
	x, b := o.input(0), o.node.Integer("blocksize", 0)
	n, c, h, w := sizesOfImage(x)
	if b < 1 || h%b != 0 || w%b != 0 {
		panic(fmt.Errorf("its blocks of size %d do not fit images of %d×%d", b, h, w))
	}
	x = Reshape(x, n, c, h/b, b, w/b, b)
	if o.node.Word("mode", "DCR") == "CRD" {
		x = TransposeAllAxes(x, 0, 1, 3, 5, 2, 4)
	} else {
		x = TransposeAllAxes(x, 0, 3, 5, 1, 2, 4)
	}
	return []*Node{Reshape(x, n, c*b*b, h/b, w/b)}
}

func sizesOfImage(x *Node) (n, c, h, w int) {
	dims := slices.Clone(x.Shape().Dimensions)
	if len(dims) != 4 {
		panic(fmt.Errorf("its input has %d axes instead of 4", len(dims)))
	}
	return dims[0], dims[1], dims[2], dims[3]
}
