package judge

import (
	"fmt"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

var outputKinds = []string{"invariant", "same", "tensor", "free"}

// mostFree bounds the number of outputs that may transform in any way, because that adds m²
// candidates.
const mostFree = 30

// withOutputs joins the action on inputs with the one on m outputs that a flag names.
func withOutputs(a action.Action, kind string, m int) (action.Action, error) {
	if kind == "" || kind == "invariant" {
		return a, nil
	}
	if kind == "free" {
		if m > mostFree {
			return nil, fmt.Errorf("--outputs free has %d×%d candidates for %d outputs: it is for %d outputs at most", m, m, m, mostFree)
		}
		return action.Covariant(a, action.Unknown(m)), nil
	}
	n, err := turned(a)
	if err != nil {
		return nil, fmt.Errorf("--outputs %s: %w", kind, err)
	}
	per := n
	if kind == "tensor" {
		per = n * n
	}
	if m%per != 0 {
		return nil, fmt.Errorf("--outputs %s: the network has %d outputs, which is not a multiple of %d: outputs of %v transform like that in sets of %d; choose invariant or free", kind, m, per, a, per)
	}
	r := lie.Standard(n)
	if kind == "tensor" {
		r = lie.Tensor(r, r)
	}
	if m > per {
		r = lie.Copies(r, m/per)
	}
	return action.Equivariant(a, r), nil
}

// turned returns the number of axes that the matrices of an action turn.
func turned(a action.Action) (int, error) {
	n := action.GeneratorSize(a)
	m, ok := a.(interface{ Homogeneous() bool })
	if ok && m.Homogeneous() {
		return n - 1, nil
	}
	if _, lifted := a.(action.Polynomials); lifted {
		return 0, fmt.Errorf("polynomial fields have no matrix that could move the outputs: choose invariant or free")
	}
	return n, nil
}
