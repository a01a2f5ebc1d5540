package classification

import "testing"

func TestSemidirectNames(t *testing.T) {
	for _, c := range []struct {
		l    string
		m    int
		want string
	}{
		{"so(3)", 3, "se(3)"},
		{"so(2) ⊕ so(2)", 4, "se(2) ⊕ se(2)"},
		{"so(2)", 3, "so(2) ⋉ R³"}, // a plane and a line that hardly stays: more than se(2)
		{"so(1,1)", 2, "se(1,1)"},
		{"so(1,3)", 4, "iso(1,3)"},
		{"gl(2,R)", 2, "aff(2)"},
		{"so(2) ⊕ scaling", 2, "(so(2) ⊕ scaling) ⋉ R²"},
		{"shear", 2, ""},
	} {
		if got := semidirectName(c.l, c.m); got != c.want {
			t.Errorf("%s on R^%d: %q, want %q", c.l, c.m, got, c.want)
		}
	}
}
