// Package progress shows the progress of long work, such as training, in one line that is
// rewritten a few times a second. It appears on a terminal or in a notebook, unless
// $LIEGG_PROGRESS is "off". The line is wiped at the end.
package progress

import (
	"fmt"
	"os"
	"time"
)

// Line is a line of progress. The zero value shows nothing.
type Line struct{ *line }

// line is the state of a progress line.
type line struct {
	name  string
	total int               // number of steps; 0 if unknown
	write func(text string) // "" wipes the line
	now   func() time.Time

	begun time.Time // time of the first report; the time before it, such as compiling, says nothing about steps
	first int       // step of that report
	shown time.Time
	wrote bool
}

// Variable names the environment variable that silences progress: "off".
const Variable = "LIEGG_PROGRESS"

// New begins a line for work of the given name and number of steps, 0 if that is unknown. It
// shows nothing if standard error is not a terminal and there is no notebook.
func New(name string, steps int) Line { return Line{newLine(name, steps)} }

// Unless is New, or a line that shows nothing if quiet is true.
func Unless(quiet bool, name string, steps int) Line {
	if quiet {
		return Line{}
	}
	return New(name, steps)
}

// InNotebook reports whether progress appears among the outputs of a notebook.
func InNotebook() bool { return inNotebook() && os.Getenv(Variable) != "off" }

// At shows that a step was done, with a note if it is not "".
func (l Line) At(step int, note string) { l.show(step, note) }

// Done wipes the line.
func (l Line) Done() { l.wipe() }

// String returns the name of the work.
func (l Line) String() string {
	if l.line == nil {
		return "no progress is shown"
	}
	return "progress of " + l.name
}

func newLine(name string, total int) *line {
	p := &line{name: name, total: total, now: time.Now, shown: time.Now()}
	switch {
	case os.Getenv(Variable) == "off":
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
func (p *line) show(step int, note string) {
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
	p.write(p.text(step, note, now.Sub(p.begun)))
}

// text returns the line after a step, at a time since the first report.
func (p *line) text(step int, note string, since time.Duration) string {
	text := fmt.Sprintf("%s: step %d", p.name, step)
	if p.total > 0 {
		text += fmt.Sprintf(" of %d", p.total)
	}
	if note != "" {
		text += ", " + note
	}
	if p.total == 0 {
		return text + fmt.Sprintf(", %v so far", since.Round(time.Second))
	}
	if left, known := p.left(step, since); known {
		text += fmt.Sprintf(", about %v left", left)
	}
	return text
}

// leastMeasured is the shortest time from which the remaining time is estimated: several
// calls of a program have ended by then.
const leastMeasured = time.Second

// left estimates the remaining time, assuming that steps take as long as those since the
// first report. known is false at first.
func (p *line) left(step int, since time.Duration) (left time.Duration, known bool) {
	if step <= p.first || since < leastMeasured {
		return 0, false
	}
	left = time.Duration(float64(since) / float64(step-p.first) * float64(p.total-step))
	if left > 10*time.Minute {
		return left.Round(time.Minute), true
	}
	return left.Round(time.Second), true
}

// wipe removes the line.
func (p *line) wipe() {
	if p != nil && p.wrote {
		p.wrote = false
		p.write("")
	}
}
