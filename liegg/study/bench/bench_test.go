package bench

import (
	"slices"
	"strings"
	"testing"
)

// Ratios are taken within rounds: a round that was slow for all changes nothing.
func TestFiguresCompareWithinRounds(t *testing.T) {
	times := []Time{
		{"a", Ours, 0, 1}, {"a", "torch", 0, 2}, {"a", "JAX", 0, 3},
		{"a", Ours, 1, 10}, {"a", "torch", 1, 20}, {"a", "JAX", 1, 10},
		{"a", Ours, 2, 1}, {"a", "torch", 2, 2.5}, {"a", "JAX", 2, 3},
		{"b", Ours, 0, 1},
	}
	want := []Figure{
		{Job: "a", Contender: "torch", Seconds: 2.5, OurSeconds: 1, Ratio: 2, Least: 2, Most: 2.5, Rounds: 3},
		{Job: "a", Contender: "JAX", Seconds: 3, OurSeconds: 1, Ratio: 3, Least: 1, Most: 3, Rounds: 3},
	}
	if got := Figures(times); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

type fixed float64

func (f fixed) Jobs() []string                  { return []string{"K225"} }
func (f fixed) Seconds(string) (float64, error) { return float64(f), nil }

func TestContendersTakeTurns(t *testing.T) {
	job := Jobs()[slices.IndexFunc(Jobs(), func(j Job) bool { return j.Name == "K225" })]
	var order []string
	_, err := Run([]Job{job}, map[string]Contender{"z": fixed(2), Ours: fixed(1), "a": fixed(3)}, 2,
		func(t Time) { order = append(order, t.Contender) })
	if want := "LieGG a z LieGG a z"; err != nil || strings.Join(order, " ") != want {
		t.Errorf("%v, %v; want %s", order, err, want)
	}
}

// A Python process is asked by line, and what it writes as it dies is passed on.
func TestPeerProcess(t *testing.T) {
	p, err := startPeer("python3", `
print("slow one,slow two,quick one", flush=True)
for line in iter(input, ""):
    if line == "slow two": raise ValueError("no such matrix")
    print({"slow one": 2.5, "quick one": 1}[line], flush=True)
`, "cpu")
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	slow := contender{p, "slow"}
	if jobs := slow.Jobs(); !slices.Equal(jobs, []string{"one", "two"}) {
		t.Errorf("jobs %v", jobs)
	}
	if seconds, err := slow.Seconds("one"); err != nil || seconds != 2.5 {
		t.Errorf("%g, %v; want 2.5", seconds, err)
	}
	if _, err := slow.Seconds("two"); err == nil || !strings.Contains(err.Error(), "no such matrix") {
		t.Errorf("got %v", err)
	}
}

// The smallest jobs run, and their times are positive.
func TestOwnJobs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range InProcess() {
		if seconds, err := c.Seconds("o5-10k"); err != nil || seconds <= 0 {
			t.Errorf("%s: %g, %v", name, seconds, err)
		}
	}
	if seconds, err := InProcess()[Ours].Seconds("train-o5"); err != nil || seconds <= 0 {
		t.Errorf("training: %g, %v", seconds, err)
	}
}
