package card

import (
	"fmt"
	"os"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// devices times the spectrum and the verdict of one network on one device and on all, in chunks of the
// same size, and tells the spectra.
func devices(s Settings, tell func(Result)) error {
	samples := map[bool]int{false: 48_000, true: 4000}[s.Small]
	backend, err := network.Backend()
	if err != nil {
		return err
	}
	x := normal(99, 1, samples, 28, 28)
	net := network.Exact(fixed([]int{784, 128, 128, 128, 128, 128, 10}))
	a := action.ImageAffine(28, 28)
	defer os.Setenv(network.DevicesVariable, os.Getenv(network.DevicesVariable))
	for _, count := range []string{"1", "all"} {
		if err := os.Setenv(network.DevicesVariable, count); err != nil {
			return err
		}
		var singular []float64
		r, err := timed("spectrum on "+count, s.Rounds, func() (string, error) {
			spectrum, err := network.Analyze(net, a, network.Tensor(x), network.Settings{Batch: samples / 16})
			if err != nil {
				return "", err
			}
			singular = nil
			for _, d := range spectrum.BySingular {
				singular = append(singular, d.Singular)
			}
			return fmt.Sprintf("of %d devices", backend.NumDevices()), nil
		})
		if err != nil {
			return fmt.Errorf("card: %s: %w", r.Name, err)
		}
		r.Singular = singular
		tell(r)
		r, err = timed("verdict on "+count, s.Rounds, func() (string, error) {
			v, err := network.Judge(net, a, network.Tensor(x), network.Settings{})
			return fmt.Sprint(v), err
		})
		if err != nil {
			return fmt.Errorf("card: %s: %w", r.Name, err)
		}
		tell(r)
	}
	return nil
}
