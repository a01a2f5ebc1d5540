// Command study runs the studies of package liegg from a terminal.
//
//	go run ./liegg/study judge MODEL DATA --action linear:3x2 [--flows] [--report page.html] [--shard i/n -o part | --nats URL --creds FILE]
//	go run ./liegg/study data DATA --action linear:3x1 --test rotation:0,1 [--report page.html]
//	go run ./liegg/study score [--cases so5,none] [--kinds exact,trained] [--seeds 5] [-o scores.csv]
//	go run ./liegg/study trials [--only singular] [--kinds exact,trained] [--draws 5] [--cases]
//	go run ./liegg/study gains [--tasks o5,digits] [--seeds 5] [-o gains.csv]
//	go run ./liegg/study pde [--tasks heat,KdV] [--seeds 3] [-o pde.csv]
//	go run ./liegg/study laws [--tasks Hénon–Heiles] [--seeds 3] [-o laws.csv]
//	go run ./liegg/study sweep FILE.json|PRESET [-o rows.csv] [--workers N | --plain] [--nats URL --creds FILE] [--shard i/n] [--fresh] [--print]
//	go run ./liegg/study worker --nats URL --creds FILE
//	go run ./liegg/study merge ROWS.csv... -o whole.csv
//	go run ./liegg/study merge PART...
//
// judge says which symmetries a stored network has. data asks whether data alone are distributed
// symmetrically. score tests the extraction on functions
// with a known algebra and writes one row for each trial as CSV. trials counts how often
// verdicts are right on data of many kinds, from singular potentials to samples that depend
// on each other. gains uses the symmetries of networks of few samples and says what that gains.
// pde finds the symmetries of evolution equations in networks that learned them from solutions.
// laws trains Hamiltonian networks on velocities and says which conservation laws they have.
// sweep trains families of networks and measures the symmetries that they have
// learned, one row for each network, in one process per core. worker joins a NATS cluster to
// which a sweep or a question of judge is fed. merge joins the tables of shards, or what
// shards of judge have computed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/liegg/lab/liegg/ask"
	"github.com/liegg/lab/liegg/study/bench"
)

func main() {
	if done, err := bench.Cold(); done {
		if err != nil {
			fmt.Fprintln(os.Stderr, "study:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(os.Stdout, os.Stderr, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "study:", err)
		os.Exit(status(err))
	}
}

// status returns the exit status for an error: 2 if judge was not told an action, 1 for
// others.
func status(err error) int {
	var action *ask.NoActionError
	if errors.As(err, &action) {
		return 2
	}
	return 1
}

const usage = `study runs the studies of package liegg.

  judge   the symmetries of a network that is stored in a file, on data that are, too
  data    whether data alone are distributed symmetrically, without a network
  score   the extraction on functions with a known algebra, as CSV
  trials  verdicts on data of many kinds, as a table of what is right and what is false
  gains   what a symmetry that was found is worth to networks of few samples, as CSV
  pde     the symmetries of evolution equations, learned from simulated solutions, as CSV
  laws    what Hamiltonian networks conserve that were trained on velocities, as CSV
  bench   the lab, PyTorch and JAX timed on the same jobs, as ratios
  card    what .github/gpu.sh measures on an NVIDIA GPU, as lines of JSON
  sweep   families of networks and the symmetries they learn, as CSV
  worker  joins the cluster that a sweep, or a question of judge, is fed to
  merge   the tables of a sweep's shards as one, or the verdict of judge's shards

study COMMAND --help describes a command.
`

func run(stdout, stderr io.Writer, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	switch args[0] {
	case "judge":
		return inFlags(judgeCommand(stdout, stderr, args[1:]))
	case "data":
		return inFlags(dataCommand(stdout, stderr, args[1:]))
	case "score":
		return scoreCommand(stdout, stderr, args[1:])
	case "trials":
		return trialsCommand(stdout, stderr, args[1:])
	case "gains":
		return gainsCommand(stdout, stderr, args[1:])
	case "pde":
		return pdeCommand(stdout, stderr, args[1:])
	case "laws":
		return lawsCommand(stdout, stderr, args[1:])
	case "card":
		return cardCommand(stdout, stderr, args[1:])
	case "bench":
		return benchCommand(stdout, stderr, args[1:])
	case "sweep":
		return sweepCommand(stdout, stderr, args[1:])
	case "worker":
		return workerCommand(stderr, args[1:])
	case "merge":
		return inFlags(mergeCommand(stdout, stderr, args[1:]))
	case "help", "-h", "--help":
		fmt.Fprint(stdout, usage)
		return nil
	}
	return fmt.Errorf("no command %q\n%s", args[0], usage)
}
