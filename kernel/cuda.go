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
)

// cudaPluginFile is the name under which GoMLX knows the CUDA plugin.
const cudaPluginFile = "pjrt_c_api_cuda_plugin.so"

// cudaStep prepares XLA's plugin for NVIDIA GPUs. It has been tried on no GPU.
func cudaStep() step {
	return step{
		name:   "cuda",
		about:  "XLA's CUDA plugin and NVIDIA's libraries (untried on a GPU)",
		needs:  []string{"python"},
		shared: true,
		made:   func(p place) string { return filepath.Join(p.cuda(), cudaPluginFile) },
		key:    func(place) (string, error) { return digest(fmt.Append(nil, cudaWheels)), nil },
		do:     layCUDA,
	}
}

// withCUDA adds the step where an NVIDIA GPU is seen or the user asks for it.
func withCUDA(names []string, asked bool) []string {
	if asked || hasNVIDIA() && hasWheels && hasCompiler() && os.Getenv("LIEGG_BACKEND") == "" {
		return append(slices.Clone(names), "cuda")
	}
	return names
}

func hasNVIDIA() bool {
	if exists("/dev/nvidia0") {
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

// layCUDA installs the wheels, each checked by pip, under one folder and puts
// the plugin on top of it.
func layCUDA(ctx context.Context, p place, say *progress) error {
	if !hasWheels {
		return errors.New("the CUDA plugin is for linux/amd64 only")
	}
	if !say.agree(fmt.Sprintf("The CUDA plugin and NVIDIA's libraries are a download of %s. Fetch them?", megabytes(cudaBytes()))) {
		return errCUDADeclined
	}
	return makeAside(p.cuda(), func(dir string) error {
		list := filepath.Join(dir, "requirements.txt")
		if err := os.WriteFile(list, []byte(cudaRequirements()), 0o600); err != nil {
			return err
		}
		install := pip(ctx, p.python(), "install", "--no-deps", "--require-hashes", "-r", list)
		install.Env = withEnv(install.Env, "PIP_TARGET="+filepath.Join(dir, "lib"))
		if _, err := output(install); err != nil {
			return err
		}
		plugin, err := findCUDAPlugin(dir)
		if err != nil {
			return err
		}
		return os.Symlink(plugin, filepath.Join(dir, cudaPluginFile))
	})
}

var errCUDADeclined = fmt.Errorf("not fetched (%s): go run ./kernel prepare --cuda --yes fetches it; LIEGG_BACKEND chooses a backend without it", megabytes(cudaBytes()))

func cudaRequirements() string {
	var list strings.Builder
	for _, w := range cudaWheels {
		fmt.Fprintf(&list, "%s==%s --hash=sha256:%s\n", w.Project, w.Version, w.SHA256)
	}
	return list.String()
}

// findCUDAPlugin returns the plugin's path relative to dir.
func findCUDAPlugin(dir string) (string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "lib", "*", "xla_cuda_plugin.so"))
	if nested, _ := filepath.Glob(filepath.Join(dir, "lib", "*", "*", "xla_cuda_plugin.so")); len(found) == 0 {
		found = nested
	}
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("the wheels hold %d plugins, one was expected", len(found))
	}
	return filepath.Rel(dir, found[0])
}

// cudaLibraries is the search path of NVIDIA's libraries, as prepared.
func cudaLibraries(p place) string {
	folders, _ := filepath.Glob(filepath.Join(p.cuda(), "lib", "nvidia", "*", "lib"))
	return strings.Join(folders, string(filepath.ListSeparator))
}

// cudaFlag tells XLA where ptxas and libdevice lie. A later one of the user's
// own prevails.
func cudaFlag(p place) string {
	return "--xla_gpu_cuda_data_dir=" + filepath.Join(p.cuda(), "lib", "nvidia", "cu13")
}
