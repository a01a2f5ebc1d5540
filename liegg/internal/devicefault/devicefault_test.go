package devicefault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/devicefault"
)

func TestFaults(t *testing.T) {
	for text, c := range map[string]struct {
		full, lost bool
		says       string
	}{
		"PJRT error (code=8): RESOURCE_EXHAUSTED: Out of memory while trying to allocate 68719476736 bytes.":                                      {full: true, says: "no room"},
		"INTERNAL: failed to create context: CUDA_ERROR_OUT_OF_MEMORY: out of memory":                                                             {full: true, says: "no room"},
		"PJRT error (code=13): INTERNAL: Failed to load in-memory CUBIN: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access":                    {lost: true, says: "stopped working (CUDA_ERROR_ILLEGAL_ADDRESS)"},
		"could not synchronize on CUDA context: CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure :: Begin stack trace":                        {lost: true, says: "stopped working (CUDA_ERROR_LAUNCH_FAILED)"},
		"Unable to determine the device handle for GPU0000:01:00.0: GPU is lost. Reboot the system to recover this GPU":                           {lost: true, says: "new process"},
		"INTERNAL: no supported devices found for platform CUDA: failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected": {},
		"failed call to cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: system has unsupported display driver / cuda driver combination":               {},
		"PJRT error (code=3): INVALID_ARGUMENT: Executable expected parameter 0 of size 4":                                                        {},
		"liegg: all gradients vanish: the function is constant on these data; check that it is trained, not saturated, and so forth":              {},
	} {
		err := fmt.Errorf("network: differentiating the model failed: %w", errors.New(text))
		if devicefault.Full(err) != c.full || devicefault.Lost(err) != c.lost {
			t.Errorf("%s: full %v, lost %v", text, devicefault.Full(err), devicefault.Lost(err))
		}
		explained := devicefault.Explained(err)
		if !errors.Is(explained, err) || !strings.Contains(explained.Error(), c.says) {
			t.Errorf("%s: explained as %v", text, explained)
		}
		if c.says == "" && explained != err {
			t.Errorf("%s: changed to %v", text, explained)
		}
		if again := devicefault.Explained(fmt.Errorf("training: %w", explained)); strings.Count(again.Error(), "LIEGG_BACKEND") > 1 {
			t.Errorf("explained twice: %v", again)
		}
	}
	if devicefault.Explained(nil) != nil || devicefault.Full(nil) || devicefault.Lost(nil) {
		t.Error("no error is one")
	}
}
