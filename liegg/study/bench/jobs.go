package bench

import (
	"fmt"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

var (
	paperMLP   = network.MLP{Hidden: []int{32, 32}, Outputs: 1}
	digitsMLP  = network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10}
	inertiaMLP = network.MLP{Hidden: []int{384, 384}, Outputs: 9, Bias: true, Activation: "relu"}
)

// Jobs returns all jobs. Weights and data are random, because the times do
// not depend on them.
func Jobs() []Job {
	jobs := []Job{
		{Name: "train-o5", About: "1000 steps of Adam, 10-32-32-1, batch 500", ours: trains(paperMLP, 10, 500, 1000, training.MeanSquared)},
		{Name: "train-digits", About: "100 steps of Adam, 784-(128×5)-10, batch 512", ours: trains(digitsMLP, 784, 512, 100, training.CrossEntropy)},
	}
	for _, n := range []struct {
		name    string
		samples int
	}{{"10k", 10_000}, {"200k", 200_000}, {"1m", 1_000_000}} {
		jobs = append(jobs, extracting("o5-"+n.name, fmt.Sprintf("spectrum of 10-32-32-1 over %d samples, K = 25", n.samples), o5(n.samples)))
	}
	digits := subject{digitsMLP, action.ImageAffine(28, 28), []int{28, 28}, 12_000}
	inertia := subject{inertiaMLP, action.Covariant(action.Linear(3, 3), action.Left(3, 3), action.Right(3, 3)), []int{9}, 100_000}
	const aboutDigits, aboutInertia = "spectrum of 784-(128×5)-10, all ten outputs, over 12 000 digits, K = 6", "spectrum of 9-384-384-9 over 100 000 samples, inputs and outputs moved, K = 27"
	return append(jobs,
		onDevice("o5-1m", "spectrum of 10-32-32-1 over 1000000 samples, K = 25", o5(1_000_000)),
		extracting("digits", aboutDigits, digits),
		onDevice("digits", aboutDigits, digits),
		extracting("inertia", aboutInertia, inertia),
		onDevice("inertia", aboutInertia, inertia),
		extracting("K225", "spectrum of 15-128-128-1 over 20 000 samples, K = 225",
			subject{network.MLP{Hidden: []int{128, 128}, Outputs: 1}, action.Linear(15, 1), []int{15}, 20_000}),
		extracting("K625", "spectrum of 25-128-128-1 over 20 000 samples, K = 625",
			subject{network.MLP{Hidden: []int{128, 128}, Outputs: 1}, action.Linear(25, 1), []int{25}, 20_000}),
		Job{Name: "cold-start", About: "from the start of a process to the first spectrum, 10-32-32-1, 10 000 samples", ours: coldStart},
	)
}

func o5(samples int) subject { return subject{paperMLP, action.Linear(5, 2), []int{10}, samples} }
