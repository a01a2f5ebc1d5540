package cells

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

// prepared is the real private folder of the user, prepared once, under the
// same lock as everybody else's preparation.
var prepared setup.Paths

func TestMain(m *testing.M) {
	var err error
	if prepared, err = setup.FindPaths(); err == nil {
		err = setup.Prepare(context.Background(), prepared, setup.NewProgress(os.Stderr), setup.UsualSteps, false)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the tests need a prepared kernel:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
