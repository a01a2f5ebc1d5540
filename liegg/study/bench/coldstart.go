package bench

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// coldVariable makes this program compute one spectrum and exit; see Cold.
const coldVariable = "LIEGG_BENCH_COLD"

// coldStart starts another process of this program.
func coldStart() (work, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return timed(func() error {
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), coldVariable+"=1")
		said, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, said)
		}
		return nil
	}), nil
}

// Cold must be called first in main. In a process that was started to time a
// cold start it computes one spectrum and returns true; the process must then
// exit.
func Cold() (done bool, err error) {
	if os.Getenv(coldVariable) == "" {
		return false, nil
	}
	s := subject{paperMLP, action.Linear(5, 2), []int{10}, 10_000}
	_, err = network.Analyze(s.network(), s.action, network.Tensor(s.inputs()), network.Settings{})
	return true, err
}
