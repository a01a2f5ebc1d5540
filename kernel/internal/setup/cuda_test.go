package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A plugin for GPUs is used where there is a card with a driver that suits. With an older driver
// cells use the CPU, and the reason is told.
func TestBackendByDriver(t *testing.T) {
	t.Setenv("LIEGG_BACKEND", "")
	t.Setenv("LIEGG_PLUGIN", "")
	if !HasCompiler() {
		t.Skip("without a C compiler there is no XLA")
	}
	p := Paths{Cache: t.TempDir()}
	write(t, p.cudaPlugin(), "a plugin")
	for _, c := range []struct{ version, number, cuda, why string }{
		{"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.03  Release Build  (root@host)  Mon Sep 15 10:00:00 UTC 2026\nGCC version:  gcc version 13.3.0\n", "580.159.03", "yes", "CUDA plugin is prepared"},
		{"NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.54.03  Tue Jun  6 22:20:39 UTC 2023\nGCC version:  gcc version 12.2.0\n", "535.54.03", "", "the NVIDIA driver 535.54.03 is too old for the CUDA plugin, which needs 580 or later"},
		{"NVRM version: unreadable\n", "", "yes", "CUDA plugin is prepared"},
	} {
		atDriver(t, c.version)
		if got := Driver(); got != c.number {
			t.Errorf("the driver is %q, want %q", got, c.number)
		}
		got := ChooseBackend(p)
		if isCUDA := got.Backend == "xla:"+p.cudaPlugin(); isCUDA != (c.cuda != "") || !strings.Contains(got.Why, c.why) {
			t.Errorf("driver %q: %+v", c.number, got)
		}
		if asked := WithCUDA(nil, false); (len(asked) > 0) != (c.cuda != "" && HasWheels) {
			t.Errorf("driver %q: %v is prepared without being asked for", c.number, asked)
		}
	}
}

// atDriver makes the machine look as if it had a card with a driver that tells of itself so.
func atDriver(t *testing.T, tells string) {
	t.Helper()
	dir := t.TempDir()
	cardBefore, driverBefore := cardFile, driverFile
	t.Cleanup(func() { cardFile, driverFile = cardBefore, driverBefore })
	cardFile, driverFile = filepath.Join(dir, "nvidia0"), filepath.Join(dir, "version")
	write(t, cardFile, "")
	write(t, driverFile, tells)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
