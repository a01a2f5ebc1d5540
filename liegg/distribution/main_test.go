package distribution

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }
