package bench

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// coldVariable makes this program do nothing but one spectrum; see Cold.
const coldVariable = "LIEGG_BENCH_COLD"

// coldStart starts this very program anew.
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

// Cold is to be called first in main. In a process that was started to time a cold
// start it takes one spectrum and returns true: the process is to end.
func Cold() (done bool, err error) {
	if os.Getenv(coldVariable) == "" {
		return false, nil
	}
	s := subject{paperMLP, action.Linear(5, 2), []int{10}, 10_000}
	_, err = network.Analyze(s.network(), s.action, network.Tensor(s.inputs()), network.Settings{})
	return true, err
}
