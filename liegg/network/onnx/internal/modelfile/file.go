// Package modelfile reads ONNX files, refuses those that are malformed, and cuts
// their graphs down to what is needed.
package modelfile

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/onnx-gomlx/onnx"
	"github.com/gomlx/onnx-gomlx/onnx/parser"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// File is an ONNX file that was checked.
type File struct {
	Whole, Graph message.Message
	folder       string // folder of the weight files
	size, budget int64  // in bytes
}

// Read reads and checks a file. Together with its weights it may take budget
// bytes.
func Read(path string, budget int64) (*File, error) {
	budget, err := bounded.Budget(budget)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a regular file", message.ErrMalformed)
	}
	contents, err := bounded.ReadFile(path, budget)
	if err != nil {
		return nil, err
	}
	f, err := Parse(contents, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	f.budget = budget
	return f, nil
}

// Parse parses contents whose external weights may be in a folder.
func Parse(contents []byte, folder string) (f *File, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("%w: %v", message.ErrMalformed, r)
		}
	}()
	model, err := message.Parse(contents)
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
	return &File{Whole: model, Graph: model.Child("graph"), folder: folder, size: int64(len(contents)), budget: bounded.Default}, nil
}

// Convert passes the file, as it is now, to the conversion.
func (f *File) Convert() (onnx.Model, error) {
	if err := checkOrder(f.Graph, nil); err != nil {
		return nil, fmt.Errorf("%w: %w", message.ErrMalformed, err)
	}
	contents, err := proto.Marshal(f.Whole.Interface())
	if err != nil {
		return nil, err
	}
	m, err := parser.Parse(contents)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", message.ErrMalformed, err)
	}
	m.DisableFusion() // fused operators are for inference only
	return m.WithExternalDataReader(external(f.folder)), nil
}

// SetNodes replaces the nodes of the graph.
func (f *File) SetNodes(nodes []message.Message) {
	list := f.List("node")
	list.Truncate(0)
	for _, node := range nodes {
		list.Append(protoreflect.ValueOfMessage(node.Message))
	}
}

// List returns a repeated field of the graph.
func (f *File) List(field protoreflect.Name) protoreflect.List {
	return f.Graph.Mutable(f.Graph.Descriptor().Fields().ByName(field)).List()
}
