package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
)

// With less free memory than littleMemory doctor warns.
const littleMemory setup.MiB = 2048

// gpuFindings reports on NVIDIA GPUs and their driver. None of it is vital,
// because cells can use the CPU.
func gpuFindings(ctx context.Context) []finding {
	cards, err := setup.FindCards(ctx)
	switch {
	case errors.Is(err, setup.ErrNoSMI) && !setup.HasNVIDIA():
		return []finding{{what: "NVIDIA GPU", found: "none seen"}}
	case errors.Is(err, setup.ErrNoSMI):
		return []finding{driverFinding(setup.Driver()), {what: "NVIDIA GPU", found: "there is one; without nvidia-smi on the PATH its memory is unknown"}}
	case err != nil:
		return []finding{{what: "NVIDIA GPU", found: "does not answer", todo: err.Error() + "\n" + silentDriver}}
	case len(cards.Cards) == 0:
		return []finding{driverFinding(cards.Driver), {what: "NVIDIA GPU", found: "none: there is a driver and no card"}}
	}
	found := []finding{driverFinding(cards.Driver)}
	for _, c := range cards.Cards {
		found = append(found, cardFinding(c))
	}
	return found
}

const silentDriver = "after an update of the driver, reboot; otherwise install it again; in a container, start it with the GPU (docker run --gpus all); to go on without the GPU, set LIEGG_BACKEND (go works everywhere)"

func driverFinding(version string) finding {
	f := finding{what: "NVIDIA driver", found: version}
	if version == "" {
		f.found = "of unknown version"
	}
	if err := setup.CheckDriver(version); err != nil {
		f.todo = err.Error() + "\nuntil then cells use the CPU"
	}
	return f
}

// cardFinding reports on one card: its memory, and who else has some of it.
func cardFinding(c setup.Card) finding {
	f := finding{what: "NVIDIA GPU", found: c.Name + memoryOf(c)}
	if n := len(c.Processes); n > 0 {
		f.found += fmt.Sprintf("; %d %s it: %s", n, map[bool]string{true: "process uses", false: "processes use"}[n == 1], listed(c.Processes))
	}
	if err := c.Check(); err != nil {
		f.todo = err.Error() + "\nto go on without the GPU, set LIEGG_BACKEND (go works everywhere)"
	} else if free := usable(c); free.Total > 0 && free.Free < littleMemory {
		f.todo = "little memory is free: end the other processes, or choose another card with CUDA_VISIBLE_DEVICES, or set LIEGG_BACKEND (go works everywhere)"
	}
	return f
}

// memoryOf tells the memory of a card or, if MIG has divided it, of its parts.
func memoryOf(c setup.Card) string {
	if c.MIG == "Enabled" && len(c.Parts) == 0 {
		return ", divided by MIG into no parts"
	}
	if c.MIG == "Enabled" {
		parts := make([]string, len(c.Parts))
		for i, p := range c.Parts {
			parts[i] = fmt.Sprintf("%s of %s free", p.Memory.Free, p.Memory.Total)
		}
		return fmt.Sprintf(", divided by MIG into %d parts; cells use the first: %s", len(parts), strings.Join(parts, ", "))
	}
	if c.Memory.Total == 0 {
		return ", memory unknown"
	}
	return fmt.Sprintf(", %s of %s free", c.Memory.Free, c.Memory.Total)
}

// usable returns the memory of what CUDA gives to cells: the card, or its first part.
func usable(c setup.Card) setup.Memory {
	if c.MIG == "Enabled" && len(c.Parts) > 0 {
		return c.Parts[0].Memory
	}
	return c.Memory
}

// listed names processes: "python3 (pid 812, 1.5 GiB), …".
func listed(processes []setup.Process) string {
	names := make([]string, len(processes))
	for i, p := range processes {
		memory := "memory unknown"
		if p.Used > 0 {
			memory = p.Used.String()
		}
		program, _, _ := strings.Cut(p.Name, " ") // what follows are its arguments
		names[i] = fmt.Sprintf("%s (pid %d, %s)", filepath.Base(program), p.ID, memory)
	}
	return strings.Join(names, ", ")
}
