package sweep

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

// On a full disk a row is not written at all, existing rows stay intact, and the table continues once
// there is room. A limit on the size of files simulates the full disk, since it also truncates writes.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	table := open(t, path, tiny())
	if err := table.Append(table.jobs[0].Failed("for a test")...); err != nil {
		t.Fatal(err)
	}
	before := ok(os.ReadFile(path))(t)

	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	full := limit
	full.Cur = uint64(len(before)) + 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	err := table.Append(table.jobs[1].Failed("for a test")...)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	expect.Error(t, err, "1 rows", "safe", "make room")
	if after := ok(os.ReadFile(path))(t); string(after) != string(before) {
		t.Errorf("the file has changed: %q", after[len(before):])
	}
	if err := table.Append(table.jobs[1].Failed("for a test")...); err != nil || table.Len() != 2 {
		t.Errorf("with room again: %v, %d rows", err, table.Len())
	}
}
