package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// cudaPluginFile is the path of the CUDA plugin within the wheels. Package
// network looks for it there, too.
const cudaPluginFile = "lib/jax_plugins/xla_cuda13/xla_cuda_plugin.so"

// cudaStep prepares XLA's plugin for NVIDIA GPUs.
func cudaStep() step {
	return step{
		Name:   "cuda",
		about:  "XLA's CUDA plugin and NVIDIA's libraries",
		needs:  []string{"python"},
		shared: true,
		Made:   Paths.cudaPlugin,
		folder: Paths.cuda,
		key:    func(Paths) (string, error) { return system.Digest(fmt.Append(nil, cudaWheels)), nil },
		sound:  func(p Paths, _ bool) error { return sizesSound(p.cuda()) },
		do:     layCUDA,
	}
}

// WithCUDA adds the step if the user asks for it, or if there is an NVIDIA GPU with a driver that suits.
func WithCUDA(names []string, asked bool) []string {
	if asked || HasNVIDIA() && CheckDriver(Driver()) == nil && HasWheels && HasCompiler() && os.Getenv("LIEGG_BACKEND") == "" {
		return append(slices.Clone(names), "cuda")
	}
	return names
}

// CudaBytes returns the size in bytes of what the step cuda downloads.
func CudaBytes() (total int64) {
	for _, w := range cudaWheels {
		total += w.Bytes
	}
	return total
}

// layCUDA installs the wheels, each verified by pip, in one folder. The
// plugin finds NVIDIA's libraries there by itself. A link tells it, through
// GoMLX, where the compiler of the GPU's code is.
func layCUDA(ctx context.Context, p Paths, say *Progress) error {
	if !HasWheels {
		return errors.New("the CUDA plugin is for linux/amd64 only")
	}
	if !say.agree(fmt.Sprintf("The CUDA plugin and NVIDIA's libraries are a download of %s. Download them?", Megabytes(CudaBytes()))) {
		return ErrCUDADeclined
	}
	if err := CheckDriver(Driver()); err != nil {
		say.Line("cuda: %v\n  cells will use the CPU until then", err)
	}
	return system.MakeFolderAtomically(p.cuda(), func(dir string) error {
		list, lib := filepath.Join(dir, "requirements.txt"), filepath.Join(dir, "lib")
		if err := os.WriteFile(list, []byte(cudaRequirements()), 0o600); err != nil {
			return err
		}
		install := pip(ctx, p.Python(), "install", "--no-deps", "--require-hashes", "-r", list)
		install.Env = system.WithEnv(install.Env, "PIP_TARGET="+lib)
		if _, err := system.Output(install); err != nil {
			return err
		}
		if !system.Exists(filepath.Join(dir, cudaPluginFile)) {
			return fmt.Errorf("the wheels contain no %s", cudaPluginFile)
		}
		if err := os.Symlink(filepath.Join("..", "nvidia", "cu13"), filepath.Join(lib, "jax_plugins", "nvidia")); err != nil {
			return err
		}
		return noteSizes(dir)
	})
}

// ErrCUDADeclined is the error of a user who does not want to download the CUDA plugin.
var ErrCUDADeclined = fmt.Errorf("not downloaded (%s): go run ./kernel prepare --cuda --yes downloads it; LIEGG_BACKEND chooses a backend without it", Megabytes(CudaBytes()))

func cudaRequirements() string {
	var list strings.Builder
	for _, w := range cudaWheels {
		fmt.Fprintf(&list, "%s==%s --hash=sha256:%s\n", w.Project, w.Version, w.SHA256)
	}
	return list.String()
}
