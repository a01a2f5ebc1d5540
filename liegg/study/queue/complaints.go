package queue

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// complaints is the log of the embedded server, reduced to problems.
type complaints struct {
	to   io.Writer
	stop func(error)

	mu    sync.Mutex
	fatal string // why it could not start
}

// reason returns why the server could not start.
func (c *complaints) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.New(cmp.Or(c.fatal, "it does not answer"))
}

// Fatalf does not end the process; startServer notices that nothing has
// started.
func (c *complaints) Fatalf(format string, v ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fatal = fmt.Sprintf(format, v...)
}

// Errorf passes on what may need help. A stream whose file could not be
// written, for example on a full disk, accepts nothing more until the server
// is restarted.
func (c *complaints) Errorf(format string, v ...any) {
	fmt.Fprintf(c.to, "queue: the server in this process: "+format+"\n", v...)
	for _, x := range v {
		var file *fs.PathError
		if err, ok := x.(error); ok && errors.As(err, &file) {
			c.stop(fmt.Errorf("queue: the store: %w: make room, or fix whatever else is wrong, and run this again; no handled result is lost", file))
		}
	}
}

// The rest of server.Logger.
func (*complaints) Warnf(string, ...any)   {}
func (*complaints) Noticef(string, ...any) {}
func (*complaints) Debugf(string, ...any)  {}
func (*complaints) Tracef(string, ...any)  {}
