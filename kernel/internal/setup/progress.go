package setup

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Progress shows what is going on: on a terminal in one line that is
// rewritten, otherwise in whole lines.
type Progress struct {
	mu       sync.Mutex
	W        io.Writer
	Terminal bool
	Agreed   bool // to large downloads
	live     bool // the last line is to be rewritten
}

// NewProgress returns a progress that writes to w.
func NewProgress(w io.Writer) *Progress {
	return &Progress{W: w, Terminal: isTerminal(w)}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// Line prints a whole line.
func (p *Progress) Line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.W, format+"\n", args...)
}

// Rewrite replaces the live line. Without a terminal it prints nothing.
func (p *Progress) Rewrite(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.Terminal {
		return
	}
	p.clear()
	fmt.Fprintf(p.W, format, args...)
	p.live = true
}

func (p *Progress) clear() {
	if p.live {
		fmt.Fprint(p.W, "\r\x1b[K")
		p.live = false
	}
}

// step announces a step. It returns the function to call at its end, with the
// path it made.
func (p *Progress) step(i, n int, name, about string) (done func(err error, made string)) {
	start := time.Now()
	head := fmt.Sprintf("[%d/%d] %-8s %s", i, n, name, about)
	if !p.Terminal {
		p.Line("%s …", head)
	}
	stop := Every(time.Second, func() { p.Rewrite("%s … %.0f s", head, time.Since(start).Seconds()) })
	return func(err error, made string) {
		stop()
		if err != nil {
			p.Line("%s: failed after %.1f s", head, time.Since(start).Seconds())
			return
		}
		p.Line("%s: %.1f s%s", head, time.Since(start).Seconds(), sizeNote(made))
	}
}

// Every calls f at the interval until stop is called, which waits for the
// last call to end.
func Every(interval time.Duration, f func()) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for f(); ; f() {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(quit); <-ended }
}

// sizeNote says how large a file or folder is, if it is large.
func sizeNote(path string) string {
	bytes := sizeOf(path)
	if bytes < 1e6 {
		return ""
	}
	return ", " + Megabytes(bytes) + " on disk"
}

func sizeOf(path string) (bytes int64) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // vanished meanwhile, so it has no size
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// Megabytes writes a size for people.
func Megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/1e6) }

// agree asks whether to go on. Without a terminal to answer on, and without
// --yes, the answer is no.
func (p *Progress) agree(question string) bool {
	if p.Agreed {
		return true
	}
	if !p.Terminal || !isTerminal(os.Stdin) {
		return false
	}
	p.Line("%s [y/N]", question)
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n') // an end of input means no
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
