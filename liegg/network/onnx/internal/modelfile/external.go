package modelfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/gomlx/onnx-gomlx/onnx"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// external reads weights from files below a folder, and from no others.
type external string

// ReadInto fills output with the bytes from the offset of info on.
func (folder external) ReadInto(info onnx.ExternalDataInfo, output []byte) error {
	root, err := os.OpenRoot(string(folder))
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := regularSize(root, info.Location); err != nil {
		return err
	}
	// If a pipe has replaced the file meanwhile, this does not wait for its
	// writer.
	f, err := root.OpenFile(info.Location, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if n, err := f.ReadAt(output, info.Offset); n < len(output) {
		return fmt.Errorf("%s is truncated: %w", info.Location, err)
	}
	return nil
}

// Close has nothing to close.
func (external) Close() error { return nil }

// regularSize returns the size of a regular file.
func regularSize(folder *os.Root, location string) (int64, error) {
	info, err := folder.Stat(location)
	if err != nil {
		return 0, fmt.Errorf("its data: copy the file beside the model: %w", err)
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("its data are in %q, which is not a regular file", location)
	}
	return info.Size(), nil
}

// checkExternal requires that a file has the bytes of a tensor at the
// position the tensor gives.
func checkExternal(t message.Message, bytes int, folder *os.Root) error {
	entries := map[string]string{}
	for _, e := range t.Children("external_data") {
		entries[e.Text("key")] = e.Text("value")
	}
	location := entries["location"]
	if !filepath.IsLocal(location) {
		return fmt.Errorf("its data are in %q, which is not below the folder of the file", location)
	}
	size, err := regularSize(folder, location)
	if err != nil {
		return err
	}
	offset, err := bytesOf(entries, "offset", 0)
	if err != nil {
		return err
	}
	length, err := bytesOf(entries, "length", int64(bytes))
	if err != nil {
		return err
	}
	switch {
	case length != int64(bytes):
		return fmt.Errorf("its data in %q are %d bytes long, but its type and shape ask for %d", location, length, bytes)
	case offset > size || length > size-offset:
		return fmt.Errorf("its data, %d bytes from %d on, are not all in %q, which has %d bytes: the file is truncated", length, offset, location, size)
	}
	return nil
}

// bytesOf returns a number of bytes from a tensor's description of its data.
func bytesOf(entries map[string]string, key string, otherwise int64) (int64, error) {
	text, ok := entries[key]
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("the %s of its data is %q", key, text)
	}
	return n, nil
}

// WithinBudget adds up the bytes of the file and of the external weights that
// will be read. Weights that share bytes are counted separately, because each
// is kept.
func (f *File) WithinBudget() error {
	total := f.size
	f.Graph.Each("TensorProto", func(t message.Message) error {
		if t.Field("external_data").List().Len() > 0 {
			n, _ := message.Product(message.Sizes(t))
			total += int64(n) * int64(message.BytesPerNumber(t))
		}
		return nil
	})
	if total > f.budget {
		return bounded.Exceeded("the model and its weights take", total, f.budget)
	}
	return nil
}
