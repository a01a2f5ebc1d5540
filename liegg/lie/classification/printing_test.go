package classification_test

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	form := classification.InvariantForms(lie.SO(3), 0)[0]
	identity := expect.OK(classification.Identify(lie.SO(3), 0))(t)
	expect.Printed(t, []any{identity, identity.Fingerprint, form, form.Signature})
}
