package setup

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// Cards is what nvidia-smi tells about the machine's NVIDIA GPUs.
type Cards struct {
	Driver string `xml:"driver_version"` // such as "580.159.03"
	Cards  []Card `xml:"gpu"`
}

// A Card is one NVIDIA GPU.
type Card struct {
	Name         string    `xml:"product_name"`
	Architecture string    `xml:"product_architecture"` // "" with drivers that do not tell it
	Memory       Memory    `xml:"fb_memory_usage"`
	MIG          string    `xml:"mig_mode>current_mig"` // "Enabled" if the GPU is divided
	Parts        []Part    `xml:"mig_devices>mig_device"`
	Processes    []Process `xml:"processes>process_info"`
}

// Memory is the memory of a card or of a part.
type Memory struct {
	Total MiB `xml:"total"`
	Free  MiB `xml:"free"`
}

// A Part is one of the devices into which MIG divides a GPU.
type Part struct {
	Memory Memory `xml:"fb_memory_usage"`
}

// A Process has memory on a card.
type Process struct {
	ID   int    `xml:"pid"`
	Name string `xml:"process_name"`
	Used MiB    `xml:"used_memory"`
}

// MiB is an amount of memory; 0 means that it is unknown.
type MiB int

// UnmarshalText reads "143771 MiB". Anything else, such as "N/A", is unknown.
func (m *MiB) UnmarshalText(text []byte) error {
	if _, err := fmt.Sscanf(string(text), "%d MiB", (*int)(m)); err != nil {
		*m = 0
	}
	return nil
}

// String writes gibibytes, or mebibytes below one of those.
func (m MiB) String() string {
	if m < 1024 {
		return fmt.Sprintf("%d MiB", int(m))
	}
	return fmt.Sprintf("%.1f GiB", float64(m)/1024)
}

// ErrNoSMI is the error of a machine without the program nvidia-smi, which
// comes with NVIDIA's driver.
var ErrNoSMI = errors.New("there is no nvidia-smi on the PATH")

// FindCards asks nvidia-smi. It returns ErrNoSMI, or an error with what
// nvidia-smi said.
func FindCards(ctx context.Context) (Cards, error) {
	var cards Cards
	path, err := exec.LookPath("nvidia-smi")
	if err != nil {
		return cards, ErrNoSMI
	}
	ctx, stop := context.WithTimeout(ctx, 20*time.Second) // a card that hangs makes nvidia-smi hang
	defer stop()
	said, err := system.Child(ctx, time.Second, path, "-q", "-x").Output()
	switch text := strings.TrimSpace(string(said)); {
	case ctx.Err() != nil:
		return cards, fmt.Errorf("nvidia-smi did not answer: %w", ctx.Err())
	case err != nil && text != "":
		return cards, fmt.Errorf("nvidia-smi says: %s", strings.Join(strings.Fields(text), " "))
	case err != nil:
		return cards, fmt.Errorf("nvidia-smi: %w", err)
	}
	if err := xml.Unmarshal(said, &cards); err != nil {
		return cards, fmt.Errorf("nvidia-smi -q -x: %w", err)
	}
	return cards, nil
}

// The files of NVIDIA's driver.
var (
	cardFile   = "/dev/nvidia0"
	driverFile = "/proc/driver/nvidia/version"
)

// HasNVIDIA reports whether the machine has an NVIDIA GPU and its driver.
func HasNVIDIA() bool {
	if system.Exists(cardFile) {
		return true
	}
	path, err := exec.LookPath("nvidia-smi")
	return err == nil && exec.Command(path, "-L").Run() == nil
}

// oldestDriver is the first that can run CUDA 13.
const oldestDriver = 580

// unsupported are the architectures that CUDA 13 has left behind.
var unsupported = []string{"Kepler", "Maxwell", "Pascal", "Volta"}

var driverVersion = regexp.MustCompile(`\b\d{3,}\.\d+(\.\d+)?\b`)

// Driver returns the version of NVIDIA's driver, or "" if it is unknown.
func Driver() string {
	if text, err := os.ReadFile(driverFile); err == nil {
		return driverVersion.FindString(string(text))
	}
	path, err := exec.LookPath("nvidia-smi")
	if err != nil {
		return ""
	}
	said, err := exec.Command(path, "--query-gpu=driver_version", "--format=csv,noheader").Output()
	if err != nil {
		return ""
	}
	return driverVersion.FindString(string(said))
}

// CheckDriver returns an error, with what to do, if a driver is too old for
// the CUDA plugin. An unknown driver, "", passes.
func CheckDriver(version string) error {
	major := 0
	if _, err := fmt.Sscanf(version, "%d.", &major); err != nil || major >= oldestDriver {
		return nil
	}
	return fmt.Errorf("the NVIDIA driver %s is too old for the CUDA plugin, which needs %d or later: update the driver (on Debian and Ubuntu a package nvidia-driver-%d or later, then a reboot)", version, oldestDriver, oldestDriver)
}

// Check returns an error if the CUDA plugin cannot compute on the card.
func (c Card) Check() error {
	if slices.Contains(unsupported, c.Architecture) {
		return fmt.Errorf("CUDA 13 does not run on %s cards such as this one; the oldest it runs on are Turing's", c.Architecture)
	}
	if c.MIG == "Enabled" && len(c.Parts) == 0 {
		return errors.New("MIG is enabled, and no part of the card was made: nvidia-smi mig -cgi makes one, or nvidia-smi -mig 0 turns MIG off")
	}
	return nil
}

// CUDAVersion returns the version of the prepared CUDA plugin, such as
// "jax-cuda13-pjrt 0.11.2", or "" if there is none.
func CUDAVersion(p Paths) string {
	const name = "jax_cuda13_pjrt"
	found, _ := filepath.Glob(filepath.Join(p.cuda(), "lib", name+"-*.dist-info")) // the pattern is well formed
	if len(found) == 0 {
		return ""
	}
	_, version, _ := strings.Cut(strings.TrimSuffix(filepath.Base(found[0]), ".dist-info"), "-")
	return strings.ReplaceAll(name, "_", "-") + " " + version
}
