//go:build unix

package onnx_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
)

// The side of .github/resnet18.py that is ours: it sets LIEGG_RESNET18 to the exported network.
func BenchmarkResNet18(b *testing.B) {
	path := os.Getenv("LIEGG_RESNET18")
	if path == "" {
		b.Skip("see .github/resnet18.py")
	}
	samples, err := strconv.Atoi(os.Getenv("LIEGG_RESNET18_SAMPLES"))
	if err != nil {
		b.Fatal(err)
	}
	x := images(samples)
	a := action.ImageAffine(64, 64, action.ChannelsFirst(3))
	var n *network.Network
	for b.Loop() {
		told(b, "ours, load", func() (err error) { n, err = onnx.Load(path, onnx.Settings{}); return err })
		for _, first := range []string{", first run", ""} {
			told(b, "ours, rows"+first, func() error { _, err := network.Polarize(n, a, network.Tensor(x), network.Settings{}); return err })
		}
		for _, first := range []string{", first run", ""} {
			told(b, "ours, verdict"+first, func() error { _, err := network.Judge(n, a, network.Tensor(x), network.Settings{}); return err })
		}
	}
}

// images are of N(0, 1), [samples, 3, 64, 64].
func images(samples int) *tensors.Tensor {
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float32, samples*3*64*64)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, samples, 3, 64, 64)
}

// told does some work and prints how long it took, as .github/resnet18.py does.
func told(b *testing.B, step string, work func() error) {
	b.Helper()
	begun, wall := processorSeconds(b), time.Now()
	if err := work(); err != nil {
		b.Fatal(step, err)
	}
	fmt.Printf("{\"step\": %q, \"wall\": %.2f, \"cpu\": %.2f}\n", step, time.Since(wall).Seconds(), processorSeconds(b)-begun)
}

// processorSeconds is what all processors have spent on this process.
func processorSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
