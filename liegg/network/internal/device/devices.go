package device

import (
	"fmt"
	"os"
	"strconv"

	"github.com/gomlx/compute"
)

// CountVariable names the environment variable that chooses the number of devices; see
// network.DevicesVariable.
const CountVariable = "LIEGG_DEVICES"

// Count returns on how many devices of a backend programs run over the chunks of a stream: one, unless
// the environment says otherwise. It is always 1 if a backend shares its memory with the program, since
// that one uses all cores by itself. It returns an error if there are not so many devices.
func Count(b compute.Backend) (int, error) {
	said := os.Getenv(CountVariable)
	if said == "" || b.HasSharedBuffers() {
		return 1, nil
	}
	if said == "all" {
		return b.NumDevices(), nil
	}
	n, err := strconv.Atoi(said)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("network: $%s is %q: give a number of devices, or all", CountVariable, said)
	}
	if n > b.NumDevices() {
		return 0, fmt.Errorf("network: $%s asks for %d devices, and %s has %d: give a smaller number, or all", CountVariable, n, b.Name(), b.NumDevices())
	}
	return n, nil
}
