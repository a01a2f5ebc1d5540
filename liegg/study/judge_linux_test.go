package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/liegg/lab/liegg/study/queue/queuetest"
)

// asksOn runs the command judge as a process. What it answers is in the file of the name.
func (f folder) asksOn(name string, args ...string) (*os.Process, func() error) {
	f.Helper()
	return study(f.T, f.at(name+".log"), append([]string{"judge", f.at("x.npz"), "--action", "affine:3x1", "--report", f.at(name)}, args...)...)
}

// The same question in one process, in three shards, and through a server with two workers,
// one of which is killed: the same bits.
func TestJudgedHoweverItIsSpread(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f := folder{t, t.TempDir()}
	t.Setenv("LIEGG_CACHE", f.at("cache"))
	gradientsFile(t, f.at("x.npz"), 9000)
	_, wait := f.asksOn("one.json")
	f.do(wait, "one.json")

	merge := []string{"merge", "--report", f.at("merged.json")}
	for i := range 3 {
		share := f.at(fmt.Sprint("share", i))
		_, wait := study(t, share+".log", "judge", f.at("x.npz"), "--action", "affine:3x1", "--shard", fmt.Sprintf("%d/3", i+1), "-o", share)
		f.do(wait, fmt.Sprint("share", i))
		merge = append(merge, share)
	}
	_, wait = study(t, f.at("merged.json.log"), merge...)
	f.do(wait, "merged.json")

	c := queuetest.NewCluster(t, queuetest.Machine{})
	first, gone := study(t, f.at("worker0.log"), append([]string{"worker"}, placeFlagsOf(c, "127.0.0.1")...)...)
	study(t, f.at("worker1.log"), append([]string{"worker"}, placeFlagsOf(c, "127.0.0.2")...)...)
	_, wait = f.asksOn("nats.json", placeFlagsOf(c, "127.0.0.1")...)
	queuetest.Eventually(t, 30*time.Second, "a share is done", func() bool {
		done, _ := filepath.Glob(f.at("cache/judge/*/*-of-*"))
		return len(done) > 0
	})
	first.Signal(syscall.SIGKILL)
	gone()
	f.do(wait, "nats.json")
	if left, _ := filepath.Glob(f.at("cache/judge/*")); len(left) > 0 {
		t.Errorf("%v are left", left)
	}

	want, err := os.ReadFile(f.at("one.json"))
	if err != nil || !strings.Contains(string(want), `"algebra": "so(3)"`) {
		t.Fatalf("%v\n%s", err, want)
	}
	for _, name := range []string{"merged.json", "nats.json"} {
		if got, err := os.ReadFile(f.at(name)); err != nil || untitled(string(got)) != untitled(string(want)) {
			t.Errorf("%s: %v\n%s\nin one process\n%s", name, err, got, want)
		}
	}
}

// Ctrl-C ends the command at once, with status 1. It leaves nothing but shares that are done,
// from which the same command goes on.
func TestJudgeInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f := folder{t, t.TempDir()}
	t.Setenv("LIEGG_CACHE", f.at("cache"))
	gradientsFile(t, f.at("x.npz"), 60000)
	process, wait := f.asksOn("page.html", "--batch", "1")
	queuetest.Eventually(t, 30*time.Second, "it has begun, and takes far longer", func() bool {
		return strings.Contains(f.log("page.html"), "60000 samples")
	})
	process.Signal(syscall.SIGINT)
	if err := wait(); err == nil || !strings.Contains(err.Error(), "exit status 1") || !strings.Contains(f.log("page.html"), "stopped: nothing was written") {
		t.Errorf("%v\n%s", err, f.log("page.html"))
	}
	if left, _ := filepath.Glob(f.at("*page*")); len(left) != 1 { // the log
		t.Errorf("%v are left", left)
	}
}
