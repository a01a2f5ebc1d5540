package main

import (
	"os"
)

// A choice is the backend that cells will use, and why.
type choice struct {
	Backend string // as GoMLX takes it: "go", or "xla:" with the path of a plugin
	Why     string
	// Compiler says that cells are linked with cgo.
	Compiler bool
}

// chooseBackend decides from what the user wants, what has been prepared and
// what the machine has.
func chooseBackend(p place) choice {
	c := choice{Compiler: hasCompiler()}
	switch {
	case os.Getenv("LIEGG_BACKEND") != "":
		c.Backend, c.Why = os.Getenv("LIEGG_BACKEND"), "LIEGG_BACKEND says so"
	case !c.Compiler:
		c.Backend, c.Why = "go", "there is no C compiler, which XLA needs; install gcc or clang"
	case os.Getenv("LIEGG_PLUGIN") != "":
		c.Backend, c.Why = "xla:"+os.Getenv("LIEGG_PLUGIN"), "LIEGG_PLUGIN names the plugin"
	case exists(p.cudaPlugin()) && hasNVIDIA():
		c.Backend, c.Why = "xla:"+p.cudaPlugin(), "there is an NVIDIA GPU, and its plugin is prepared"
	case exists(p.plugin()) && pluginSound(p, false) != nil:
		c.Backend, c.Why = "go", "XLA's CPU plugin is damaged; run: go run ./kernel prepare xla"
	case exists(p.plugin()):
		c.Backend, c.Why = "xla:"+p.plugin(), "XLA's CPU plugin is prepared"
	case !hasWheels:
		c.Backend, c.Why = "go", "for this system there is no pinned XLA plugin; LIEGG_PLUGIN may name one"
	default:
		c.Backend, c.Why = "go", "XLA's CPU plugin is not prepared; run: go run ./kernel prepare xla"
	}
	return c
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
