package liegg

import (
	"math"
	"strings"
	"testing"
)

// The advice for too few blocks must be able to help.
func TestMoreBlocks(t *testing.T) {
	for _, c := range []struct {
		k, blocks int
		want      string
	}{{25, 20, "smaller batches"}, {1500, 60, "fewer of them"}, {1500, 3, "smaller batches"}} {
		if got := moreBlocks(c.k, c.blocks); !strings.Contains(got, c.want) {
			t.Errorf("%d candidates, %d blocks: %q, want %q in it", c.k, c.blocks, got, c.want)
		}
	}
}

func TestRuleOutOfRange(t *testing.T) {
	for _, r := range []Rule{{Threshold: 2}, {Threshold: math.NaN()}, {Gap: .5}, {Confidence: 1}, {Resamples: -1}} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.HasPrefix(said, "liegg: Rule") {
					t.Errorf("%+v: panic %q", r, said)
				}
			}()
			r.withDefaults()
		}()
	}
	if r := (Rule{}).withDefaults(); r.Gap != 5 || r.Threshold != .1 {
		t.Errorf("defaults %+v", r)
	}
}
