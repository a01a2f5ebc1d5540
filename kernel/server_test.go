package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Jupyter says in several ways that another program took the port first.
func TestAPortThatWasTakenIsTriedAgain(t *testing.T) {
	for said, want := range map[string]bool{
		"[W ServerApp] The port 8888 is already in use.\n[C ServerApp] ERROR: the Jupyter server could not be started because no available port could be found.\n": true,
		"[C ServerApp] ERROR: the Jupyter server could not be started because port 8888 is not available.\n":                                                       true,
		"ModuleNotFoundError: No module named 'jupyterlab'\n":                                                                                                      false,
		"": false,
	} {
		log, err := os.Create(filepath.Join(t.TempDir(), "lab.log"))
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		if _, err := log.WriteString(said); err != nil {
			t.Fatal(err)
		}
		if got := portWasTaken(log); got != want {
			t.Errorf("after %q the port counts as taken: %v", said, got)
		}
	}
}
