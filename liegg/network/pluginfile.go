package network

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
)

// pluginWhole returns an error if the backend is XLA with a plugin that is named by its path, and the file was cut: code
// that lies beyond its end would end the process with SIGBUS, at some later time.
func pluginWhole(config string) error {
	path, isXLA := strings.CutPrefix(config, "xla:")
	path, _, _ = strings.Cut(path, ",")
	if !isXLA {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil // it is no path, or whoever loads it says what is wrong
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if end := segmentsEnd(file); end > uint64(info.Size()) {
		return fmt.Errorf("the plugin %s was cut: it has %d bytes, and its code goes on to byte %d; `go run ./kernel prepare xla` lays the lab's own anew", path, info.Size(), end)
	}
	return nil
}

// segmentsEnd is where the last segment of a library ends that the system maps into memory; 0 for what is no 64-bit
// little-endian ELF file. Source of the format: System V Application Binary Interface, chapters 4 and 5.
func segmentsEnd(r io.ReaderAt) (end uint64) {
	var header [64]byte
	if _, err := r.ReadAt(header[:], 0); err != nil || !bytes.HasPrefix(header[:], []byte("\x7fELF\x02\x01")) {
		return 0
	}
	little := binary.LittleEndian
	at, size, count := little.Uint64(header[32:]), little.Uint16(header[54:]), little.Uint16(header[56:])
	for i := range uint64(count) {
		var segment [56]byte
		start := at + i*uint64(size)
		if _, err := r.ReadAt(segment[:], int64(start)); err != nil {
			return max(end, start+uint64(size))
		}
		end = max(end, little.Uint64(segment[8:])+little.Uint64(segment[32:]))
	}
	return end
}
