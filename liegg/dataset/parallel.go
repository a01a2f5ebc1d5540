package dataset

import (
	"runtime"
	"sync"
)

// parallel calls do for consecutive ranges that make up 0…n−1, one for each core, and waits for all. What do writes
// for an index may depend on that index only: then the result does not depend on the number of cores.
func parallel(n int, do func(from, to int)) {
	workers := max(1, min(runtime.GOMAXPROCS(0), n))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() { do(w*n/workers, (w+1)*n/workers) })
	}
	group.Wait()
}
