package jax

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/bounded"
)

// The errors of reading a file. They come wrapped with the details.
var (
	// ErrMalformed: not a file of liegg_export.py, or one that is damaged.
	ErrMalformed = errors.New("not a complete file of liegg_export.py")
	// ErrVersion: a file of another version of liegg_export.py.
	ErrVersion = errors.New("a file of another version")
	// ErrBudget: a file that is larger than its budget.
	ErrBudget = bounded.ErrBudget
)

// The format that is read.
const (
	formatName    = "liegg-jax"
	formatVersion = 2 // version 1 has no Inputs
	anyPlatform   = "any"

	kindOutput = "output"
	kindLayer  = "layer"
)

// manifest is the file's description of itself.
type manifest struct {
	Format   string   `json:"format"`
	Version  int      `json:"version"`
	JAX      string   `json:"jax"` // version
	Platform string   `json:"platform"`
	Key      string   `json:"key"`    // in the names of all functions
	Chunks   []int    `json:"chunks"` // samples that programs take
	Input    array    `json:"input"`  // by which programs are differentiated
	Inputs   []named  `json:"inputs"` // of the function; if there are several, Input holds all floats
	Weights  []array  `json:"weights"`
	Outputs  []output `json:"outputs"`
}

// array describes an array, without the axis of the batch if it has one.
type array struct {
	Shape []int  `json:"shape"`
	Type  string `json:"type"`
}

// named is an array with a name.
type named struct {
	Name string `json:"name"`
	array
}

// output describes an output or a layer.
type output struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	array
}

// file is a file that was read and checked.
type file struct {
	manifest
	weights  []*tensors.Tensor
	programs map[program]string // StableHLO's text
}

// program says which of the file's programs is meant.
type program struct {
	output int
	role   role
	chunk  int // samples that it takes
}

// role is what a program computes.
type role int

const (
	value       role = iota // x ↦ f(x)
	forwardMode             // x, v ↦ J·v
	reverseMode             // x, u ↦ Jᵀ·u
	roles
)

func (r role) String() string { return [roles]string{"value", "jvp", "vjp"}[r] }

func read(path string, budget int64) (*file, error) {
	opened, size, err := bounded.Open(path)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	archive, err := zip.NewReader(opened, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	r := reader{path: path, archive: archive, left: budget, budget: budget}
	return r.file()
}

// reader reads the members of a file.
type reader struct {
	path         string
	archive      *zip.Reader
	left, budget int64 // bytes
}

func (r *reader) file() (*file, error) {
	f := &file{programs: map[program]string{}}
	text, err := r.text("manifest.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &f.manifest); err != nil {
		return nil, fmt.Errorf("%w: manifest.json: %w", ErrMalformed, err)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	for i, w := range f.Weights {
		t, err := r.weight(fmt.Sprintf("weights/%d", i), w)
		if err != nil {
			return nil, err
		}
		f.weights = append(f.weights, t)
	}
	for i := range f.Outputs {
		for role := range roles {
			for _, chunk := range f.Chunks {
				if err := r.program(f, program{i, role, chunk}); err != nil {
					return nil, err
				}
			}
		}
	}
	return f, nil
}

// program reads a program.
func (r *reader) program(f *file, p program) error {
	name := fmt.Sprintf("programs/%d.%s.%d.mlir", p.output, p.role, p.chunk)
	text, err := r.text(name)
	if err != nil {
		return err
	}
	if err := f.checkProgram(text, f.prefix(p)); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
	}
	f.programs[p] = text
	return nil
}

// text reads a member of the archive whole.
func (r *reader) text(name string) (string, error) {
	member, err := r.archive.Open(name)
	if err != nil {
		return "", fmt.Errorf("%w: it has no %s", ErrMalformed, name)
	}
	defer member.Close()
	text, err := io.ReadAll(io.LimitReader(member, r.left+1))
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
	}
	return string(text), r.spend(len(text))
}

func (r *reader) spend(bytes int) error {
	if r.left -= int64(bytes); r.left < 0 {
		return fmt.Errorf("%w: unpacked it has more than the %d bytes of the budget; set Settings.Budget or %s higher", ErrBudget, r.budget, bounded.Env)
	}
	return nil
}

func (r *reader) weight(name string, want array) (*tensors.Tensor, error) {
	a, err := npy.Budget(max(1, r.left)).ReadZip(r.path, name)
	if err != nil {
		return nil, err
	}
	var t *tensors.Tensor
	if a.Float32 != nil {
		t = tensors.FromFlatDataAndDimensions(a.Float32, a.Dims...)
	} else {
		t = tensors.FromFlatDataAndDimensions(a.Float64, a.Dims...)
	}
	if !t.Shape().Equal(want.as()) {
		return nil, fmt.Errorf("%w: %s is %s, the manifest says %s", ErrMalformed, name, t.Shape(), want.as())
	}
	return t, r.spend(int(t.ByteSize()))
}

// as is the shape with some axes before the array's own.
func (a array) as(before ...int) shapes.Shape {
	return shapes.Make(types[a.Type], slices.Concat(before, a.Shape)...)
}

// types are what outputs, weights, and inputs that can move may hold. Other inputs may hold
// integers and bools, too.
var (
	types      = map[string]dtypes.DType{"float32": dtypes.Float32, "float64": dtypes.Float64}
	inputTypes = map[string]dtypes.DType{"float32": dtypes.Float32, "float64": dtypes.Float64, "bool": dtypes.Bool,
		"int8": dtypes.Int8, "int16": dtypes.Int16, "int32": dtypes.Int32, "int64": dtypes.Int64,
		"uint8": dtypes.Uint8, "uint16": dtypes.Uint16, "uint32": dtypes.Uint32, "uint64": dtypes.Uint64}
)

func (a array) check(types map[string]dtypes.DType) error {
	if types[a.Type] == dtypes.InvalidDType {
		return fmt.Errorf("an array of type %q", a.Type)
	}
	size := 1
	for _, d := range a.Shape {
		if d <= 0 || size > bounded.Default/d {
			return fmt.Errorf("an array of shape %v", a.Shape)
		}
		size *= d
	}
	return nil
}

// check returns an error unless the manifest is whole and of this version.
func (m *manifest) check() error {
	if m.Format != formatName {
		return fmt.Errorf("%w: its format is %q, not %q", ErrMalformed, m.Format, formatName)
	}
	if m.Version < 1 || m.Version > formatVersion {
		return fmt.Errorf("%w: it is of version %d, and this program reads versions up to %d: export again with the liegg_export.py of this checkout", ErrVersion, m.Version, formatVersion)
	}
	if m.Platform != anyPlatform {
		return fmt.Errorf("%w: its programs are for the platform %q, and this program runs those for %q", ErrVersion, m.Platform, anyPlatform)
	}
	tooLarge := func(chunk int) bool { return chunk <= 0 || chunk > 1<<20 }
	if len(m.Chunks) == 0 || slices.ContainsFunc(m.Chunks, tooLarge) {
		return fmt.Errorf("%w: chunks of %d samples", ErrMalformed, m.Chunks)
	}
	if strings.Trim(m.Key, "0123456789abcdef") != "" || m.Key == "" {
		return fmt.Errorf("%w: the key %q", ErrMalformed, m.Key)
	}
	arrays := append(slices.Clone(m.Weights), m.Input)
	for _, o := range m.Outputs {
		if o.Name == "" || o.Kind != kindOutput && o.Kind != kindLayer {
			return fmt.Errorf("%w: an output %q of kind %q", ErrMalformed, o.Name, o.Kind)
		}
		arrays = append(arrays, o.array)
	}
	for _, a := range arrays {
		if err := a.check(types); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
	}
	return m.checkInputs()
}

// checkProgram returns an error unless the names of all functions begin with the prefix,
// so that they cannot stand for others.
func (f *file) checkProgram(text, prefix string) error {
	const symbol = `sym_name = "`
	found := false
	for rest := text; ; {
		_, after, more := strings.Cut(rest, symbol)
		if !more {
			break
		}
		if rest = after; !strings.HasPrefix(rest, prefix) {
			return fmt.Errorf("a function is not named %s…", prefix)
		}
		found = found || strings.HasPrefix(rest, prefix+`main"`)
	}
	if !found {
		return fmt.Errorf("it has no function %smain", prefix)
	}
	return nil
}

// prefix begins the names of the functions of a program.
func (m *manifest) prefix(p program) string {
	return fmt.Sprintf("liegg_%s_%d_%s_%d_", m.Key, p.output, p.role, p.chunk)
}
