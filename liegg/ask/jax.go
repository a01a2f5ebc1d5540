package ask

import (
	"cmp"
	"strings"

	"github.com/liegg/lab/liegg/network/jax"
)

// openJAX reads a network that liegg_export.py wrote from JAX, with its inputs.
func (s *Subject) openJAX() (err error) {
	q := s.question
	if s.network, err = jax.Load(q.Model, jax.Settings{Output: cmp.Or(q.Output, q.Layer)}); err != nil {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.Output")}
	}
	x, err := s.input("")
	if err != nil {
		return err
	}
	dtype, _ := typeOf(s.network)
	return s.take(x, dtype)
}
