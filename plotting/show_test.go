//go:build unix

package plotting

import (
	"bytes"
	"encoding/gob"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

const inCell = "PLOTTING_TEST_IN_CELL"

// TestMain lets the test binary be the process of a cell.
func TestMain(m *testing.M) {
	if os.Getenv(inCell) != "" {
		if err := Show(testChart()); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func testChart() *Chart { return Spectrum(Series{Y: []float64{0, 1, 2}}) }

func TestShowOutsideNotebook(t *testing.T) {
	if err := Show(testChart()); !errors.Is(err, ErrNoNotebook) {
		t.Errorf("Show outside a notebook returned %v", err)
	}
}

// The kernel's end of the named pipes is played here with GoNB's own protocol; the
// tests of package kernel ask a real kernel.
func TestShowSendsPicture(t *testing.T) {
	there, back := fifo(t, "there"), fifo(t, "back")
	ended := startCell(t, there, back)
	requests := gob.NewDecoder(open(t, there, os.O_RDONLY))
	replies := gob.NewEncoder(open(t, back, os.O_WRONLY))

	var picture, sync protocol.DisplayData
	decode(t, requests, &picture)
	checkPicture(t, picture)
	decode(t, requests, &sync)
	request, ok := sync.Data[protocol.MIMECommValue].(protocol.CommValue)
	if !ok || request.Address != protocol.GonbuiSyncAddress {
		t.Fatalf("after the picture came %+v, want a request to synchronise", sync)
	}
	select {
	case err := <-ended:
		t.Fatalf("the cell ended before the kernel had the picture: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	reply := protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: request.Value}
	if err := replies.Encode(reply); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the cell failed: %v", err)
	}
}

func checkPicture(t *testing.T, d protocol.DisplayData) {
	t.Helper()
	data, _ := d.Data[protocol.MIMEImagePNG].([]byte)
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("no PNG in %v: %v", d.Data, err)
	}
	if text := d.Data[protocol.MIMETextPlain]; text != "polarization spectrum over index" {
		t.Errorf("beside the picture stands %q", text)
	}
	size, _ := d.Metadata["image/png"].(map[string]int)
	if size["width"] != 528 || size["height"] != 336 { // 5.5 × 3.5 inches of 96 pixels
		t.Errorf("shown at %v, want 528 × 336", size)
	}
	if c.Width != 2*size["width"] || c.Height != 2*size["height"] {
		t.Errorf("%d × %d pixels, want twice %v", c.Width, c.Height, size)
	}
}

func startCell(t *testing.T, there, back string) <-chan error {
	cell := exec.Command(os.Args[0])
	cell.Env = append(os.Environ(), inCell+"=1",
		protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	cell.Stderr = os.Stderr
	if err := cell.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cell.Wait() }()
	t.Cleanup(func() { cell.Process.Kill() })
	return ended
}

func fifo(t *testing.T, name string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, flag int) *os.File {
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func decode(t *testing.T, d *gob.Decoder, to *protocol.DisplayData) {
	t.Helper()
	if err := d.Decode(to); err != nil {
		t.Fatal(err)
	}
}
