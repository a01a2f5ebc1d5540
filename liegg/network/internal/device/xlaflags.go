package device

import (
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/gomlx/compute"
)

// XLA for CPUs hands parts of a program to the library YNNPACK. The plugin that the
// kernel prepares (XLA as of jaxlib 0.11.2) then computes 1/√s as 1/0, for a sum s over an
// axis or what follows a product of matrices, if the quotient is used more than once and
// the batch has 4096 samples or more. The derivative of Log(Sqrt(s)) is such a program:
// it came out infinite or NaN. In HLO:
//
//	s = f64[4096] reduce(x, 0), dimensions={1}, to_apply=add   // x is f64[4096,3]
//	d = f64[4096] divide(broadcast(1), sqrt(s))
//	ROOT multiply(d, d)                                        // +Inf everywhere
//
// All of it becomes one fusion of kind __ynn_fusion. XLA's own loops are right, so only
// single products of matrices are left to YNNPACK, where it is right and fast.
const (
	fusionFlag = "xla_cpu_experimental_ynn_fusion_type"
	onlyDots   = "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"
)

// startBackend starts a backend with a plugin, "" for none. XLA for CPUs gets the flag above.
// XLA reads its flags once, when its first client starts. The environment is then restored
// for other programs that we start.
func startBackend(config, plugin string) (compute.Backend, error) {
	before, was := os.LookupEnv("XLA_FLAGS")
	if strings.Contains(before, fusionFlag) || !takesFusionFlag(plugin) {
		return newWithConfig(config)
	}
	if err := os.Setenv("XLA_FLAGS", strings.TrimSpace(before+" --"+fusionFlag+"="+onlyDots)); err != nil {
		return nil, err
	}
	defer func() {
		if was {
			os.Setenv("XLA_FLAGS", before)
		} else {
			os.Unsetenv("XLA_FLAGS")
		}
	}()
	return newWithConfig(config)
}

// takesFusionFlag reports whether a plugin is XLA for CPUs and knows the flag. XLA ends the
// process if it does not know a flag.
func takesFusionFlag(plugin string) bool {
	return plugin != "" && !forCUDA(plugin) && (plugin == preparedPlugin() || mentions(plugin, fusionFlag))
}

// mentions reports whether a file holds a text.
func mentions(path, text string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false // loading it reports the error
	}
	defer file.Close()
	window := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := io.ReadFull(file, window[kept:])
		if bytes.Contains(window[:kept+n], []byte(text)) {
			return true
		}
		if err != nil {
			return false
		}
		kept = copy(window, window[kept+n-len(text)+1:])
	}
}
