//go:build !linux

package system

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// DieWithParent does nothing: only Linux offers it.
func DieWithParent(*syscall.SysProcAttr) {}

// processName returns the name of a running program, "" if there is none.
func processName(pid int) string {
	name, _ := exec.Command("ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	return filepath.Base(strings.TrimSpace(string(name)))
}

// ProcessesIn returns the processes whose command line names dir: the cells'
// programs and the language servers of a kernel.
func ProcessesIn(dir string) (pids []int) {
	listing, _ := exec.Command("ps", "-axo", "pid=,command=").Output()
	for line := range strings.Lines(string(listing)) {
		fields := strings.Fields(line)
		if len(fields) > 1 && strings.Contains(line, dir) {
			if pid, err := strconv.Atoi(fields[0]); err == nil && pid != os.Getpid() {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
