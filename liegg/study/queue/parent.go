package queue

import (
	"errors"
	"io"
	"os"
	"time"
)

// endWithParent calls stop when the parent of this process is gone, however
// it ended, and ends this process if it has not ended soon after. The parent
// holds the other end of standard input, which the system then closes. This
// works on every system, and even while foreign code is running.
func endWithParent(stop func(error)) {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop(errors.New("queue: the process that fed this worker has ended"))
		time.Sleep(2 * time.Second)
		os.Exit(1)
	}()
}
