package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/liegg/lab/kernel/internal/cells"
	"github.com/liegg/lab/kernel/internal/wire"
)

// Another user who finds a kernel's port hears nothing.
func TestAnotherUserIsNotServed(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if os.Getuid() != 0 || err != nil {
		t.Skip("only root can become another user, and bash connects")
	}
	c, err := wire.ReadConnection(connectionFile(t))
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	f, err := cells.NewFront(c, c.Behind(t.TempDir()), nil, log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for user, want := range map[uint32]int{0: 64, 65534: 0} {
		knock := exec.Command(bash, "-c", fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d; head -c 64 <&3", c.IOPub))
		knock.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
		knock.Dir = "/"
		heard, err := knock.Output()
		if err != nil || len(heard) != want {
			t.Errorf("user %d heard %d bytes, %v", user, len(heard), err)
		}
	}
	waitUntil(t, "the log tells of the other user", func() bool {
		return strings.Contains(read(t, log.Name()), "iopub: a connection from another user (uid 65534)")
	})
}
