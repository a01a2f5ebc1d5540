package network

import (
	"fmt"
	"iter"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/checks"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// takeEvidence returns the results of Evidence, and samples from all over the stream.
func takeEvidence(n *Network, a action.Action, inputs Inputs, s Settings) (_ *liegg.Evidence, _ action.Action, some checks.Samples, err error) {
	p, err := peekFor(inputs, n.limits(), s)
	if err != nil {
		return nil, nil, some, err
	}
	defer p.Close()
	if a, err = whitened(a, p); err != nil {
		return nil, nil, some, err
	}
	if a, err = n.source().InOutputUnits(a, p.First, s.rows()); err != nil {
		return nil, nil, some, err
	}
	e, err := gatherEvidence(n, a, p, s)
	if err == nil && p.First != nil {
		some, err = spreadOver(p)
	}
	return e, a, some, err
}

// spreadOver returns samples of a stream that has reached its end.
func spreadOver(p *stream.Peeked) (o checks.Samples, err error) {
	o.X, o.At, err = p.Some()
	return o, err
}

// openStream reads the beginning of a stream, and returns the action whitened by it. It returns
// liegg.ErrNoSamples if the stream is empty.
func openStream(n *Network, a action.Action, inputs Inputs, s Settings) (p *stream.Peeked, _ action.Action, err error) {
	if p, err = peekFor(inputs, n.limits(), s); err != nil {
		return nil, nil, err
	}
	if p.First == nil {
		err = liegg.ErrNoSamples
	} else {
		a, err = whitened(a, p)
	}
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	return p, a, nil
}

// whitened returns the action whitened by the beginning of the stream, which must be finite.
func whitened(a action.Action, p *stream.Peeked) (action.Action, error) {
	if p.First == nil {
		return a, nil
	}
	if err := allFinite(p.First, "input"); err != nil {
		return nil, err
	}
	return action.Whiten(a, p.First)
}

// planChunks sets in s how samples are cut into chunks for a verdict.
func (n *Network) planChunks(s *Settings, p *stream.Peeked, a action.Action) error {
	if err := allot(s, p, liegg.BlockLimit(a.Dim())); err != nil {
		return err
	}
	if s.Batch == 0 {
		s.Batch = p.Block()
	}
	if s.together = 1; s.allotment == nil {
		s.together = n.source().BlocksTogether(a, p, s.rows())
	}
	return nil
}

// gatherEvidence takes evidence from a stream whose beginning is known.
func gatherEvidence(n *Network, a action.Action, p *stream.Peeked, s Settings) (*liegg.Evidence, error) {
	if err := n.planChunks(&s, p, a); err != nil {
		return nil, err
	}
	inputs, w := Inputs(p.Inputs), &stream.Watch{Moves: action.Moves(a)}
	if !s.Groups.given {
		inputs = w.Watched(inputs)
	}
	e, err := liegg.Gather(a.Dim(), polarizationChunks(n, a, inputs, s, p.First))
	if err != nil || e.Samples() == 0 {
		return e, err
	}
	e.Away(distanceFromOrigin(a, p))
	return e, s.setDependence(e, w)
}

// cut cuts a stream into chunks, each of one block if samples are assigned to blocks. The beginning
// of the stream is given for a verdict.
func (n *Network) cut(inputs Inputs, s Settings, k int, beginning *tensors.Tensor) iter.Seq2[chunk, error] {
	var chunks iter.Seq2[chunk, error]
	backend, _ := n.backend() // running the network reports what is wrong with it
	switch {
	case s.allotment != nil:
		chunks = stream.Sort(inputs, backend, s.Batch, s.allotment)
	case s.together > 1:
		chunks = stream.Ahead(stream.CutInBlocks(inputs, backend, s.Batch, s.together), backend)
	default:
		chunks = stream.Ahead(n.chunks(inputs, s.Batch, k), backend)
	}
	if beginning != nil && s.Batch == 1 {
		chunks = stream.Partnered(chunks, beginning.Shape().Dim(0), stream.ByIndex(beginning))
	}
	return stream.Reporting(chunks, s.Watch)
}

// polarizationChunks runs the inputs through the network, batch by batch. If their beginning
// is given, the result is for a verdict: with moments, with outputs scaled to one size, and
// with repeated samples counted.
func polarizationChunks(n *Network, a action.Action, inputs Inputs, s Settings, beginning *tensors.Tensor) iter.Seq2[liegg.Chunk, error] {
	return extraction.Chunks(n.source(), a, n.cut(inputs, s, a.Dim(), beginning), s.rows(), beginning)
}

// distanceFromOrigin returns the largest ratio of mean to standard deviation among the
// coordinates of the first inputs. It is 0 for actions that are not linear maps of vectors about
// the origin.
func distanceFromOrigin(a action.Action, p *stream.Peeked) (most float64) {
	if m, ok := a.(action.Measured); !ok || m.Inner() == nil || action.Translates(a) {
		return 0
	}
	values, err := dataset.Values(p.First)
	if err != nil {
		return 0 // reading the stream reports the error
	}
	samples := p.First.Shape().Dim(0)
	width := len(values) / samples
	moves := action.Moves(a)
	for j := range width {
		if moves != nil && !moves[j] {
			continue
		}
		if mean, deviation := stat.MeanStdDev(tensor.Column(values, j, width), nil); deviation > 0 {
			most = max(most, math.Abs(mean)/deviation)
		}
	}
	return most
}

// setDependence records in e how its samples depend on each other, as the groups say or, if there
// are none, as w has found.
func (s Settings) setDependence(e *liegg.Evidence, w *stream.Watch) error {
	d := w.Dependence()
	if s.Groups.given {
		d = s.dependence(e.Samples())
	}
	if d.Given && d.Places == 1 {
		return fmt.Errorf("network: Settings.Groups puts all %d samples into one group, so that none are left to test generators: give samples of several independent groups", d.Samples)
	}
	e.Depends(d)
	return nil
}
