package flow_test

import (
	"testing"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/keep"
	"github.com/liegg/lab/liegg/lie"
)

// readBack fails unless v prints the same after it was kept and read again.
func readBack[T any](t *testing.T, name string, v T) {
	t.Helper()
	var read T
	calls := 0
	told := expect.Stderr(t, func() {
		for range 2 {
			read = keep.Value(name, func() T { calls++; return v })
		}
	})
	if calls != 1 || told != "" || any(read).(interface{ String() string }).String() != any(v).(interface{ String() string }).String() {
		t.Errorf("%s is computed %d times and read as\n%v\ninstead of\n%v\n%s", name, calls, read, v, told)
	}
}

func TestResultsAreKept(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	c := groundtruth.Broken(.1)
	f, a, s := inGo(c.Graph), c.Action(), flow.Settings{Points: 4, Random: 1, Quiet: true}
	x := drawn(c, 400)
	rotation := flow.Rotation(3, 1, 2)
	readBack(t, "test", ok(flow.Test(f, a, rotation, x, s))(t))
	readBack(t, "comparison", ok(flow.Compare(f, a, []flow.Hypothesis{rotation, flow.Scaling(3)}, x, s))(t))
	readBack(t, "map", ok(flow.TestMap(f, a, flow.Reflection(3, 0), x, s))(t))
	readBack(t, "refinement", ok(flow.Refine(f, a, lie.Span("rotation", rotation.H), x, s))(t))
	readBack(t, "judgement", ok(flow.Judge(f, a, x, s))(t))
	readBack(t, "curve", ok(flow.Along(f, a, rotation.H, x, s))(t))
}
