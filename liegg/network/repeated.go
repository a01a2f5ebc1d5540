package network

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Repeated returns a network that runs n on several inputs for each input of its own, such as
// the mean of n over moved inputs. forward is its graph, which calls n.Forward on times·batch
// inputs in all. Batches are chosen so much smaller. The layers of n are no layers of such a
// network, so profiles refuse it. It shares the variables of n. It panics unless times ≥ 1 and
// forward is set.
func (n *Network) Repeated(times int, forward Forward) *Network {
	if times < 1 || forward == nil {
		panic(fmt.Sprintf("network: Repeated: times must be at least 1 and forward not nil, got %d", times))
	}
	return &Network{Store: n.Store, Backend: n.Backend, History: n.History, packing: n.packing, given: n.given, times: times * n.Times(),
		Forward: func(scope *model.Scope, x *Node) *Node {
			if n.given {
				panic(fmt.Errorf("network: only the gradients at the given samples are known, so inputs cannot be moved: give the network itself"))
			}
			return forward(scope, x)
		}}
}

// Times returns on how many inputs the network runs another for each input of its own; 1 unless
// it was made by Repeated.
func (n *Network) Times() int { return max(1, n.times) }
