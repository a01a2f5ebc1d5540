package jax

import "fmt"

// String lists the fields.
func (s Settings) String() string { return fmt.Sprintf("Output %q, Budget %d", s.Output, s.Budget) }
