package extraction

import (
	"cmp"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Program returns a program for inputs like the first, either one compiled before or a new
// one. It must be given back with Programs.Keep. If the beginning of the inputs is given, the program
// is for a verdict.
func (n Network) Program(a action.Action, first stream.Chunk, s Settings, beginning *tensors.Tensor) (e *Program, err error) {
	k, err := KindOf(n, a, first, s, beginning != nil)
	if err == nil {
		e = n.Programs.take(k)
	}
	if e == nil {
		if e, err = newProgram(n, a, first, s, beginning != nil); err != nil { // reports first what does not fit
			return nil, err
		}
		e.kind = &k
	}
	if beginning == nil {
		return e, nil
	}
	e.activity = cmp.Or(s.Activity, new(activity.Record))
	e.replay = s.Replay
	e.grouped = s.Grouped
	if err := e.measureInRoom(beginning, s.Batch*max(1, s.Together)); err != nil {
		e.Finalize()
		return nil, err
	}
	return e, nil
}
