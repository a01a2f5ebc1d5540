package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/study/queue"
	"github.com/liegg/lab/liegg/study/sweep"
)

// A worker that meets an error which any other job would meet, too, here that it was
// built from other code, makes no row of it: it gives up, and so does who started it.
func TestAWorkerThatCannotWorkGivesUp(t *testing.T) {
	t.Setenv(asCommand, "1")
	t.Setenv(network.BackendVariable, "go")
	s, err := sweep.Preset("o5-tiny")
	if err != nil {
		t.Fatal(err)
	}
	job := s.Jobs()[0]
	job.Code = "0123"
	data, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	settings := queue.Settings{Folder: t.TempDir(), Sweep: "other code", Workers: 1, Command: []string{os.Args[0], "worker"}, Log: &log}
	err = queue.Run(t.Context(), settings, []queue.Job{{ID: job.ID(), Data: data}}, func(r queue.Result) error {
		t.Errorf("a result: %s %s", r.Data, r.Failure)
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "given up") || !strings.Contains(log.String(), "same commit") {
		t.Errorf("%v\n%s", err, &log)
	}
}
