package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// prepared is the real private folder of the user, prepared once, under the
// same lock as everybody else's preparation.
var prepared Paths

func TestMain(m *testing.M) {
	var err error
	if prepared, err = FindPaths(); err == nil {
		err = Prepare(context.Background(), prepared, NewProgress(os.Stderr), UsualSteps, false)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the tests need a prepared kernel:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// noneLeft fails the test if anything matches pattern.
func noneLeft(t *testing.T, pattern string) {
	t.Helper()
	if left, _ := filepath.Glob(pattern); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
