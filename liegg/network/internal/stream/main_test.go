package stream

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/device"
)

func TestMain(m *testing.M) { expect.Main(m, device.Variable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }
