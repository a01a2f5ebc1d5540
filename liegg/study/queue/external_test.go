package queue

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/liegg/lab/liegg/study/queue/queuetest"
)

// secondHost returns another address of the loopback device if there is one.
func secondHost() string {
	if runtime.GOOS == "linux" {
		return "127.0.0.2"
	}
	return "127.0.0.1"
}

// placeOf returns the Place of a cluster at one of its addresses.
func placeOf(c *queuetest.Cluster, host string) Place {
	return Place{URL: c.URL(host), Creds: c.Creds(), CA: c.CA(), Absence: 3 * time.Second}
}

// join starts a worker process that joins a cluster.
func join(t *testing.T, m queuetest.Machine, place Place) (*os.Process, func() error) {
	t.Helper()
	text, err := json.Marshal(place)
	if err != nil {
		t.Fatal(err)
	}
	return queuetest.Start(t, m, "worker", string(text))
}

// outside are a cluster, two workers that have joined it, and a sweep for it.
func outside(t *testing.T, n int, sleep time.Duration) (*queuetest.Cluster, sheet, feeding, []*os.Process, []func() error) {
	c, begun := queuetest.NewCluster(t, queuetest.Machine{}), sheet(t.TempDir())
	one, waitOne := join(t, queuetest.Machine{}, placeOf(c, "127.0.0.1"))
	two, waitTwo := join(t, queuetest.Machine{}, placeOf(c, secondHost()))
	f := feeding{
		Settings: Settings{Place: placeOf(c, "127.0.0.1"), Sweep: "a sweep", Patience: time.Second},
		Jobs:     begun.jobs("job", n, order{Do: "sleep", Sleep: sleep}),
		Rows:     filepath.Join(t.TempDir(), "rows"),
	}
	return c, begun, f, []*os.Process{one, two}, []func() error{waitOne, waitTwo}
}

func oneRowEach(t *testing.T, f feeding) {
	t.Helper()
	for _, job := range f.Jobs {
		if n := f.rows()[job.ID]; n != 1 {
			t.Errorf("%s has %d rows", job.ID, n)
		}
	}
}

func TestWorkersElsewhereGoOnWithoutTheFeeder(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	_, begun, f, _, _ := outside(t, 24, 100*time.Millisecond)
	feeder, wait := f.start(t, queuetest.Machine{})
	queuetest.Eventually(t, 20*time.Second, "rows are written", func() bool { return len(f.rows()) >= 4 })
	err := Run(t.Context(), f.Settings, f.Jobs, func(Result) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "another process feeds the sweep") {
		t.Errorf("a second feeder: %v", err)
	}
	feeder.Kill()
	wait()
	queuetest.Eventually(t, 20*time.Second, "all jobs are begun", func() bool {
		for _, job := range f.Jobs {
			if len(begun.begun(t, job.ID)) == 0 {
				return false
			}
		}
		return true
	})
	_, wait = f.start(t, queuetest.Machine{})
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	oneRowEach(t, f)
	pids := map[int]bool{}
	for _, job := range f.Jobs {
		ran := begun.begun(t, job.ID)
		if len(ran) != 1 {
			t.Errorf("%s was begun %d times", job.ID, len(ran))
		}
		pids[ran[0]] = true
	}
	if len(pids) != 2 {
		t.Errorf("%d workers took part", len(pids))
	}
}

func TestStoppedWorkerGivesItsJobBack(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	_, begun, f, workers, waits := outside(t, 6, 500*time.Millisecond)
	_, wait := f.start(t, queuetest.Machine{})
	given := ""
	queuetest.Eventually(t, 20*time.Second, "the first worker begins a job", func() bool {
		for _, job := range f.Jobs {
			if pids := begun.begun(t, job.ID); len(pids) == 1 && pids[0] == workers[0].Pid {
				given = job.ID
			}
		}
		return given != ""
	})
	workers[0].Signal(syscall.SIGTERM)
	if err := waits[0](); err != nil {
		t.Errorf("the stopped worker: %v", err)
	}
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	oneRowEach(t, f)
	if pids := begun.begun(t, given); len(pids) != 2 {
		t.Errorf("the job given back was begun by %v", pids)
	}
}

func TestServerThatStartsAgainAndServerGoneForGood(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	c, _, f, _, waits := outside(t, 16, 200*time.Millisecond)
	_, wait := f.start(t, queuetest.Machine{})
	queuetest.Eventually(t, 20*time.Second, "rows are written", func() bool { return len(f.rows()) >= 4 })
	c.Process.Kill()
	c.Wait()
	c.Begin(t)
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	oneRowEach(t, f)

	c.Process.Kill()
	c.Wait()
	gone := time.Now()
	for _, wait := range waits {
		if wait() == nil {
			t.Error("a worker has ended without an error")
		}
	}
	if took := time.Since(gone); took < time.Second {
		t.Errorf("the workers gave up after %v, with an absence of 3 s", took)
	}
}

// A server that returns without its store has lost the sweep. This is reported, and the sweep begins
// anew with the remaining jobs.
func TestServerThatLosesItsStore(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	c, _, f, _, _ := outside(t, 12, 200*time.Millisecond)
	results := map[string]Result{}
	err := Run(t.Context(), f.Settings, f.Jobs, func(r Result) error {
		if len(results) == 3 {
			c.Process.Kill()
			c.Wait()
			os.RemoveAll(c.Path("jetstream"))
			c.Begin(t)
		}
		return once(results)(r)
	})
	if err == nil || !strings.Contains(err.Error(), "lost its store") {
		t.Errorf("error %v", err)
	}
	var rest []Job
	for _, job := range f.Jobs {
		if results[job.ID].ID == "" {
			rest = append(rest, job)
		}
	}
	if err := Run(t.Context(), f.Settings, rest, once(results)); err != nil {
		t.Fatal(err)
	}
	all(t, f.Jobs, results)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	c := queuetest.NewCluster(t, queuetest.Machine{})
	good := placeOf(c, "127.0.0.1")
	stranger, _ := nkeys.CreateAccount()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	plain, err := startServer(t.TempDir(), logger{t}, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plain.stop(true) })
	local := strings.Split(plain.url, "@")[1]
	cases := map[string]struct {
		change func(*Place)
		want   string
	}{
		"no credentials":       {func(p *Place) { p.Creds = "" }, "name a credentials file"},
		"missing credentials":  {func(p *Place) { p.Creds = c.Path("none.creds") }, "no such file"},
		"empty credentials":    {func(p *Place) { p.Creds = c.Write(t, "empty.creds", "") }, "empty.creds are not accepted"},
		"wrong credentials":    {func(p *Place) { p.Creds = c.NewCreds(t, "wrong.creds", stranger, nil) }, "wrong.creds are not accepted"},
		"old credentials":      {func(p *Place) { p.Creds = c.NewCreds(t, "old.creds", c.Account, expired) }, "old.creds are not accepted"},
		"narrow credentials":   {func(p *Place) { p.Creds = c.NewCreds(t, "narrow.creds", c.Account, narrow) }, "does not let this user take part"},
		"without JetStream":    {func(p *Place) { p.Creds = c.NewCreds(t, "core.creds", c.Account, withoutJetStream) }, "JetStream"},
		"unknown authority":    {func(p *Place) { p.CA = "" }, "name the PEM file of the authority"},
		"missing authority":    {func(p *Place) { p.CA = c.Path("none.pem") }, "no such file"},
		"broken authority":     {func(p *Place) { p.CA = c.Write(t, "broken.pem", "x") }, "broken.pem"},
		"nobody listens":       {func(p *Place) { p.URL = "tls://127.0.0.1:1" }, "cannot be reached"},
		"no such host":         {func(p *Place) { p.URL = "tls://no-such-host.invalid:4222" }, "cannot be reached"},
		"nobody answers":       {func(p *Place) { p.URL = silent.Addr().String() + ",tls://127.0.0.1:1" }, "cannot be reached"},
		"no TLS":               {func(p *Place) { p.URL = plain.url }, "does not offer TLS"},
		"no TLS, no user":      {func(p *Place) { *p = Place{URL: "tls://" + local} }, "nats:// instead of tls://"},
		"no user":              {func(p *Place) { *p = Place{URL: "nats://" + local} }, "user:password@"},
		"wrong password":       {func(p *Place) { *p = Place{URL: "nats://liegg:x@" + local} }, "password in the address are not accepted"},
		"another name":         {func(p *Place) { p.URL = c.URL("localhost") }, "an address named in its certificate"},
		"not an address":       {func(p *Place) { p.URL = "tls://a b" }, "check the address"},
		"a name with a dot":    {func(p *Place) { p.Name = "a.b" }, "letters, digits"},
		"an absence below one": {func(p *Place) { p.Absence = -1 }, "must be positive"},
	}
	for name, test := range cases {
		place := good
		test.change(&place)
		s := Settings{Place: place, Sweep: "a sweep", Patience: time.Second}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, test.want, func() error { return Run(t.Context(), s, []Job{{ID: "a"}}, nil) })
			refused(t, test.want, func() error { return Serve(t.Context(), place, nil) })
		})
	}
}

// A cable that is cut, or a machine that is switched off, says nothing: the server is
// gone all the same, and the job of the worker that was cut off is done by another.
func TestSilenceIsAbsence(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	hub, arms := queuetest.Star(t, 1)
	c, begun := queuetest.NewCluster(t, hub), sheet(t.TempDir())
	place := placeOf(c, arms[0].Hub)
	_, waitWorker := join(t, arms[0].Machine, place)
	f := feeding{
		Settings: Settings{Place: place, Sweep: "a sweep", Patience: time.Second},
		Jobs:     begun.jobs("job", 8, order{Do: "sleep", Sleep: 300 * time.Millisecond}),
		Rows:     filepath.Join(t.TempDir(), "rows"),
	}
	_, wait := f.start(t, hub)
	queuetest.Eventually(t, 20*time.Second, "rows are written", func() bool { return len(f.rows()) >= 2 })
	arms[0].Cut()
	if waitWorker() == nil {
		t.Error("the worker that was cut off has ended without an error")
	}
	join(t, hub, place)
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	oneRowEach(t, f)
}

// refused checks an error.
func refused(t *testing.T, want string, try func() error) {
	t.Helper()
	err := try()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "liegg:") {
		t.Errorf("error %v, want one with %q and no password", err, want)
	}
}

func expired(u *jwt.UserClaims) { u.Expires = time.Now().Add(-time.Minute).Unix() }

func narrow(u *jwt.UserClaims) { u.Pub.Deny.Add("liegg.jobs.>", "$JS.API.CONSUMER.>") }

func withoutJetStream(u *jwt.UserClaims) { u.Pub.Deny.Add("$JS.>") }
