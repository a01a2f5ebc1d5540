package liegg

import (
	"fmt"
	"strings"
	"testing"
)

func TestAgreeNamesWhatItCannotCompare(t *testing.T) {
	for says, verdicts := range map[string][]*Verdict{
		"no verdicts":        nil,
		"verdicts[0] is nil": {nil},
		"verdicts[1] is nil": {{}, nil},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, says) {
					t.Errorf("panic %q, want one that says %q", got, says)
				}
			}()
			Agree(verdicts...)
		}()
	}
}
