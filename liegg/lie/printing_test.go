package lie

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	so3 := SO(3)
	form := InvariantForms(so3, 0)
	representatives := expect.OK(ComponentRepresentatives(form[0].Q))(t)
	rotation := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	compact := CompactOf(rotation, 0)
	identity := expect.OK(Identify(so3, 0))(t)
	settings := HaarSettings{}
	rule := expect.OK(Haar(so3, 0, settings))(t)
	content := expect.OK(Irreps(so3.Basis(), so3.Basis(), nil))(t)
	expect.Printed(t, []any{
		rule, rule.Nodes[1], expect.OK(rule.Isotypic(1))(t)[1], settings, content, content.Parts[0],
		so3, compact, representatives[0], identity.Fingerprint, form[0], compact.Frequencies[0], identity,
		Tensor(Standard(3), Standard(3)), form[0].Signature, Structure(so3),
	})
	text := Structure(so3).String()
	if !strings.Contains(text, "[E₁,E₂] = ") || strings.Count(text, "\n") != 3 {
		t.Errorf("so(3) has three brackets:\n%s", text)
	}
	if text := Structure(Trivial(2)).String(); !strings.Contains(text, "all zero") {
		t.Errorf("%s", text)
	}
}
