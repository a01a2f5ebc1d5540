package device

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute"
)

// defaultFree is assumed to be free in a device that does not say how much is: 8 GiB.
const defaultFree = 8 << 30

// HasRoom reports whether so many bytes may lie in the memory of a device beside what programs
// need: a quarter of what was free when it was first asked.
func HasRoom(b compute.Backend, bytes int) bool {
	free := defaultFree
	if OnGPU(b) {
		free = freeMemory()
	}
	return bytes <= free/4
}

// freeMemory returns the free bytes of the GPU. The driver's tool takes up to seconds to tell, so
// it is asked once.
var freeMemory = sync.OnceValue(func() int {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second) // a card that hangs makes nvidia-smi hang
	defer stop()
	ask := []string{"--query-gpu=memory.free", "--format=csv,noheader,nounits"}
	if card, _, _ := strings.Cut(os.Getenv("CUDA_VISIBLE_DEVICES"), ","); card != "" {
		ask = append(ask, "--id="+card)
	}
	said, err := exec.CommandContext(ctx, "nvidia-smi", ask...).Output()
	if err != nil {
		return defaultFree
	}
	return freeOf(string(said))
})

// freeOf reads the least number of MiB that nvidia-smi lists, one for each card, as bytes. XLA uses
// the first card, but may count them in another order.
func freeOf(said string) (free int) {
	for _, line := range strings.Fields(said) {
		mib, err := strconv.Atoi(line)
		if err != nil || mib <= 0 {
			return defaultFree
		}
		if free == 0 || mib<<20 < free {
			free = mib << 20
		}
	}
	if free == 0 {
		return defaultFree
	}
	return free
}
