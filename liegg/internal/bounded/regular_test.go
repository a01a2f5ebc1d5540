//go:build unix

package bounded

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestOpenTakesRegularFilesOnly(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "socket")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for path, kind := range map[string]string{pipe: "a pipe", socket: "a socket", t.TempDir(): "a folder", os.DevNull: "a device"} {
		_, _, err := Open(path)
		expect.Error(t, err, path, kind, "only regular files")
	}
}
