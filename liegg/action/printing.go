package action

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// String returns, for example, "linear maps of R⁵ on 2 vectors, K = 25".
func (v Vectors) String() string {
	kind := "linear"
	if v.affine {
		kind = "affine"
	}
	on := spelling.Count(v.c, "vector")
	if v.directions > 0 {
		on = fmt.Sprintf("%s and %s", spelling.Count(v.pointCount(), "point"), spelling.Count(v.directions, "direction"))
	}
	text := fmt.Sprintf("%s maps of R%s on %s, K = %d", kind, spelling.Superscript(v.n), on, v.Dim())
	if v.inner != nil {
		text += ", velocities measured by an inner product of their own"
	}
	return text
}

// String returns, for example, "linear maps of the plane on images of 28×28
// pixels, K = 4".
func (m Image) String() string {
	kind := "linear"
	if m.affine {
		kind = "affine"
	}
	channels := ""
	if m.layout.count() > 1 {
		channels = fmt.Sprintf(" with %v", m.layout)
	}
	text := fmt.Sprintf("%s maps of the plane on images of %d×%d pixels%s, K = %d", kind, m.sizes[0], m.sizes[1], channels, m.Dim())
	if m.grid.forward {
		text += ", as in the authors' code"
	}
	return text + m.suffix()
}

// suffix says what is around the samples.
func (f framing) suffix() string {
	text := ""
	if f.background != nil {
		text = fmt.Sprintf(", on a background of %.3g", f.background)
	}
	if frame := f.Frame(); frame != "" {
		text += ", " + frame
	}
	return text
}

// String returns, for example, "gl(2) ⋉ R² on samples of 28×28 points with 3
// channels last, K = 6".
func (r Raster) String() string {
	var sizes []string
	for _, size := range r.sizes {
		sizes = append(sizes, fmt.Sprint(size))
	}
	return fmt.Sprintf("%s on samples of %s points with %v, K = %d%s", r.algebra.Name(), strings.Join(sizes, "×"), r.layout, r.Dim(), r.suffix())
}

// String returns, for example, "polynomial fields of degree 2 on 1 point of
// R³, K = 30".
func (p Polynomials) String() string {
	return fmt.Sprintf("polynomial fields of degree %d on %s of R%s, K = %d", p.degree, spelling.Count(p.c, "point"), spelling.Superscript(p.n), p.Dim())
}

// String describes the action on inputs, and how the outputs move.
func (e Equivariance) String() string {
	if e.tied != nil {
		return fmt.Sprintf("%v; outputs move by %v", e.Action, *e.tied)
	}
	var factors []string
	for _, f := range e.factors {
		factors = append(factors, f.String())
	}
	return fmt.Sprintf("%v; outputs move by %s; K = %d in all", e.Action, strings.Join(factors, " and "), e.Dim())
}

// String returns, for example, "gl(3) on 9 outputs".
func (f Factor) String() string {
	return fmt.Sprintf("%s on %s", f.Algebra.Name(), spelling.Count(f.On.Dim(), "output"))
}

// String describes the action and the shape that it sees.
func (p Part) String() string {
	if _, still := p.Action.(stays); still {
		return fmt.Sprintf("%s that stay", spelling.Count(sizeOf(p.Shape), "number"))
	}
	return fmt.Sprintf("%v, in the shape %v", p.Action, p.Shape)
}

// String returns, for example, "numbers 3 to 5".
func (s Span) String() string { return fmt.Sprintf("numbers %d to %d", s.From, s.To-1) }

// String describes the action, the shape that it sees, and where it lies.
func (p Place) String() string { return fmt.Sprintf("%v, on %v", Part{p.Action, p.Shape}, p.Spans) }

// String returns, for example, "so(3) of (linear maps of R³ on 2 vectors, K =
// 9), K = 3".
func (r restriction) String() string {
	return fmt.Sprintf("%s of (%v), K = %d", r.algebra.Name(), r.Action, r.Dim())
}

// String lists the parts.
func (p product) String() string {
	text := fmt.Sprintf("side by side: %s; K = %d in all", p.list(), p.Dim())
	moves := p.Moves()
	if moves == nil {
		return text
	}
	if len(p.blocks) == 1 {
		text = fmt.Sprint(p.blocks[0])
	}
	still := 0
	for _, m := range moves {
		if !m {
			still++
		}
	}
	return fmt.Sprintf("%s; %d of %d numbers stay", text, still, p.size)
}

// String lists the parts.
func (t together) String() string {
	return fmt.Sprintf("on the same inputs: %s; K = %d in all", t.list(), t.Dim())
}

// list merges runs of equal parts.
func (b blocks) list() string {
	var parts []string
	for i := 0; i < len(b); {
		text, run := fmt.Sprint(b[i]), 1
		for i+run < len(b) && fmt.Sprint(b[i+run]) == text {
			run++
		}
		i += run
		if run > 1 {
			text = fmt.Sprintf("%d times %s", run, text)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// String returns the number of orbits, and how many of them have stopped.
func (o *Orbits) String() string {
	return fmt.Sprintf("%s along a field, %.0f %% of them stopped at the edge of the data's range", spelling.Count(len(o.orbits), "orbit"), 100*o.Stopped())
}

// commas returns, for example, "3, 32, 32".
func commas(sizes []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(sizes), " ", ", "), "[]")
}
