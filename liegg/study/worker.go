package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/liegg/lab/liegg/ask"
	"github.com/liegg/lab/liegg/study/queue"
	"github.com/liegg/lab/liegg/study/sweep"
)

const workerUsage = `usage: study worker --nats URL [--creds FILE] [--ca FILE]

Does the jobs of every sweep, and of every question of study judge, that is fed with the
same --nats, one at a time, until it
is interrupted, when it gives its job back, or the server has been gone for a minute.
Start as many workers as a machine has cores, on as many machines as there are. They
take only jobs of their own commit and backend.

`

func workerCommand(stderr io.Writer, args []string) error {
	place, inherited := queue.Inherited()
	if !inherited {
		var err error
		if place, err = parseWorkerFlags(stderr, args); err != nil {
			return err
		}
	}
	ctx, stop := interruptible()
	defer stop()
	return serve(ctx, place)
}

// interruptible returns a context that ends when this process is asked to.
func interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

func parseWorkerFlags(stderr io.Writer, args []string) (place queue.Place, err error) {
	flags := flag.NewFlagSet("study worker", flag.ContinueOnError)
	flags.SetOutput(stderr)
	placeFlags(flags, &place)
	flags.Usage = func() {
		fmt.Fprint(stderr, workerUsage)
		flags.PrintDefaults()
	}
	names, err := mixed(flags, args)
	switch {
	case err != nil:
		return place, err
	case len(names) > 0:
		return place, fmt.Errorf("worker takes no names, got %q", names)
	case place.URL == "":
		return place, errors.New("worker needs the server that a sweep is fed to: --nats tls://host:4222")
	}
	if place.Name, err = queueName(); err == nil {
		fmt.Fprintf(stderr, "a worker of %s, Ctrl-C stops it\n", place.Name)
	}
	return place, err
}

// placeFlags declares the flags that say where the queue is.
func placeFlags(flags *flag.FlagSet, place *queue.Place) {
	flags.StringVar(&place.URL, "nats", "", "NATS server with JetStream, tls://host:4222, or nats:// without TLS; several of one cluster are separated by commas")
	flags.StringVar(&place.Creds, "creds", "", "NATS credentials file; with it connections are encrypted")
	flags.StringVar(&place.CA, "ca", "", "PEM file with the authority of the server's certificate, if the system does not know it")
}

// serve works on jobs until ctx ends, or until one fails with an error that
// any other job would meet on this machine, too. That job is left to other
// workers.
func serve(ctx context.Context, place queue.Place) error {
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	var unfit error
	var judging ask.Worker
	err := queue.Serve(ctx, place, func(ctx context.Context, job queue.Job) ([]byte, error) {
		if j, ok := ask.ParseJob(job.Data); ok {
			share, err := judging.Do(ctx, j)
			var files *ask.OpenError
			if errors.As(err, &files) {
				unfit = fmt.Errorf("this worker gives up: %w", err)
				giveUp()
			}
			return share, err
		}
		rows, err := do(ctx, job)
		if err != nil && ctx.Err() == nil {
			unfit = fmt.Errorf("this worker gives up: %w", err)
			giveUp()
		}
		return rows, err
	})
	return errors.Join(unfit, err)
}

// do does a job of a sweep.
func do(ctx context.Context, message queue.Job) ([]byte, error) {
	var job sweep.Job
	if err := json.Unmarshal(message.Data, &job); err != nil {
		return nil, fmt.Errorf("job %s does not belong to a sweep: %w", message.ID, err)
	}
	rows, err := sweep.RunOn(ctx, job, 1) // there is a worker for each core
	if err != nil {
		return nil, fmt.Errorf("%v: %w", job, err)
	}
	return sweep.Encode(rows...), nil
}
