package system

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// DieWithParent arranges for the child to get SIGTERM when this process dies,
// however it dies.
func DieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }

// processName returns the name of a running program, "" if there is none.
func processName(pid int) string {
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return string(bytes.TrimSpace(name))
}

// ProcessesIn returns the processes whose TMPDIR is dir: a kernel with all
// its descendants. A recycled process ID cannot be mistaken for one.
func ProcessesIn(dir string) (pids []int) {
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	want := []byte("TMPDIR=" + dir)
	for _, path := range paths {
		env, err := os.ReadFile(path)
		if err != nil {
			continue // ended meanwhile, or another user's
		}
		for entry := range bytes.SplitSeq(env, []byte{0}) {
			if bytes.Equal(entry, want) {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
