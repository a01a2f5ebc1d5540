package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Write writes an array in version 1.0 of the format.
func Write(w io.Writer, a Array) error {
	descr, values := "<f8", any(a.Float64)
	if a.Float32 != nil {
		descr, values = "<f4", a.Float32
	}
	var dims strings.Builder
	for _, d := range a.Dims {
		fmt.Fprintf(&dims, "%d, ", d)
	}
	shape := strings.TrimSuffix(dims.String(), " ")
	if len(a.Dims) > 1 {
		shape = strings.TrimSuffix(shape, ",")
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, shape)
	const start = len(magic) + 4
	text += strings.Repeat(" ", 63-(start+len(text))%64) + "\n" // values begin at a multiple of 64
	head := append([]byte(magic), 1, 0)
	head = append(binary.LittleEndian.AppendUint16(head, uint16(len(text))), text...)
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	if err := binary.Write(w, binary.LittleEndian, values); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

func sorted(arrays map[string]Array) []string { return slices.Sorted(maps.Keys(arrays)) }
