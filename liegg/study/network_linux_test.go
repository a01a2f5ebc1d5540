package main

import (
	"fmt"
	"testing"

	"github.com/liegg/lab/liegg/study/queue/queuetest"
)

// The server, the sweep and two workers on four machines, of which each of the others
// reaches the server alone: the same rows as in one process.
func TestAcrossMachines(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	f := newFolder(t, 3)
	hub, arms := queuetest.Star(t, 3)
	c := queuetest.NewCluster(t, hub)
	for i, arm := range arms[1:] {
		studyOn(t, arm.Machine, f.at(fmt.Sprintf("worker%d.log", i)), append([]string{"worker"}, placeFlagsOf(c, arm.Hub)...)...)
	}
	_, wait := f.sweepOn(arms[0].Machine, "nats.csv", placeFlagsOf(c, arms[0].Hub)...)
	f.do(wait, "nats.csv")
	_, wait = f.sweep("plain.csv", "--plain")
	f.do(wait, "plain.csv")
	f.alike("nats.csv", "plain.csv", 6)
}
