package queue

import (
	"os/exec"
	"strings"
	"testing"
)

// The server is large: nothing that a notebook's cell may link stands on it.
func TestOnlyTheStudyStandsOnTheQueue(t *testing.T) {
	const module = "github.com/liegg/lab/"
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(line, " ")
		uses := strings.Contains(imports, "github.com/nats-io/") || strings.Contains(imports, module+"liegg/study/queue")
		if uses && name != module+"liegg/study" && !strings.HasPrefix(name, module+"liegg/study/queue") {
			t.Errorf("%s stands on the queue: cells that link it get a server with it", name)
		}
	}
	if !strings.Contains(string(out), module+"liegg/study/queue ") {
		t.Errorf("the list does not name this package:\n%s", out)
	}
}
