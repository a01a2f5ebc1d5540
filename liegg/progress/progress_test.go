package progress

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/liegg/internal/expect"
)

// fakeProgress is a line under a clock of the test's own.
func fakeProgress(total int) (p *line, clock *time.Time, lines *[]string) {
	clock, lines = &time.Time{}, &[]string{}
	*clock = time.Unix(1e9, 0)
	p = &line{name: "training", total: total, now: func() time.Time { return *clock }, shown: *clock}
	p.write = func(line string) { *lines = append(*lines, line) }
	return p, clock, lines
}

// The remaining time is shown once enough steps were timed: the first of 600 000 steps may come after a
// second of compiling, and the next 255 at once.
func TestTimeLeftWaitsUntilItIsKnown(t *testing.T) {
	p, clock, lines := fakeProgress(600_000)
	*clock = clock.Add(900 * time.Millisecond) // compiles
	for call := range 2344 {                   // of 256 steps in 1.28 ms each
		for step := call*256 + 1; step <= min((call+1)*256, p.total); step++ {
			p.show(step, "loss")
		}
		*clock = clock.Add(1280 * time.Microsecond)
	}
	p.wipe()
	known := 0
	for i, line := range (*lines)[:len(*lines)-1] {
		var step, left int
		_, after, _ := strings.Cut(line, "step ")
		fmt.Sscanf(after, "%d", &step)
		if _, err := fmt.Sscanf(line[strings.LastIndex(line, ", ")+2:], "about %ds left", &left); err != nil {
			if i > 4 {
				t.Errorf("line %d shows no time: %q", i, line)
			}
			continue
		}
		known++
		if want := float64(600_000-step) / 200_000; float64(left) < want-.6 || float64(left) > want+.6 {
			t.Errorf("%q, but %.1f s are left", line, want)
		}
	}
	if known < 4 || known > 8 || len(*lines) > 13 {
		t.Errorf("%d of %d lines show the time: %q", known, len(*lines), *lines)
	}
	if last := (*lines)[len(*lines)-1]; last != "" {
		t.Errorf("the line is left at %q", last)
	}
}

// A training that goes on is timed by the steps of this run.
func TestTimeLeftOfAResumedTraining(t *testing.T) {
	p, clock, lines := fakeProgress(1000)
	for step := 901; step <= 930; step++ {
		p.show(step, "")
		*clock = clock.Add(100 * time.Millisecond)
	}
	if last := (*lines)[len(*lines)-1]; !strings.Contains(last, "of 1000, about 7s left") {
		t.Errorf("%q, want 7 s for 70 steps of 100 ms", last)
	}
	long := &line{total: 100_000, first: 1}
	if left, _ := long.left(2, 3*time.Second); left != (3 * 99_998 * time.Second).Round(time.Minute) {
		t.Errorf("%v left", left)
	}
}

// Short work shows nothing, and work of unknown length the time it took.
func TestProgressOfShortAndEndlessWork(t *testing.T) {
	p, clock, lines := fakeProgress(10)
	for step := range 10 {
		p.show(step+1, "loss")
		*clock = clock.Add(20 * time.Millisecond)
	}
	p.wipe()
	if len(*lines) > 0 {
		t.Errorf("200 ms show %q", *lines)
	}
	p, clock, lines = fakeProgress(0)
	for step := range 10 {
		p.show(step+1, "ρ .01")
		*clock = clock.Add(time.Second)
	}
	if last := (*lines)[len(*lines)-1]; last != "training: step 10, ρ .01, 9s so far" {
		t.Errorf("%q", last)
	}
}

func TestProgressIsSilentWhereNobodyLooks(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	if said := expect.Stderr(t, func() {
		if newLine("x", 1) != nil {
			t.Error("progress in a file")
		}
	}); said != "" {
		t.Errorf("%q", said)
	}
	t.Setenv("GONB_PIPE", os.DevNull)
	t.Setenv(Variable, "off")
	if newLine("x", 1) != nil {
		t.Error("progress that was switched off")
	}
}
