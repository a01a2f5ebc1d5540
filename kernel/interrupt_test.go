package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// interrupter runs a cell in a kernel of its own, twice, interrupts it as soon as it
// displays something, and prints what came of each as a line of JSON.
const interrupter = `
import json, queue, sys
from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="liegg")
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    for turn in range(2):
        request = client.execute(sys.argv[1])
        outputs, interrupted = [], False
        while True:
            message = client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "stream":
                outputs.append({"kind": content["name"], "text": content["text"]})
            elif "data" in content:
                outputs.append({"kind": kind, "text": content["data"].get("text/plain", "no text")})
            if kind == "display_data" and not interrupted:
                manager.interrupt_kernel()
                interrupted = True
        print(json.dumps(outputs), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`

// cellOutput is one of a cell's: "stdout", "stderr", "display_data" or "update_display_data".
type cellOutput struct{ Kind, Text string }

// textOn is what a cell said on one of its ways.
func textOn(outputs []cellOutput, kind string) string {
	var b strings.Builder
	for _, o := range outputs {
		if o.Kind == kind {
			b.WriteString(o.Text)
		}
	}
	return b.String()
}

// ■ ends a training that is stored then, and the same cell goes on from there. Its
// progress is shown as a display, on no red ground, and wiped at the end.
func TestInterruptedTrainingGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cell := fmt.Sprintf(`%%%%
os.Setenv("LIEGG_CACHE", %q) // where there is no XLA: nothing is compiled
samples := dataset.O5(rand.New(rand.NewPCG(1, 0)), 1000)
training.Cached(network.MLP{Hidden: []int{16}, Outputs: 1}, training.Settings{Steps: 10_000_000}, samples.Batches(100, 1), nil)`, filepath.Join(t.TempDir(), "cache"))
	cmd := system.Child(t.Context(), 5*time.Second, prepared.Python(), "-c", interrupter, cell)
	cmd.Env = system.WithEnv(setup.JupyterEnv(prepared, t.TempDir()), "LIEGG_HEADLESS=1")
	lines, err := system.Output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	stoppedAt, step := regexp.MustCompile(`interrupted at step (\d+) of 10000000; it goes on from there`), regexp.MustCompile(`step (\d+) of`)
	last := 0
	for turn, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		var outputs []cellOutput
		if err := json.Unmarshal([]byte(line), &outputs); err != nil {
			t.Fatalf("%v: %s", err, lines)
		}
		stopped := stoppedAt.FindStringSubmatch(textOn(outputs, "stderr"))
		shown := step.FindStringSubmatch(textOn(outputs, "display_data"))
		if stopped == nil || shown == nil {
			t.Fatalf("turn %d: %q", turn, outputs)
		}
		if strings.Contains(textOn(outputs, "stderr"), "\r") || textOn(outputs, "stdout") != "" {
			t.Errorf("turn %d: progress is not apart from what a cell says: %q", turn, outputs)
		}
		if goesOn := fmt.Sprintf("goes on from step %d of", last); strings.Contains(textOn(outputs, "stderr"), goesOn) != (turn > 0) {
			t.Errorf("turn %d: %q does not say where it begins", turn, outputs)
		}
		if first, _ := strconv.Atoi(shown[1]); first <= last {
			t.Errorf("turn %d begins at step %d, after %d were taken", turn, first, last)
		}
		last, _ = strconv.Atoi(stopped[1])
	}
}

// Progress leaves nothing in a notebook that is stored.
func TestProgressIsNotStored(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	path := writeNotebook(t, filepath.Join(t.TempDir(), "progress.ipynb"), `%%
for range 2 {
	p := progress.New("work", 10)
	for i := range 10 {
		time.Sleep(100 * time.Millisecond)
		p.At(i+1, "")
	}
	p.Done()
}
fmt.Println("done")`)
	if _, stderr, err := do(t, "run", path); err != nil {
		t.Fatal(err, stderr)
	}
	outputs := readNotebook(t, path).Cells[1].Outputs
	if len(outputs) != 1 || strings.Join(outputs[0].Text, "") != "done\n" {
		t.Errorf("the notebook holds %+v", outputs)
	}
}
