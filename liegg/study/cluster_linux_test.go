package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/study/queue/queuetest"
	"github.com/liegg/lab/liegg/study/sweep"
)

// asCommand makes the test's own program run as the command.
const asCommand = "LIEGG_TEST_STUDY"

// TestMain lets the test's own program be the command, with the workers that it
// starts. Tests choose the backend in pure Go: they train many tiny networks.
func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	expect.MainInGo(m, network.BackendVariable)
}

// onXLA runs the command as a process that has XLA, if this machine has it.
func onXLA(t *testing.T, args ...string) (said string, err error) {
	t.Helper()
	cmd := exec.Command(expect.OK(os.Executable())(t), args...)
	environment := expect.OK(expect.WithoutChoice(func() ([]string, error) { return os.Environ(), nil }))(t)
	cmd.Env = append(environment, asCommand+"=1")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// A well trained network has the task's three generators; that is a row's meaning.
func TestARowTellsTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f := folder{t, t.TempDir()}
	f.write("deep.json", `{"tasks": ["sl2"], "samples": [10000], "widths": [64], "depths": [3], "bias": true,
		"seeds": 2, "steps": 3000, "batch": 256, "cosine": true, "judge": 10000}`)
	if said, err := onXLA(t, "sweep", f.at("deep.json"), "-o", f.at("rows.csv"), "--plain"); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	_, rows, err := sweep.Read(f.at("rows.csv"))
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, r := range rows {
		if r.Failed != "" || r.Answer != "symmetric" || r.Dim != 3 || r.Algebra != "sl(2,R)" || !(r.Fit > .97 && r.Angle < 3 && r.Defect < r.Next/5) {
			t.Errorf("%s", sweep.Encode(r))
		}
	}
}

// study starts the command as a process on the Go backend, on which tiny networks need no compiling. Its
// output goes to the file log.
func study(t *testing.T, log string, args ...string) (process *os.Process, wait func() error) {
	t.Helper()
	return studyOn(t, queuetest.Machine{}, log, args...)
}

// studyOn is study on another machine.
func studyOn(t *testing.T, m queuetest.Machine, log string, args ...string) (process *os.Process, wait func() error) {
	t.Helper()
	cmd := m.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", network.BackendVariable+"=go")
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	return queuetest.Begin(t, cmd)
}

// folder holds the tables of a test, and the file of a sweep.
type folder struct {
	*testing.T
	path string
}

// newFolder has a sweep of some networks that train in no time.
func newFolder(t *testing.T, seeds int) folder {
	f := folder{t, t.TempDir()}
	f.write("tiny.json", fmt.Sprintf(`{"tasks": ["sl2"], "samples": [200], "widths": [8], "depths": [1, 2], "bias": true,
		"seeds": %d, "steps": 20, "batch": 100, "judge": 400, "together": 1}`, seeds))
	return f
}

func (f folder) at(name string) string { return filepath.Join(f.path, name) }

func (f folder) write(name, text string) {
	f.Helper()
	if err := os.WriteFile(f.at(name), []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
}

// sweep begins the sweep to a table.
func (f folder) sweep(table string, args ...string) (*os.Process, func() error) {
	f.Helper()
	return f.sweepOn(queuetest.Machine{}, table, args...)
}

// sweepOn is sweep on another machine.
func (f folder) sweepOn(m queuetest.Machine, table string, args ...string) (*os.Process, func() error) {
	f.Helper()
	return studyOn(f.T, m, f.at(table+".log"), append([]string{"sweep", f.at("tiny.json"), "-o", f.at(table)}, args...)...)
}

// do does the command to its end.
func (f folder) do(wait func() error, table string) {
	f.Helper()
	if err := wait(); err != nil {
		f.Fatalf("%s: %v\n%s", table, err, f.log(table))
	}
}

func (f folder) log(table string) string {
	text, _ := os.ReadFile(f.at(table + ".log"))
	return string(text)
}

// lines counts the complete lines of a table; the first two are its head.
func (f folder) lines(table string) int {
	text, _ := os.ReadFile(f.at(table))
	return strings.Count(string(text), "\n")
}

// rows returns the rows of a table as they are written, without their seconds.
func (f folder) rows(table string) map[string]string {
	f.Helper()
	_, rows, err := sweep.Read(f.at(table))
	if err != nil {
		f.Fatal(err)
	}
	if lines := f.lines(table); lines != len(rows)+2 {
		f.Errorf("%s: %d lines for %d rows: some are there twice", table, lines, len(rows))
	}
	all := map[string]string{}
	for _, r := range rows {
		r.Seconds = 0
		all[r.Key] = string(sweep.Encode(r))
		if r.Failed != "" {
			f.Errorf("%s: %s", table, all[r.Key])
		}
	}
	return all
}

// alike compares tables.
func (f folder) alike(table, other string, want int) {
	f.Helper()
	a, b := f.rows(table), f.rows(other)
	if len(a) != want || len(b) != want {
		f.Errorf("%s has %d rows, %s %d, want %d", table, len(a), other, len(b), want)
	}
	for key, row := range a {
		if b[key] != row {
			f.Errorf("%s:\n%s%s:\n%s", table, row, other, b[key])
		}
	}
}

// placeFlagsOf are the flags of a server that is reached by an address.
func placeFlagsOf(c *queuetest.Cluster, host string) []string {
	return []string{"--nats", c.URL(host), "--creds", c.Creds(), "--ca", c.CA()}
}

// children are the processes that a process has started and that have not ended.
func children(parent int) (pids []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		_, after, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(after); len(f) > 1 && f[1] == strconv.Itoa(parent) && f[0] != "Z" {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// The same sweep in one process, through the embedded queue, as three shards, and
// through a server that others run, with TLS and two workers that reach it by two
// addresses: the same rows up to order and seconds.
func TestHoweverItIsSpread(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f := newFolder(t, 3)
	_, wait := f.sweep("plain.csv", "--plain")
	f.do(wait, "plain.csv")

	_, wait = f.sweep("queue.csv", "--workers", "2")
	f.do(wait, "queue.csv")
	f.alike("queue.csv", "plain.csv", 6)
	if left, _ := filepath.Glob(f.at("queue.csv.*")); len(left) != 1 { // the log
		t.Errorf("%v are left", left)
	}

	merge := []string{"merge", "-o", f.at("merged.csv")}
	for i := range 3 {
		name := fmt.Sprintf("%d.csv", i+1)
		_, wait := f.sweep(name, "--shard", fmt.Sprintf("%d/3", i+1))
		f.do(wait, name)
		merge = append(merge, f.at(name))
	}
	_, wait = study(t, f.at("merged.csv.log"), merge...)
	f.do(wait, "merged.csv")
	f.alike("merged.csv", "plain.csv", 6)

	c := queuetest.NewCluster(t, queuetest.Machine{})
	for _, host := range []string{"127.0.0.1", "127.0.0.2"} {
		study(t, f.at(host+".log"), append([]string{"worker"}, placeFlagsOf(c, host)...)...)
	}
	_, wait = f.sweep("nats.csv", placeFlagsOf(c, "127.0.0.1")...)
	f.do(wait, "nats.csv")
	f.alike("nats.csv", "plain.csv", 6)
}

// kill -9 of a worker, then of the process that feeds the queue: nobody is left, and
// the same command ends with each row once, as if nothing had happened.
func TestKilledInMidSweep(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const seeds = 12
	f := newFolder(t, seeds)
	feeder, wait := f.sweep("killed.csv", "--workers", "2")
	done := func(rows int) func() bool { return func() bool { return f.lines("killed.csv") >= rows+2 } }
	queuetest.Eventually(t, 30*time.Second, "rows are written", done(2))
	workers := children(feeder.Pid)
	if len(workers) != 2 {
		t.Fatalf("the workers are %v\n%s", workers, f.log("killed.csv"))
	}
	syscall.Kill(workers[0], syscall.SIGKILL)
	queuetest.Eventually(t, 30*time.Second, "another worker is started", func() bool {
		workers = children(feeder.Pid)
		return strings.Contains(f.log("killed.csv"), "started again") && len(workers) == 2
	})
	before := f.lines("killed.csv") - 2
	queuetest.Eventually(t, 30*time.Second, "more rows are written", done(before+1))
	workers = append(workers, children(feeder.Pid)...)
	feeder.Kill()
	wait()
	if n := f.lines("killed.csv") - 2; n >= 2*seeds {
		t.Fatalf("all %d rows were there before the kill, so that the test shows nothing", n)
	}
	queuetest.Eventually(t, 10*time.Second, "the workers have ended", func() bool {
		for _, pid := range workers {
			if queuetest.Alive(pid) {
				return false
			}
		}
		return true
	})
	_, wait = f.sweep("killed.csv", "--workers", "2")
	f.do(wait, "killed.csv")
	_, wait = f.sweep("plain.csv", "--plain")
	f.do(wait, "plain.csv")
	f.alike("killed.csv", "plain.csv", 2*seeds)
}

// What is wrong with a server or a sweep is said soon, and nothing is lost.
func TestSweepsThatCannotBe(t *testing.T) {
	f := newFolder(t, 1)
	f.write("unknown.json", `{"tasks": ["sl2"], "widht": [8]}`)
	f.write("wrong.creds", "no credentials")
	c := queuetest.NewCluster(t, queuetest.Machine{})
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	stranger := c.NewCreds(t, "stranger.creds", account, nil)
	tiny, worker := "sweep "+f.at("tiny.json")+" ", "worker "
	at := "--nats " + c.URL("127.0.0.1") + " --ca " + c.CA()
	for args, want := range map[string]string{
		tiny + at: "name a credentials file",
		tiny + at + " --creds " + f.at("none.creds"):  "no such file",
		tiny + at + " --creds " + f.at("wrong.creds"): "no nkey seed found",
		tiny + "--nats tls://127.0.0.1:1":             "cannot be reached",
		tiny + "--nats tls://198.51.100.1:4222":       "cannot be reached",
		tiny + "--creds a.creds":                      "--nats",
		tiny + "--plain --workers 2":                  "--plain",
		tiny + "--workers -1":                         "--workers",
		worker + at:                                   "name a credentials file",
		worker + at + " --creds " + stranger:          "stranger.creds are not accepted",
		tiny + at + " --creds " + stranger:            "stranger.creds are not accepted",
		worker + "--nats tls://198.51.100.1:4222":     "cannot be reached",
		worker: "--nats",
		worker + "a.json --nats tls://127.0.0.1:1":       "a.json",
		"sweep " + f.at("unknown.json") + " --workers 2": `"widht"`,
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && strings.Contains(args, "198.51.100.1") { // it answers nothing, so that only time tells
				t.Skip("slow")
			}
			log := filepath.Join(t.TempDir(), "log")
			if strings.HasPrefix(args, tiny) {
				args += " -o " + log + ".csv"
			}
			_, wait := study(t, log, strings.Fields(args)...)
			err := wait()
			text, _ := os.ReadFile(log)
			if err == nil || !strings.Contains(string(text), want) {
				t.Errorf("study %s: %v\n%s", args, err, text)
			}
		})
	}
}
