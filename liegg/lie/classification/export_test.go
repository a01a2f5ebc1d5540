package classification

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
	"github.com/liegg/lab/liegg/lie/internal/flags"
)

// Claim is a chain of ideals that was asked of an algebra.
type Claim struct {
	Dims        []int   // of the ideals
	Steps       int     // until settle ended
	Moved, Left float64 // as settle returns them
}

// Claims settles the algebra a, which is closed, to each chain of ideals that it has
// within the angle error, as refine does, and gives up beyond the reach.
func Claims(a lie.Algebra, angle, reach float64) []Claim {
	var out []Claim
	for c := range chains(lie.Structure(a), angle) {
		if c.dims[0] == 0 {
			continue
		}
		counter := &counting{Brackets: ambientOf(a)}
		var v mat.Dense
		v.Mul(ambientOf(a).coordinates(a), c.basis)
		f := c.flag(counter, dense.Completed(&v), a.Dim())
		moved, left := f.Settle(reach)
		out = append(out, Claim{c.dims, counter.steps, moved, left})
	}
	return out
}

// counting counts how often brackets are worked out: once in each step.
type counting struct {
	flags.Brackets
	steps int
}

func (c *counting) Adjoints(o *mat.Dense, d int) []*mat.Dense {
	c.steps++
	return c.Brackets.Adjoints(o, d)
}
