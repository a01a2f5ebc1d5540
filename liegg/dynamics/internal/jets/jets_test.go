package jets

import (
	"maps"
	"testing"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// heat is the space of u(x, t) with its derivatives up to second order.
func heat() *Space { return New([]string{"x", "t"}, []string{"u"}, 2) }

func find(t *testing.T, s *Space, name string) int {
	t.Helper()
	c, err := s.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The prolongations of two symmetries of the heat equation (Olver, "Applications of Lie Groups to
// Differential Equations", 1993, example 2.41): of x ∂/∂x + 2t ∂/∂t and of 2t ∂/∂x − xu ∂/∂u.
func TestProlongations(t *testing.T) {
	s := heat()
	variable := func(name string) monomial.Polynomial { return monomial.Variable(find(t, s, name), s.Size()) }
	sum := func(terms ...monomial.Polynomial) (p monomial.Polynomial) {
		for _, q := range terms {
			p = p.Plus(1, q)
		}
		return p
	}
	times := func(c float64, p monomial.Polynomial) monomial.Polynomial { return monomial.Polynomial{}.Plus(c, p) }
	x, tt, u := variable("x"), variable("t"), variable("u")
	ux, ut, uxx := variable("u_x"), variable("u_t"), variable("u_xx")
	scaling := Field{Ξ: []monomial.Polynomial{x, times(2, tt)}, Φ: []monomial.Polynomial{nil}}
	galilean := Field{Ξ: []monomial.Polynomial{times(2, tt), nil}, Φ: []monomial.Polynomial{times(-1, x.Times(u))}}
	for _, c := range []struct {
		field Field
		name  string
		want  monomial.Polynomial
	}{
		{scaling, "t", times(2, tt)},
		{scaling, "u", nil},
		{scaling, "u_x", times(-1, ux)},
		{scaling, "u_t", times(-2, ut)},
		{scaling, "u_xx", times(-2, uxx)},
		{scaling, "u_xt", times(-3, variable("u_tx"))},
		{galilean, "x", times(2, tt)},
		{galilean, "u_x", times(-1, sum(u, x.Times(ux)))},
		{galilean, "u_t", times(-1, sum(x.Times(ut), times(2, ux)))},
		{galilean, "u_xx", times(-1, sum(times(2, ux), x.Times(uxx)))},
	} {
		if got := s.Velocity(c.field, find(t, s, c.name), map[int]monomial.Polynomial{}); !maps.Equal(got, c.want) {
			t.Errorf("velocity of %s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Coordinates are found whatever the order of derivatives, and what is none is refused.
func TestFind(t *testing.T) {
	s := heat()
	if s.Size() != 8 || s.Name(2) != "u" {
		t.Errorf("%d coordinates, the third is %s", s.Size(), s.Name(2))
	}
	if find(t, s, "u_tx") != find(t, s, "u_xt") {
		t.Error("u_tx is not u_xt")
	}
	for _, name := range []string{"v", "u_y", "w_x"} {
		if c, err := s.Find(name); err == nil {
			t.Errorf("%s is coordinate %d", name, c)
		}
	}
}

// What is a derivative of u_t is known if u_t is.
func TestFollows(t *testing.T) {
	s := heat()
	solved := find(t, s, "u_t")
	for name, want := range map[string]bool{"t": false, "u": false, "u_x": false, "u_xx": false, "u_t": true, "u_xt": true, "u_tt": true} {
		if got := s.Follows(find(t, s, name), solved); got != want {
			t.Errorf("%s follows from u_t: %v", name, got)
		}
	}
}
