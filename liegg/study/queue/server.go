package queue

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// embedded is a server inside this process, for this process and its workers.
type embedded struct {
	server *server.Server
	lock   *os.File
	store  string
	url    string
}

// startServer starts a server on a free port of the loopback device, with a
// password that only the workers are told. It keeps its store in folder/queue
// and writes problems to log. stop is called when it can no longer use the
// store.
func startServer(folder string, log io.Writer, stop func(error)) (*embedded, error) {
	store := filepath.Join(folder, "queue")
	if err := os.MkdirAll(store, 0o700); err != nil {
		return nil, fmt.Errorf("queue: the folder of the queue: %w", err)
	}
	lock, err := lockFolder(store)
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	s, err := server.NewServer(&server.Options{
		ServerName: "liegg", Host: "127.0.0.1", Port: server.RANDOM_PORT,
		Username: "liegg", Password: password,
		JetStream: true, StoreDir: store, MaxPayload: 8 << 20,
		NoSigs: true,
	})
	if err == nil {
		complaints := &complaints{to: log, stop: stop}
		s.SetLogger(complaints, false, false)
		s.Start()
		if !s.ReadyForConnections(reach) || !s.JetStreamEnabled() {
			s.Shutdown()
			err = complaints.reason()
		}
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("queue: the server in this process: %w: is %s writable, with space left?", err, store)
	}
	url := fmt.Sprintf("nats://liegg:%s@%s", password, s.Addr())
	return &embedded{s, lock, store, url}, nil
}

// stop ends the server. Once everything is done the store is removed.
func (e *embedded) stop(done bool) {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	if done {
		os.RemoveAll(filepath.Join(e.store, "jetstream")) // the lock stays, because another process may be waiting for it
	}
	e.lock.Close()
}

// lockFolder keeps a second server away from a store, because each would
// corrupt the other's data. The lock ends with the process.
func lockFolder(store string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(store, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	for end := time.Now().Add(time.Second); ; time.Sleep(100 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(end) {
			f.Close()
			return nil, fmt.Errorf("queue: another process works in %s (%w): wait for it, or end it", filepath.Dir(store), err)
		}
	}
}
