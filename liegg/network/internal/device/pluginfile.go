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

// pluginOf returns the path of the XLA plugin that a backend's name asks for, as in
// "xla:/path/of/a/plugin.so,tf32=false" or "xla:cpu". It is "" if the name asks for none, or
// if there is none of that name.
func pluginOf(config string) string {
	backend, plugin, _ := strings.Cut(config, ":")
	if !slices.Contains([]string{"xla", "stablehlo", "hlo", "shlo"}, backend) { // all of them mean XLA
		return ""
	}
	name, _, _ := strings.Cut(plugin, ",")
	if filepath.IsAbs(name) {
		return name
	}
	return installedPlugin(name)
}

// forCUDA reports whether a plugin is for NVIDIA GPUs, by its file name, as GoMLX does.
func forCUDA(plugin string) bool {
	name := strings.ToLower(filepath.Base(plugin))
	return strings.Contains(name, "cuda") || strings.Contains(name, "nvidia")
}

// pluginWhole returns an error if the file of a plugin is truncated: code beyond its end
// would end the process with SIGBUS at some later time.
func pluginWhole(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return nil // loading it reports the error
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if end := segmentsEnd(file); end > uint64(info.Size()) {
		return fmt.Errorf("the plugin %s is truncated: it has %d bytes, and its code extends to byte %d; `go run ./kernel prepare xla` installs the lab's own again", path, info.Size(), end)
	}
	return nil
}

// segmentsEnd returns where the last segment of a library that the system maps into memory
// ends, or 0 if it is not a 64-bit little-endian ELF file. Source of the format: System V
// Application Binary Interface, chapters 4 and 5.
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
