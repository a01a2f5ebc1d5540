// Package devicefault recognises the errors of a GPU in what XLA reports as text: that it has no room,
// or that it no longer works.
package devicefault

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// full are words of errors for lack of memory: from XLA's allocator, from PJRT's codes, and from CUDA
// and its libraries, which take memory of their own.
var full = []string{"RESOURCE_EXHAUSTED", "(code=8)", "CUDA_ERROR_OUT_OF_MEMORY", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"}

// Full reports whether an error says that a device has no room for a program or its data.
func Full(err error) bool {
	return err != nil && slices.ContainsFunc(full, func(words string) bool { return strings.Contains(err.Error(), words) })
}

// lost finds the code of an error after which a process cannot use the GPU any more.
var lost = regexp.MustCompile(`CUDA_ERROR_[A-Z_]+|CUBLAS_STATUS_EXECUTION_FAILED|CUDNN_STATUS_EXECUTION_FAILED|fallen off the bus|GPU is lost`)

// unfit are codes that match lost and say that there never was a GPU with which this program or its driver
// can work. The error of whoever starts a backend says what to do then.
var unfit = []string{"CUDA_ERROR_NO_DEVICE", "CUDA_ERROR_STUB_LIBRARY", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
	"CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "CUDA_ERROR_NO_BINARY_FOR_GPU", "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"}

// lostBy returns the code that says that a GPU is lost; "" if there is none.
func lostBy(err error) string {
	for _, code := range lost.FindAllString(err.Error(), -1) {
		if !slices.Contains(unfit, code) {
			return code
		}
	}
	return ""
}

// Lost reports whether an error says that a GPU has stopped working, or at least this process's part of
// it.
func Lost(err error) bool { return err != nil && !Full(err) && lostBy(err) != "" }

// Explained adds to such an error what the user can do. It returns other errors, and those that are
// explained already, unchanged.
func Explained(err error) error {
	switch {
	case err == nil || strings.Contains(err.Error(), advice):
		return err
	case Full(err):
		return fmt.Errorf("network: the GPU has no room for this: end other programs that use it (nvidia-smi lists them), give smaller batches, or compute on the CPU, %s: %w", advice, err)
	case Lost(err):
		return fmt.Errorf("network: the GPU stopped working (%s): nvidia-smi and the system's log say whether it is still there. What was stored remains. Run this again in a new process, on another card that CUDA_VISIBLE_DEVICES names, or on the CPU, %s: %w", lostBy(err), advice, err)
	}
	return err
}

// advice ends every explanation.
const advice = "with LIEGG_BACKEND=go"
