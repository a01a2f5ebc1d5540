// Package graphpanic turns the panics of graph code into errors: GoMLX, and models built
// with it, report what is wrong with a graph by panicking.
package graphpanic

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/internal/devicefault"
)

// Catch is to be deferred. It turns a panic of graph code into the function's error.
func Catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		if devicefault.Full(r) || devicefault.Lost(r) { // when numbers are read, for instance
			*err = devicefault.Explained(r)
			return
		}
		*err = fmt.Errorf("network: the model's graph cannot be built: %w", r)
	default:
		*err = fmt.Errorf("network: the model's graph cannot be built: %v", r)
	}
}

// WithError is to be deferred in graph code that GoMLX calls. It turns a panic with any
// value into one with an error: GoMLX recovers from those in order, and keeps a lock
// forever after others.
func WithError() {
	if r := recover(); r != nil {
		if err, ok := r.(error); ok {
			panic(err)
		}
		panic(fmt.Errorf("%v", r))
	}
}

// graphError is an error of graph code in the words of the code alone.
type graphError struct {
	text string
	err  error
}

func (e *graphError) Error() string { return e.text }
func (e *graphError) Unwrap() error { return e.err }

// Cause leaves out of an error's text what GoMLX puts before the words of graph
// code that panicked: the names of its own executors.
func Cause(err error) error {
	const before = "panicked: "
	text := err.Error()
	if i := strings.LastIndex(text, before); i >= 0 {
		text = text[i+len(before):]
	}
	return &graphError{strings.TrimPrefix(text, "network: "), err}
}
