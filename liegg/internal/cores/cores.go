// Package cores spreads work over the processor's cores.
package cores

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls work(i) for i = 0 … count−1, in any order and several at a time, at most as many as
// GOMAXPROCS. It returns when all calls have.
func Do(count int, work func(i int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(count, runtime.GOMAXPROCS(0)) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < count; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	done.Wait()
}
