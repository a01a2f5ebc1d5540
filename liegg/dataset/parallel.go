package dataset

import (
	"runtime"
	"sync"
)

// parallel calls do for consecutive ranges that make up 0…n−1, one per core,
// and waits for all. To keep results independent of the number of cores, what
// do writes for an index may depend only on that index.
func parallel(n int, do func(from, to int)) {
	workers := max(1, min(runtime.GOMAXPROCS(0), n))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() { do(w*n/workers, (w+1)*n/workers) })
	}
	group.Wait()
}
