package queue

import (
	"errors"
	"io"
	"os"
	"time"
)

// endWithParent calls stop when the process that started this one is gone,
// however it went, and ends this one if it has not ended soon after. The parent
// holds the other end of standard input, which the system closes for it: this
// works everywhere, and also while the work is in foreign code.
func endWithParent(stop func(error)) {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop(errors.New("queue: the process that fed this worker has ended"))
		time.Sleep(2 * time.Second)
		os.Exit(1)
	}()
}
