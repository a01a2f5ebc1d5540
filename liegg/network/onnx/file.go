package onnx

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gomlx/onnx-gomlx/onnx"
	"github.com/gomlx/onnx-gomlx/onnx/parser"
	"google.golang.org/protobuf/proto"
)

// maxFile is the largest file that is read, in bytes. Larger models keep their
// weights in files beside it.
const maxFile = 1 << 30

// file is an ONNX file that was checked and parsed.
type file struct {
	graph message
	onnx  onnx.Model
}

// read reads, checks and parses a file.
func read(path string) (*file, error) {
	contents, err := contentsOf(path)
	if err != nil {
		return nil, err
	}
	return parseFile(contents, filepath.Dir(path))
}

func contentsOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a regular file", ErrMalformed)
	}
	contents, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(contents) > maxFile {
		err = fmt.Errorf("%w: larger than %d bytes: export the weights as external data", ErrMalformed, maxFile)
	}
	return contents, err
}

// parseFile parses contents whose weights may lie in a folder.
func parseFile(contents []byte, folder string) (f *file, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("%w: %v", ErrMalformed, r)
		}
	}()
	model, err := parse(contents)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if err := check(model, root); err != nil {
		return nil, err
	}
	graph := model.child("graph")
	weights, momentum, defined := withoutWeights(graph), withoutMomentum(graph), define(model)
	if err := checkOrder(graph, nil); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if weights || momentum || defined {
		if contents, err = proto.Marshal(model.Interface()); err != nil {
			return nil, err
		}
	}
	m, err := parser.Parse(contents)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m.DisableFusion() // fused operators are for inference
	return &file{graph, m.WithExternalDataReader(external(folder))}, nil
}

// external reads weights that lie in files below a folder, and in no others.
type external string

// ReadInto fills output from the offset of info on.
func (folder external) ReadInto(info onnx.ExternalDataInfo, output []byte) error {
	root, err := os.OpenRoot(string(folder))
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.Open(info.Location)
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
