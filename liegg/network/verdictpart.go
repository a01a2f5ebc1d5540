package network

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Nearly all the work of a verdict is done by one compiled program that runs for each chunk
// of samples. Several processes can share the chunks: each runs the program for its own and
// keeps the results. Judge then reads these results instead of running the program, so the
// verdict has the same bits as in a single process.

// VerdictPart holds the results of Judge's program for some chunks of the samples: the share
// of one of several processes. It takes about 8·(2m + 10) bytes for each sample of m outputs,
// and for each block 8·K² bytes or less, or 8·K for each row of a float64 network.
type VerdictPart struct {
	share, of int // the chunks share-1, share-1+of, …
	total     int // of chunks in the whole stream
	origin    [sha256.Size]byte
	chunks    map[int]ranChunk // by the number of the chunk
}

// ranChunk holds the results of the program for a chunk.
type ranChunk struct {
	Inputs [sha256.Size]byte // digest of its samples
	Values [][]float64
}

// JudgePart does the i-th of n shares, i from 1, of the work of Judge, for the same
// arguments. All processes read the whole stream, since its beginning determines the scales
// of a verdict, and the position of a sample its chunk. The processes need the same kind of
// processor and plugin. Settings.Validation is left to Judge.
//
// JudgePart returns the errors of Judge that its share reveals. It panics unless 1 ≤ i ≤ n.
func JudgePart(n *Network, a action.Action, inputs Inputs, s Settings, i, of int) (*VerdictPart, error) {
	if i < 1 || i > of {
		panic(fmt.Sprintf("network: JudgePart: i must lie in 1…n, got %d of %d", i, of))
	}
	mustBeUsable(n, a, inputs, s)
	n = n.Through(a)
	p, a, err := openStream(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if a, err = n.source().InOutputUnits(a, p.First, s.rows()); err != nil {
		return nil, err
	}
	if err := n.planChunks(&s, p, a); err != nil {
		return nil, err
	}
	part := &VerdictPart{share: i, of: of, chunks: map[int]ranChunk{}}
	return part, part.collect(n, a, p, s)
}

// collect runs the program for the chunks of the part.
func (v *VerdictPart) collect(n *Network, a action.Action, p *stream.Peeked, s Settings) (err error) {
	defer caught(&err)
	var e *extraction.Program
	defer func() { e.Finalize() }() // unless it was kept
	for c, err := range n.cut(p.Inputs, s, a.Dim(), p.First) {
		if err == nil && e == nil {
			if e, err = n.source().Program(a, c, s.rows(), p.First); err == nil {
				v.origin, err = e.Fingerprint(c)
			}
		}
		if err == nil {
			err = v.take(e, c)
		}
		if err != nil {
			return err
		}
	}
	if err := e.NotFinite(); err != nil {
		return err
	}
	n.compiled.Keep(e)
	e = nil
	return nil
}

// take runs the program for a chunk if it is one of the part.
func (v *VerdictPart) take(e *extraction.Program, c chunk) error {
	defer finalize(c.X)
	z := e.Probes(c.X) // drawn for every chunk, as Judge does
	defer finalize(z)
	number := v.total
	v.total++
	if number%v.of != v.share-1 {
		return nil
	}
	inputs, err := digestOf(c.X)
	if err != nil {
		return err
	}
	values, err := e.Call(c.X, c.Count, z)
	if err != nil {
		return err
	}
	v.chunks[number] = ranChunk{inputs, values}
	return e.Census.Add(c, values[3], values[2])
}

// digestOf returns the SHA-256 of the numbers of a tensor.
func digestOf(x *tensors.Tensor) (sum [sha256.Size]byte, err error) {
	err = x.ConstBytes(func(data []byte) { sum = sha256.Sum256(data) })
	return sum, err
}

// parts holds all parts of a verdict.
type parts struct {
	total  int
	origin [sha256.Size]byte
	chunks map[int]ranChunk
}

// WithParts makes Judge read what JudgePart has computed for the same arguments, instead of
// computing it. The order of the parts does not matter. It returns an error if the parts
// belong to different networks, actions, data, settings or kinds of processors, if one is
// missing, or if one is there twice. Judge returns an error if they do not belong to its own
// arguments. WithParts panics without parts.
func (s Settings) WithParts(given ...*VerdictPart) (Settings, error) {
	if len(given) == 0 {
		panic("network: WithParts: no parts")
	}
	first := given[0]
	all := &parts{first.total, first.origin, map[int]ranChunk{}}
	shares := map[int]bool{}
	for _, v := range given {
		switch {
		case v.of != first.of || v.total != first.total:
			return s, fmt.Errorf("network: one part is share %d of %d of %d chunks, another is share %d of %d of %d: parts of one verdict have the same numbers", first.share, first.of, first.total, v.share, v.of, v.total)
		case v.origin != first.origin:
			return s, fmt.Errorf("network: the shares %d and %d of %d were computed by different networks, actions, settings or versions, or on different kinds of processors: they do not belong together", first.share, v.share, v.of)
		case shares[v.share]:
			return s, fmt.Errorf("network: share %d of %d is there twice: give each once", v.share, v.of)
		}
		shares[v.share] = true
		for number, c := range v.chunks {
			all.chunks[number] = c
		}
	}
	for i := range first.of {
		if !shares[i+1] {
			return s, fmt.Errorf("network: share %d of %d is in no part: compute it, or add the file that holds it", i+1, first.of)
		}
	}
	s.parts = all
	return s, nil
}

// replay goes through the chunks of parts in the order of the stream.
type replay struct {
	*parts
	next int
}

func (p *parts) replay() *replay {
	if p == nil {
		return nil
	}
	return &replay{parts: p}
}

// results returns the results of the program for the next chunk, given its extraction.Program.Fingerprint.
func (r *replay) results(fingerprint func(chunk) ([sha256.Size]byte, error), c chunk) ([][]float64, error) {
	if r.next == 0 {
		origin, err := fingerprint(c)
		if err != nil {
			return nil, err
		}
		if origin != r.origin {
			return nil, fmt.Errorf("network: the parts were computed by another network, action, setting or version, or on another kind of processor: judge with those, or compute the parts again")
		}
	}
	inputs, err := digestOf(c.X)
	if err != nil {
		return nil, err
	}
	ran, ok := r.chunks[r.next]
	if !ok || ran.Inputs != inputs {
		return nil, fmt.Errorf("network: chunk %d of %d of the parts holds other samples than the inputs: give the data that the parts were computed from", r.next+1, r.total)
	}
	r.next++
	values := make([][]float64, len(ran.Values))
	for i, v := range ran.Values {
		values[i] = slices.Clone(v)
	}
	return values, nil
}

// partText is a VerdictPart as it is stored.
type partText struct {
	Share, Of, Total int
	Origin           [sha256.Size]byte
	Numbers          []int
	Chunks           []ranChunk
}

// MarshalBinary writes the part: a SHA-256, and the data that it is the digest of, in the
// format of encoding/gob. The error is always nil.
func (v *VerdictPart) MarshalBinary() ([]byte, error) {
	text := partText{Share: v.share, Of: v.of, Total: v.total, Origin: v.origin, Numbers: slices.Sorted(maps.Keys(v.chunks))}
	for _, number := range text.Numbers {
		text.Chunks = append(text.Chunks, v.chunks[number])
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(text); err != nil {
		return nil, fmt.Errorf("network: writing a part of a verdict: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	return append(sum[:], b.Bytes()...), nil
}

// UnmarshalBinary reads what MarshalBinary has written. It returns an error if the data are
// damaged.
func (v *VerdictPart) UnmarshalBinary(data []byte) error {
	if len(data) < sha256.Size || sha256.Sum256(data[sha256.Size:]) != [sha256.Size]byte(data[:sha256.Size]) {
		return errors.New("network: damaged or truncated, so no part of a verdict: compute it again")
	}
	var text partText
	if err := gob.NewDecoder(bytes.NewReader(data[sha256.Size:])).Decode(&text); err != nil {
		return fmt.Errorf("network: no part of a verdict: %w", err)
	}
	read := VerdictPart{text.Share, text.Of, text.Total, text.Origin, map[int]ranChunk{}}
	if len(text.Chunks) != len(text.Numbers) || read.share < 1 || read.share > read.of {
		return fmt.Errorf("network: no part of a verdict: share %d of %d", read.share, read.of)
	}
	for i, number := range text.Numbers {
		read.chunks[number] = text.Chunks[i]
	}
	*v = read
	return nil
}

// String says which share of a verdict it is.
func (v *VerdictPart) String() string {
	return fmt.Sprintf("share %d of %d of a verdict: %s of %d", v.share, v.of, spelling.Count(len(v.chunks), "chunk"), v.total)
}
