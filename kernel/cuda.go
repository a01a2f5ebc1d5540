package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
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
		name:   "cuda",
		about:  "XLA's CUDA plugin and NVIDIA's libraries",
		needs:  []string{"python"},
		shared: true,
		made:   paths.cudaPlugin,
		key:    func(paths) (string, error) { return system.Digest(fmt.Append(nil, cudaWheels)), nil },
		sound:  func(p paths, _ bool) error { return sizesSound(p.cuda()) },
		do:     layCUDA,
	}
}

// withCUDA adds the step if there is an NVIDIA GPU or the user asks for it.
func withCUDA(names []string, asked bool) []string {
	if asked || hasNVIDIA() && hasWheels && hasCompiler() && os.Getenv("LIEGG_BACKEND") == "" {
		return append(slices.Clone(names), "cuda")
	}
	return names
}

func hasNVIDIA() bool {
	if system.Exists("/dev/nvidia0") {
		return true
	}
	path, err := exec.LookPath("nvidia-smi")
	return err == nil && exec.Command(path, "-L").Run() == nil
}

func cudaBytes() (total int64) {
	for _, w := range cudaWheels {
		total += w.Bytes
	}
	return total
}

// layCUDA installs the wheels, each verified by pip, in one folder. The
// plugin finds NVIDIA's libraries there by itself. A link tells it, through
// GoMLX, where the compiler of the GPU's code is.
func layCUDA(ctx context.Context, p paths, say *progress) error {
	if !hasWheels {
		return errors.New("the CUDA plugin is for linux/amd64 only")
	}
	if !say.agree(fmt.Sprintf("The CUDA plugin and NVIDIA's libraries are a download of %s. Download them?", megabytes(cudaBytes()))) {
		return errCUDADeclined
	}
	return system.MakeFolderAtomically(p.cuda(), func(dir string) error {
		list, lib := filepath.Join(dir, "requirements.txt"), filepath.Join(dir, "lib")
		if err := os.WriteFile(list, []byte(cudaRequirements()), 0o600); err != nil {
			return err
		}
		install := pip(ctx, p.python(), "install", "--no-deps", "--require-hashes", "-r", list)
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

var errCUDADeclined = fmt.Errorf("not downloaded (%s): go run ./kernel prepare --cuda --yes downloads it; LIEGG_BACKEND chooses a backend without it", megabytes(cudaBytes()))

func cudaRequirements() string {
	var list strings.Builder
	for _, w := range cudaWheels {
		fmt.Fprintf(&list, "%s==%s --hash=sha256:%s\n", w.Project, w.Version, w.SHA256)
	}
	return list.String()
}
