package queue

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	s, begun := quiet(t, 2), sheet(t.TempDir())
	if err := syscall.Mount("tmpfs", s.Folder, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("NOT TESTED: a full disk takes the right to mount one: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(s.Folder, 0) })
	jobs := begun.jobs("job", 20, order{})
	results := map[string]Result{}

	fill(t, s.Folder)
	err := Run(t.Context(), s, jobs, once(results))
	if err == nil || !strings.Contains(err.Error(), "storage") && !strings.Contains(err.Error(), "no space left") {
		t.Errorf("full from the start: %v", err)
	}
	os.Remove(filepath.Join(s.Folder, "fill"))

	err = Run(t.Context(), s, jobs, func(r Result) error {
		if len(results) == 5 {
			fill(t, s.Folder)
		}
		return once(results)(r)
	})
	if len(results) < len(jobs) && (err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "make room")) {
		t.Errorf("full in between, after %d results: %v", len(results), err)
	}
	os.Remove(filepath.Join(s.Folder, "fill"))

	var rest []Job
	for _, job := range jobs {
		if results[job.ID].ID == "" {
			rest = append(rest, job)
		}
	}
	if err := Run(t.Context(), s, rest, once(results)); err != nil {
		t.Fatal(err)
	}
	all(t, jobs, results)
}

// fill leaves no room on the disk of a folder.
func fill(t *testing.T, folder string) {
	f, err := os.Create(filepath.Join(folder, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, err := f.Write(make([]byte, 4096)); err == nil; _, err = f.Write(make([]byte, 4096)) {
	}
}
