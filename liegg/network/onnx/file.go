package onnx

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/onnx-gomlx/onnx"
	"github.com/gomlx/onnx-gomlx/onnx/parser"
	"google.golang.org/protobuf/proto"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// file is an ONNX file that was checked.
type file struct {
	whole, graph message
	folder       string // folder of the weight files
	size, budget int64  // in bytes
}

// read reads and checks a file. Together with its weights it may take budget
// bytes.
func read(path string, budget int64) (*file, error) {
	budget, err := bounded.Budget(budget)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a regular file", ErrMalformed)
	}
	contents, err := bounded.ReadFile(path, budget)
	if err != nil {
		return nil, err
	}
	f, err := parseFile(contents, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	f.budget = budget
	return f, nil
}

// parseFile parses contents whose external weights may be in a folder.
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
	return &file{whole: model, graph: model.child("graph"), folder: folder, size: int64(len(contents)), budget: bounded.Default}, nil
}

// convert passes the file, as it is now, to the conversion.
func (f *file) convert() (onnx.Model, error) {
	if err := checkOrder(f.graph, nil); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	contents, err := proto.Marshal(f.whole.Interface())
	if err != nil {
		return nil, err
	}
	m, err := parser.Parse(contents)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m.DisableFusion() // fused operators are for inference only
	return m.WithExternalDataReader(external(f.folder)), nil
}
