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
	begun time.Time
	shown time.Time
	width int
}

// ProgressVariable names the environment variable that silences progress: "off".
const ProgressVariable = "LIEGG_PROGRESS"

func newProgress(name string, total int) *progress {
	if os.Getenv(ProgressVariable) == "off" || !inNotebook() && !isTerminal() {
		return nil
	}
	return &progress{name: name, total: total, begun: time.Now(), shown: time.Now()}
}

// inNotebook says whether GoNB runs this program: it hands over a pipe by name.
func inNotebook() bool { return os.Getenv("GONB_PIPE") != "" }

func isTerminal() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// at shows that a step was done, with the loss there.
func (p *progress) at(step int, loss float64) { p.show(step, fmt.Sprintf("loss %.3g", loss)) }

// show shows that a step was done, with a note if there is one.
func (p *progress) show(step int, note string) {
	if p == nil || time.Since(p.shown) < 300*time.Millisecond {
		return
	}
	p.shown = time.Now()
	if note != "" {
		note = ", " + note
	}
	if p.total == 0 {
		p.write(fmt.Sprintf("%s: step %d%s, %v so far", p.name, step, note, time.Since(p.begun).Round(time.Second)))
		return
	}
	left := time.Duration(float64(time.Since(p.begun)) / float64(step) * float64(p.total-step))
	p.write(fmt.Sprintf("%s: step %d of %d%s, %v left", p.name, step, p.total, note, left.Round(time.Second)))
}

// done wipes the line.
func (p *progress) done() {
	if p != nil && p.width > 0 {
		p.write("")
		fmt.Fprint(os.Stderr, "\r")
	}
}

func (p *progress) write(line string) {
	fmt.Fprintf(os.Stderr, "\r%-*s", p.width, line)
	p.width = len(line)
}
