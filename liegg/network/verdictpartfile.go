package network

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/liegg/lab/liegg/internal/spelling"
)

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
