// Package expect holds checks for the tests of several packages.
package expect

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Main runs the tests of a package. Before that the kernel installs the XLA
// plugin in the cache folder, as a user would, unless the named environment
// variable selects a backend.
func Main(m *testing.M, variable string) {
	if os.Getenv(variable) == "" {
		prepareXLA()
	}
	os.Exit(m.Run())
}

// chosen is the variable that MainInGo has set, or "".
var chosen string

// MainInGo is Main for a package whose tests prove as much on the backend in pure Go, which
// builds small programs ten times as fast as XLA: it selects "go", unless the variable
// selects a backend already. Tests of XLA take it from WithoutChoice.
func MainInGo(m *testing.M, variable string) {
	if os.Getenv(variable) == "" {
		prepareXLA()
		chosen = variable
		os.Setenv(chosen, "go")
	}
	os.Exit(m.Run())
}

// WithoutChoice calls a function in the environment that MainInGo has found, in which a user
// who has not chosen a backend gets XLA. Nothing else may read the environment meanwhile.
func WithoutChoice[T any](start func() (T, error)) (T, error) {
	if chosen != "" {
		os.Unsetenv(chosen)
		defer os.Setenv(chosen, "go")
	}
	return start()
}

func prepareXLA() {
	prepare := exec.Command("go", "run", "github.com/liegg/lab/kernel", "prepare", "xla")
	prepare.Stdout, prepare.Stderr = os.Stderr, os.Stderr
	if err := prepare.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "preparing XLA for the tests:", err)
		os.Exit(1)
	}
}

// Near fails the test unless got and want have the same length and agree to
// within tolerance, relative to the largest number.
func Near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*largest) {
			t.Fatalf("%s: number %d is %g, want %g (largest %g)", what, i, got[i], want[i], largest)
		}
	}
}

// OK unwraps a value, and fails the test on an error.
func OK[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// NoError stops the test on an error.
func NoError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Panic fails unless misuse panics with the words.
func Panic(t *testing.T, words string, misuse func()) {
	t.Helper()
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), words) {
			t.Errorf("the panic does not say %q: %v", words, r)
		}
	}()
	misuse()
}

// Error fails unless err contains each of the words.
func Error(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error does not say %q: %v", w, err)
		}
	}
}

// Stderr returns what a function writes to standard error.
func Stderr(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	before := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = before }()
	f()
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
