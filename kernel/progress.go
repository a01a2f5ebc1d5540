package main

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

// progress shows what is going on: on a terminal in one line that is
// rewritten, otherwise in whole lines.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	agreed   bool // to large downloads
	live     bool // the last line is to be rewritten
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, terminal: isTerminal(w)}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// line prints a whole line.
func (p *progress) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// rewrite replaces the live line. Without a terminal it prints nothing.
func (p *progress) rewrite(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		return
	}
	p.clear()
	fmt.Fprintf(p.w, format, args...)
	p.live = true
}

func (p *progress) clear() {
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.live = false
	}
}

// step announces a step. It returns the function to call at its end, with the
// path it made.
func (p *progress) step(i, n int, name, about string) (done func(err error, made string)) {
	start := time.Now()
	head := fmt.Sprintf("[%d/%d] %-8s %s", i, n, name, about)
	if !p.terminal {
		p.line("%s …", head)
	}
	stop := every(time.Second, func() { p.rewrite("%s … %.0f s", head, time.Since(start).Seconds()) })
	return func(err error, made string) {
		stop()
		if err != nil {
			p.line("%s: failed after %.1f s", head, time.Since(start).Seconds())
			return
		}
		p.line("%s: %.1f s%s", head, time.Since(start).Seconds(), sizeNote(made))
	}
}

// every calls f at the interval until stop is called, which waits for the
// last call to end.
func every(interval time.Duration, f func()) (stop func()) {
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
	return ", " + megabytes(bytes) + " on disk"
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

func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/1e6) }

// agree asks whether to go on. Without a terminal to answer on, and without
// --yes, the answer is no.
func (p *progress) agree(question string) bool {
	if p.agreed {
		return true
	}
	if !p.terminal || !isTerminal(os.Stdin) {
		return false
	}
	p.line("%s [y/N]", question)
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n') // an end of input means no
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
