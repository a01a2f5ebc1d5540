package profile

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) { expect.Main(m, network.BackendVariable) }

// Short names of checks and samples.
var (
	normal    = networktest.Normal[float64]
	wantPanic = expect.Panic
)

// inGo is network.Exact in pure Go, which builds small programs ten times as fast as XLA.
func inGo(f func(x *Node) *Node) *network.Network {
	n := network.Exact(f)
	n.Backend = pureGo()
	return n
}

var pureGo = sync.OnceValue(func() compute.Backend { return must.M1(purego.New()) })

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }
