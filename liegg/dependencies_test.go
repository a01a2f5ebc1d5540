package liegg_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Gradients from anywhere can be judged: these packages need no framework.
func TestStandsWithoutGoMLX(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/liegg/lab/liegg", "github.com/liegg/lab/liegg/lie").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dependency := range strings.Lines(string(out)) {
		if strings.Contains(dependency, "gomlx") {
			t.Errorf("liegg or lie depends on %s", dependency)
		}
	}
}
