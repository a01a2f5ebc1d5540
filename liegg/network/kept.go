package network

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/keep"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// Package keep stores tensors and networks in this way.
func init() {
	keep.RegisterCodec(writeTensor, readTensor)
	keep.RegisterCodec(writeNetwork, readNetwork)
	keep.RegisterSurroundings("the backend", device.Choice)
}

// tensorHead begins a tensor in a stream. Its numbers follow, as they lie in memory.
type tensorHead struct {
	Name       string `json:",omitempty"`
	Type       string
	Dimensions []int
}

// writeHead writes v in JSON, after its length.
func writeHead(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		err = binary.Write(w, binary.LittleEndian, uint32(len(text)))
	}
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func readHead(r io.Reader, v any) error {
	var size uint32
	if err := binary.Read(r, binary.LittleEndian, &size); err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

func writeTensor(t *tensors.Tensor, w io.Writer) error { return writeNamed("", t, w) }

func writeNamed(name string, t *tensors.Tensor, w io.Writer) (err error) {
	if t == nil {
		return writeHead(w, tensorHead{})
	}
	if err := writeHead(w, tensorHead{name, t.DType().String(), t.Shape().Dimensions}); err != nil {
		return err
	}
	if e := t.ConstBytes(func(numbers []byte) { _, err = w.Write(numbers) }); e != nil {
		return e
	}
	return err
}

func readTensor(r io.Reader) (*tensors.Tensor, error) {
	_, t, err := readNamed(r)
	return t, err
}

func readNamed(r io.Reader) (name string, t *tensors.Tensor, err error) {
	defer caught(&err)
	var head tensorHead
	if err := readHead(r, &head); err != nil || head.Type == "" {
		return "", nil, err
	}
	dtype, err := dtypes.DTypeString(head.Type)
	if err != nil {
		return "", nil, fmt.Errorf("a tensor of type %q", head.Type)
	}
	t = tensors.FromShape(shapes.Make(dtype, head.Dimensions...))
	if e := t.MutableBytes(func(numbers []byte) { _, err = io.ReadFull(r, numbers) }); e != nil {
		err = e
	}
	return head.Name, t, err
}

// writeNetwork writes a network of an MLP or a CNN: its description, then its variables by
// name.
func writeNetwork(n *Network, w io.Writer) error {
	if n == nil {
		return writeHead(w, nil)
	}
	if n.model == nil {
		return errors.New("a network of a function of its own, which ends with its program: keep the tensors of its Store, or what was found out about it")
	}
	if err := writeHead(w, n.described()); err != nil {
		return err
	}
	variables := slices.SortedFunc(n.Store.IterVariables(), func(a, b *model.Variable) int { return strings.Compare(a.Path(), b.Path()) })
	for _, v := range variables {
		t, err := tensor.CopyOf(v)
		if err != nil {
			return err
		}
		if err := writeNamed(v.Path(), t, w); err != nil {
			return err
		}
	}
	return nil
}

func readNetwork(r io.Reader) (n *Network, err error) {
	var d *description
	if err := readHead(r, &d); err != nil || d == nil {
		return nil, err
	}
	defer caught(&err)
	n = &Network{History: history(d.History)}
	if n.model, n.input, err = d.recipe(); err != nil {
		return nil, err
	}
	n.model.Check() // its panic becomes an error
	n.Forward = n.model.Forward
	if n.Store, err = n.model.initial(n.input, 0); err != nil {
		return nil, err
	}
	for {
		name, t, err := readNamed(r)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return nil, err
		}
		v := n.Store.GetVariable(name)
		if v == nil && strings.HasSuffix(name, stepVariable) {
			continue
		}
		if v == nil || !v.Shape().Equal(t.Shape()) {
			return nil, fmt.Errorf("the network has no variable %s of shape %s", name, t.Shape())
		}
		if err := v.SetValue(t); err != nil {
			return nil, err
		}
	}
}
