package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// startWorkers starts the local workers, and restarts those that die. They
// end with ctx; wait returns when they have. stop is called if one gives up,
// or if they die without taking a job, because then no job can be the cause.
func startWorkers(ctx context.Context, s Settings, jobs jetstream.Consumer, stop func(error)) (wait func()) {
	log := &shared{to: s.Log}
	idle := &idle{jobs: jobs}
	var group sync.WaitGroup
	for i := range s.Workers {
		group.Go(func() {
			for ctx.Err() == nil {
				err := runWorker(ctx, s, log)
				if ctx.Err() != nil {
					return
				}
				if gaveUp(err) {
					stop(fmt.Errorf("queue: a worker has given up (%v) for the reason printed above; the command is %s", err, strings.Join(s.Command, " ")))
					return
				}
				fmt.Fprintf(log, "queue: worker %d has ended (%v) and is started again\n", i+1, err)
				if idle.death(ctx) > 3 {
					stop(fmt.Errorf("queue: workers end before they take a job (%v), for the reason printed above; the command is %s", err, strings.Join(s.Command, " ")))
				}
				pause(ctx)
			}
		})
	}
	return group.Wait
}

// runWorker starts a worker and waits for its end. The worker leads a process
// group, so that a Ctrl-C in the terminal reaches this process alone, which
// then ends the worker. See endWithParent for its standard input.
func runWorker(ctx context.Context, s Settings, log io.Writer) error {
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...)
	cmd.Env = append(cmd.Environ(), s.Place.setting())
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if _, err := cmd.StdinPipe(); err != nil {
		return err
	}
	return cmd.Run()
}

// gaveUp distinguishes a worker that has ended with its own error from one
// that was killed or has crashed; Go exits with 2 then.
func gaveUp(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 1
}

// idle counts the deaths of workers since one of them last took a job.
type idle struct {
	jobs  jetstream.Consumer
	mu    sync.Mutex
	taken uint64
	count int
}

func (d *idle) death(ctx context.Context) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := d.jobs.Info(ctx)
	if err != nil || info.Delivered.Consumer != d.taken {
		d.count = 0
	}
	if err == nil {
		d.taken = info.Delivered.Consumer
	}
	d.count++
	return d.count
}

// shared is a writer for several workers.
type shared struct {
	mu sync.Mutex
	to io.Writer
}

func (w *shared) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}
