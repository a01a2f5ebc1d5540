package cells

import (
	"bytes"
	"log"
	"testing"
)

func TestComplaintsAreLimited(t *testing.T) {
	var said bytes.Buffer
	complain := limited(log.New(&said, "", 0), 3)
	for i := range 10 {
		complain("%d", i)
	}
	if said.String() != "0\n1\n2\n" {
		t.Errorf("said %q", &said)
	}
}
