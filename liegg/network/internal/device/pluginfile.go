package device

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// pluginOf is the path of the plugin of XLA that a backend's name asks for, as in "xla:/path/of/a/plugin.so,tf32=false"
// or "xla:cpu"; "" if it asks for none, or if there is none of that name.
func pluginOf(config string) string {
	backend, plugin, _ := strings.Cut(config, ":")
	if !slices.Contains([]string{"xla", "stablehlo", "hlo", "shlo"}, backend) { // all are XLA
		return ""
	}
	name, _, _ := strings.Cut(plugin, ",")
	if filepath.IsAbs(name) {
		return name
	}
	return installedPlugin(name)
}

// forCUDA reports whether a plugin is one for NVIDIA GPUs. Its file's name tells, as for GoMLX.
func forCUDA(plugin string) bool {
	name := strings.ToLower(filepath.Base(plugin))
	return strings.Contains(name, "cuda") || strings.Contains(name, "nvidia")
}

// pluginWhole returns an error if the file of a plugin was cut: code that lies beyond its end would end the process with
// SIGBUS, at some later time.
func pluginWhole(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return nil // whoever loads it says what is wrong
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
