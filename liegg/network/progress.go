package network

import (
	"fmt"
	"os"
	"time"
)

// progress shows one line that is rewritten a few times a second, on a terminal or
// in a notebook, and wiped at the end: what a training came to is in its History.
type progress struct {
	name  string
	total int
	write func(line string) // "" wipes it
	now   func() time.Time

	begun time.Time // the first report: what was before it, as compiling, says nothing of steps
	first int       // the step of that report
	shown time.Time
	wrote bool
}

// ProgressVariable names the environment variable that silences progress: "off".
const ProgressVariable = "LIEGG_PROGRESS"

// newProgress begins a line. Nothing is shown if standard error is no terminal and
// there is no notebook.
func newProgress(name string, total int) *progress {
	p := &progress{name: name, total: total, now: time.Now, shown: time.Now()}
	switch {
	case os.Getenv(ProgressVariable) == "off":
		return nil
	case inNotebook():
		p.write = new(display).show
	case isTerminal():
		p.write = terminalLine()
	default:
		return nil
	}
	return p
}

func isTerminal() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// terminalLine writes over the same line of standard error.
func terminalLine() func(line string) {
	width := 0
	return func(line string) {
		fmt.Fprintf(os.Stderr, "\r%-*s", width, line)
		if width = len(line); line == "" {
			fmt.Fprint(os.Stderr, "\r")
		}
	}
}

// often is the shortest time between two lines.
const often = 300 * time.Millisecond

// show shows that a step was done, with a note if there is one.
func (p *progress) show(step int, note string) {
	if p == nil {
		return
	}
	now := p.now()
	if p.begun.IsZero() {
		p.begun, p.first = now, step
	}
	if now.Sub(p.shown) < often {
		return
	}
	p.shown, p.wrote = now, true
	p.write(p.line(step, note, now.Sub(p.begun)))
}

// line is what is shown after a step, so long after the first report.
func (p *progress) line(step int, note string, since time.Duration) string {
	line := fmt.Sprintf("%s: step %d", p.name, step)
	if p.total > 0 {
		line += fmt.Sprintf(" of %d", p.total)
	}
	if note != "" {
		line += ", " + note
	}
	if p.total == 0 {
		return line + fmt.Sprintf(", %v so far", since.Round(time.Second))
	}
	if left, known := p.left(step, since); known {
		line += fmt.Sprintf(", about %v left", left)
	}
	return line
}

// leastMeasured is the least time in which steps tell how long others will take: several
// calls of a program have ended by then.
const leastMeasured = time.Second

// left is the time that the steps left will take if they are as fast as those since the
// first report. It is not known at first.
func (p *progress) left(step int, since time.Duration) (left time.Duration, known bool) {
	if step <= p.first || since < leastMeasured {
		return 0, false
	}
	left = time.Duration(float64(since) / float64(step-p.first) * float64(p.total-step))
	if left > 10*time.Minute {
		return left.Round(time.Minute), true
	}
	return left.Round(time.Second), true
}

// done wipes the line.
func (p *progress) done() {
	if p != nil && p.wrote {
		p.wrote = false
		p.write("")
	}
}
