package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// A server is a JupyterLab that this process has started.
type server struct {
	what  served
	cmd   *exec.Cmd
	port  int
	token string
	ended chan error // one value: how it ended
}

// startServer starts JupyterLab and waits until it serves. Another program,
// such as a second lab, may take the free port before Jupyter does; the next
// port is then tried.
func startServer(c *call, what served, wanted int, log *os.File) (*server, error) {
	for {
		port, err := freePort(wanted)
		if err != nil {
			return nil, err
		}
		s := &server{what: what, port: port, token: rand.Text(), ended: make(chan error, 1)}
		s.cmd = labCommand(c, what, port, s.token)
		s.cmd.Stdout, s.cmd.Stderr = log, log
		if err := s.cmd.Start(); err != nil {
			return nil, err
		}
		go func() { s.ended <- s.cmd.Wait() }()
		err = s.untilServing(c.ctx)
		if err == nil {
			return s, nil
		}
		system.KillGroup(s.cmd)
		if !errors.Is(err, errEnded) {
			<-s.ended
			return nil, err
		}
		if wanted != 0 || !portWasTaken(log) {
			return nil, err
		}
	}
}

// portWasTaken reports whether Jupyter ended because another program took the
// port first, and empties the log for the next try.
func portWasTaken(log *os.File) bool {
	said, err := os.ReadFile(log.Name())
	if err != nil {
		return false
	}
	// Jupyter says the one if it looks for the port, the other if it binds it.
	if !strings.Contains(string(said), "no available port") && !strings.Contains(string(said), "is not available") {
		return false
	}
	if _, err := log.Seek(0, io.SeekStart); err != nil {
		return false
	}
	return log.Truncate(0) == nil
}

// freePort returns the wanted port, or for 0 the first free one from 8888 on.
func freePort(wanted int) (int, error) {
	first, last := wanted, wanted
	if wanted == 0 {
		first, last = 8888, 8987
	}
	var err error
	for port := first; port <= last; port++ {
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, fmt.Errorf("no free port: %w; choose one with --port", err)
}

var errEnded = errors.New("it has ended")

// untilServing waits until this server, and no other one, answers on the
// port.
func (s *server) untilServing(ctx context.Context) error {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		if s.answers() {
			return nil
		}
		select {
		case err := <-s.ended:
			return errors.Join(errEnded, err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("it does not answer within two minutes")
}

// answers reports whether the server on the port knows our token. It speaks
// HTTP by hand, because net/http would slow the start of this program, which
// is also the go command of every cell.
func (s *server) answers() bool {
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", s.port), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "GET /api/status HTTP/1.0\r\nAuthorization: token %s\r\n\r\n", s.token)
	status, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.Contains(status, " 200 ")
}
