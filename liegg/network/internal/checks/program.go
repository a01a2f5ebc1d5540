package checks

import (
	"sync"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Programs keeps the last programs, for verdicts of the same kind on other data or after more
// training.
type Programs struct {
	mu    sync.Mutex
	each  *program // looked at outputs one by one
	steps *program // moved inputs
}

// program is a compiled program.
type program struct {
	extraction.Subject
	mode    jacobian.Mode
	outputs int
	exec    *model.Exec
	kind    extraction.Kind
}

// programOf returns the program that is kept in last if it is of the same kind. Otherwise it compiles the
// graph of a new one, and keeps that. Last belongs to n.Last.
func programOf[F model.ExecGraphFn](n Network, last **program, a action.Action, x *tensors.Tensor, outputs int, s Settings, graphOf func(p *program) F) (*program, error) {
	k, err := extraction.KindOf(n.Network, a, stream.Chunk{X: x}, s.Settings, true)
	if err != nil {
		return nil, err
	}
	k.Shape = ""
	n.Last.mu.Lock()
	defer n.Last.mu.Unlock()
	if p := *last; p != nil && p.kind.Equal(k) {
		return p, nil
	}
	backend, err := n.On()
	if err != nil {
		return nil, err
	}
	p := &program{Subject: extraction.Subject{Network: n.Network, Action: a, Head: s.Head}, mode: s.Mode, outputs: outputs, kind: k}
	if p.exec, err = model.NewExec(backend, n.Store, graphOf(p)); err != nil {
		return nil, err
	}
	*last = p
	return p, nil
}
