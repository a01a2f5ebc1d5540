package judge

import (
	"cmp"
	"strings"

	"github.com/liegg/lab/liegg/network/jax"
)

// openJAX reads a network that liegg_export.py wrote from JAX, with its inputs.
func (s *Subject) openJAX() (err error) {
	q := s.question
	if s.network, err = jax.Load(q.Model, jax.Settings{Output: cmp.Or(q.Output, q.Layer)}); err != nil {
		return flagError{err, strings.NewReplacer("Settings.Output", "--output")}
	}
	x, err := s.input("")
	if err != nil {
		return err
	}
	return s.take(x, typeOf(s.network))
}
