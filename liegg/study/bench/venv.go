package bench

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/liegg/lab/liegg/network"
)

//go:embed peers/requirements.txt
var requirements []byte

// PeersPython returns the Python of a virtual environment with PyTorch and
// JAX in the cache folder. It is made at the first call, which downloads some
// 2.5 GB and takes 6 GB.
func PeersPython() (string, error) {
	cache, err := network.CacheFolder()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "bench-peers")
	python, list := filepath.Join(folder, "bin", "python"), filepath.Join(folder, "requirements.txt")
	if had, err := os.ReadFile(list); err == nil && bytes.Equal(had, requirements) {
		return python, nil
	}
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if err := command("python3", "-m", "venv", folder); err != nil {
		return "", fmt.Errorf("bench: cannot make a virtual environment, which needs Python 3.11 or later with its venv module: %w", err)
	}
	aside := list + ".new"
	if err := os.WriteFile(aside, requirements, 0o600); err != nil {
		return "", err
	}
	if err := command(python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", aside); err != nil {
		return "", fmt.Errorf("bench: cannot install PyTorch and JAX: %w", err)
	}
	return python, os.Rename(aside, list) // the list marks the environment as complete
}

func command(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}
