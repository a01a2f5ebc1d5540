package extraction

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// cramped is a program on a device that has room for a number of samples.
type cramped struct {
	call.Program
	room  int
	mu    sync.Mutex
	calls []int // sizes of the batches that were tried
}

func (p *cramped) Call(arguments ...any) ([]*tensors.Tensor, error) {
	size := arguments[0].(*tensors.Tensor).Shape().Dim(0)
	p.mu.Lock()
	p.calls = append(p.calls, size)
	p.mu.Unlock()
	if size > p.room {
		return nil, errors.New("PJRT error (code=8): RESOURCE_EXHAUSTED: Out of memory while trying to allocate 68719476736 bytes.")
	}
	return p.Program.Call(arguments...)
}

// A device without room for a chunk gets halves of it, and of all later ones, and no sample is lost or
// counted twice, whether sums stay on the device or not.
func TestChunksAreHalvedForADeviceWithoutRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const samples, batch = 1000, 301
	x := networktest.Normal[float64](4, samples, 3)
	a, s := action.Linear(3, 1), Settings{Gram: true, Batch: batch}
	want, _, err := bare(onBackend(t, false), onBackend(t, false).Backend, a, inputs(x), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, apart := range []bool{false, true} {
		for _, room := range []int{301, 200, 80, 19, 10} {
			n := onBackend(t, apart)
			sum, tried, err := inRoom(t, n, a, x, s, room)
			if room == 10 {
				if err == nil || !strings.Contains(err.Error(), "no room for 19 samples") {
					t.Errorf("room for 10: the error %v", err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			alike(t, fmt.Sprint("room for ", room), sum, want)
			failed := 0
			for _, size := range tried {
				if size > room {
					failed++
				}
			}
			if want := map[int]int{301: 0, 200: 1, 80: 2, 19: 4}[room]; failed != want {
				t.Errorf("room for %d: %d of the calls %v failed, want %d", room, failed, tried, want)
			}
		}
	}
}

// So it is on several devices.
func TestChunksAreHalvedOnSeveralDevices(t *testing.T) {
	x := networktest.Normal[float64](4, 1000, 3)
	a, s := action.Linear(3, 1), Settings{Gram: true, Batch: 101}
	n := onBackend(t, true)
	want, _, err := bare(n, n.Backend, a, inputs(x), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(device.CountVariable, "all")
	sum, tried, err := inRoom(t, onBackend(t, true), a, x, s, 60)
	if err != nil {
		t.Fatal(err)
	}
	if tried[0] != 101 || len(tried) != 21 {
		t.Errorf("the calls %v", tried)
	}
	alike(t, "room for 60", sum, want)
}

// onBackend is a network on a backend that does not share its memory, or in pure Go.
func onBackend(t *testing.T, apart bool) Network {
	n := perceptron(9, 3, 8, 2)
	n.Backend = networktest.GoBackend(t)
	if apart {
		n.Backend = networktest.Apart(t, device.Variable, device.New)
	}
	return n
}

// inRoom is bare on a device with room for a number of samples. tried are the sizes of the batches.
func inRoom(t *testing.T, n Network, a action.Action, x *tensors.Tensor, s Settings, room int) (sum liegg.Chunk, tried []int, err error) {
	small := &cramped{room: room}
	for c, err := range stream.Cut(inputs(x), n.Backend, s.Batch) {
		if err != nil {
			t.Fatal(err)
		}
		e := ok(n.Program(a, c, s, nil))(t)
		small.Program, e.exec, e.independent = e.exec, small, true
		n.Programs.Keep(e)
		break
	}
	sum, _, err = bare(n, n.Backend, a, inputs(x), s)
	return sum, small.calls, err
}

// A verdict takes the halves of a block as blocks.
func TestBlocksAreHalvedForADeviceWithoutRoom(t *testing.T) {
	x := networktest.Normal[float32](4, 8000, 3)
	n := onBackend(t, false)
	s := Settings{Gram: true, Batch: 400}
	sums := func(room int) (gram []float64, samples, blocks, repeats int) {
		e, _ := verdictOn(t, n, x, s.Batch, 0)
		e.independent = true
		e.exec = &cramped{Program: e.exec, room: room}
		total := liegg.Chunk{}
		for c, err := range stream.Cut(inputs(x), n.Backend, s.Batch) {
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range ok(e.runInPieces(c))(t) {
				total.Gram = linalg.Plus(total.Gram, one.Plain.Gram)
				samples, blocks, repeats = samples+one.Samples, blocks+1, repeats+one.Repeats
			}
		}
		return linalg.Whole(total.Gram).RawSymmetric().Data, samples, blocks, repeats
	}
	want, all, blocks, _ := sums(400)
	got, halved, halves, repeats := sums(399)
	if halved != all || all != 8000 || blocks != 20 || halves != 40 || repeats != 0 {
		t.Errorf("%d and %d samples in %d and %d blocks, %d repeats", all, halved, blocks, halves, repeats)
	}
	expect.Near(t, "the Gram matrix", got, want, 1e-12)
}

// A device without room for several blocks together takes fewer of them, first in the pilot, and none of
// them changes.
func TestFewerBlocksTogetherForADeviceWithoutRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := networktest.Normal[float64](4, 8000, 3)
	s := Settings{Batch: 60, Together: 40, Gram: true}
	sums := func(room int) (chunks []liegg.Chunk, tried []int) {
		n, small := onBackend(t, true), &cramped{room: room}
		for c, err := range stream.CutInBlocks(inputs(x), n.Backend, s.Batch, s.Together) {
			if err != nil {
				t.Fatal(err)
			}
			e := ok(newProgram(n, action.Linear(3, 1), c, s, true))(t)
			kind := ok(KindOf(n, action.Linear(3, 1), c, s, true))(t)
			small.Program, e.exec, e.kind, e.independent = e.exec, small, &kind, true
			n.Programs.Keep(e)
			break
		}
		for c, err := range Chunks(n, action.Linear(3, 1), stream.CutInBlocks(inputs(x), n.Backend, s.Batch, s.Together), s, x) {
			if err != nil {
				t.Fatal(err)
			}
			chunks = append(chunks, c)
		}
		return chunks, small.calls
	}
	want, _ := sums(2400)
	got, tried := sums(700)
	if len(want) != 134 || len(got) != len(want) || tried[0] != 2400 || tried[1] != 1200 || tried[2] != 600 {
		t.Fatalf("%d and %d blocks, calls of %v samples", len(want), len(got), tried)
	}
	for i, w := range want {
		alike(t, fmt.Sprint("block ", i), *got[i].Plain, *w.Plain)
	}
}

// leaving is a program on a device that goes away after a number of calls.
type leaving struct {
	call.Program
	left int
}

func (p *leaving) Call(arguments ...any) ([]*tensors.Tensor, error) {
	if p.left--; p.left < 0 {
		return nil, errors.New("PJRT error (code=13): INTERNAL: could not synchronize: CUDA_ERROR_ECC_UNCORRECTABLE: uncorrectable ECC error encountered")
	}
	return p.Program.Call(arguments...)
}

// If the device goes away in the middle of a stream, the error says so and what to do, no sums come, and
// the next analysis of the network begins anew.
func TestDeviceThatGoesAway(t *testing.T) {
	x := networktest.Normal[float64](4, 1000, 3)
	a, s := action.Linear(3, 1), Settings{Gram: true, Batch: 100}
	for _, apart := range []bool{false, true} {
		n := onBackend(t, apart)
		want, _, err := bare(n, n.Backend, a, inputs(x), s)
		if err != nil {
			t.Fatal(err)
		}
		kept := n.Programs.idle[0]
		kept.exec = &leaving{kept.exec, 4}
		got, chunks, err := bare(n, n.Backend, a, inputs(x), s)
		if !devicefault.Lost(err) || !strings.Contains(err.Error(), "the GPU stopped working (CUDA_ERROR_ECC_UNCORRECTABLE)") {
			t.Errorf("apart %v: the error %v", apart, err)
		}
		if apart && (chunks > 0 || got.Samples > 0) {
			t.Errorf("sums of %d samples came", got.Samples)
		}
		if programs, _ := n.Programs.Count(); programs != 0 {
			t.Error("the program was kept")
		}
		again, _, err := bare(n, n.Backend, a, inputs(x), s)
		if err != nil {
			t.Fatal(err)
		}
		alike(t, "after the error", again, want)
	}
}
