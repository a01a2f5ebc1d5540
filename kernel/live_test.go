package main

import (
	"context"
	"encoding/json"
	"html"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// watcher runs a cell and prints the displays that come of it as lines of JSON.
const watcher = `
import json, sys, time
from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="liegg")
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    request = client.execute(sys.argv[1])
    while True:
        message = client.get_iopub_msg(timeout=300)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            break
        if kind == "error":
            sys.exit(content["evalue"])
        if "data" in content:
            print(json.dumps({"kind": kind, "types": sorted(content["data"]), "place": content["transient"].get("display_id", ""), "at": time.time()}), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`

// A training that is shown is one output, an SVG that is replaced while it runs and a PNG at the end. There is no
// line of progress beside it.
func TestTrainingIsShownInPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const cell = `%%
samples := dataset.O5(rand.New(rand.NewPCG(1, 0)), 1000)
var begun time.Time // after compiling
settings := training.Settings{Steps: 1_000_000, Validate: 50, Show: plotting.InPlace(), Watch: func(int) error {
	if begun.IsZero() {
		begun = time.Now()
	}
	if time.Since(begun) > 2*time.Second {
		return errors.New("enough")
	}
	return nil
}}
model := network.MLP{Hidden: []int{16}, Outputs: 1}
_, err := training.Train(model, settings, samples.Batches(100, 1), nil)
fmt.Println(err)
settings.Steps, settings.Watch = 100, nil
must.M1(training.Train(model, settings, samples.Batches(100, 1), nil))`
	cmd := system.Child(t.Context(), 5*time.Second, prepared.Python(), "-c", watcher, cell)
	cmd.Env = system.WithEnv(setup.JupyterEnv(prepared, t.TempDir()), "LIEGG_HEADLESS=1")
	lines, err := system.Output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	type display struct {
		Kind, Place string
		Types       []string
		At          float64
	}
	var displays []display
	for line := range strings.Lines(string(lines)) {
		var d display
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%v: %s", err, lines)
		}
		displays = append(displays, d)
	}
	if len(displays) < 3 {
		t.Fatalf("shown %d times: %s", len(displays), lines)
	}
	for i, d := range displays {
		kind, mime := "update_display_data", "image/svg+xml"
		if i == 0 {
			kind = "display_data"
		}
		if i == len(displays)-1 {
			mime = "image/png"
		}
		if d.Kind != kind || !slices.Contains(d.Types, mime) || d.Place != displays[0].Place {
			t.Errorf("display %d of %d is %+v, want a %s of type %s", i+1, len(displays), d, kind, mime)
		}
	}
	last := displays[len(displays)-2]
	t.Logf("%d pictures in %.2g s", len(displays)-1, last.At-displays[0].At)
}

// A page gives each picture the text that stands beside it in the notebook.
func TestPageDescribesPictures(t *testing.T) {
	const program = `
import base64, nbformat, page

def picture(text):
    data = {"image/png": base64.encodebytes(b"pixels of " + text.encode() + b"." * 200).decode()}
    if text != "none":
        data["text/plain"] = text
    return nbformat.v4.new_output("display_data", data, metadata={"image/png": {"width": 4}})

cell = nbformat.v4.new_code_cell("x", outputs=[picture('a & "b" \\1'), picture("none"), picture("c")])
print(page.page(nbformat.v4.new_notebook(cells=[cell]), "page", "."))
`
	body := python(t, program)
	var texts []string
	for _, found := range regexp.MustCompile(`<img [^>]*alt="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		texts = append(texts, html.UnescapeString(found[1]))
	}
	if want := []string{`a & "b" \1`, "No description has been provided for this image", "c"}; !slices.Equal(texts, want) {
		t.Errorf("pictures are described as %q, want %q", texts, want)
	}
}

const sliderCell = `%%
var frames []plotting.Figure
for _, height := range []float64{1, 2, 3} {
	frames = append(frames, plotting.Bars([]string{"a"}, []float64{height}))
}
must.M(plotting.Show(plotting.Slider(frames, []string{"one", "two", "three"})))`

// Sliders work in JupyterLab by its keyboard: it leaves the arrow keys to them.
func TestBrowserMovesSliderInLab(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	tab := openTab(t, 1000)
	lab := startLab(t, writeNotebook(t, filepath.Join(t.TempDir(), "slider.ipynb"), sliderCell))
	const slider = chromedp.CSS(`.jp-OutputArea-output input[type="range"]`)
	for _, action := range []chromedp.Action[chromedp.Void]{
		chromedp.Navigate(lab.url), chromedp.WaitVisible(codeCell), chromedp.WaitVisible(kernelReady),
		clickWhenVisible(runMenu), clickWhenVisible(runAllItem), chromedp.WaitVisible(slider), chromedp.Focus(slider),
		chromedp.KeyEvent(kb.ArrowRight + kb.ArrowDown + kb.ArrowUp + kb.ArrowRight), // to two, one, two and three
	} {
		if err := chromedp.Do(tab, action); err != nil {
			keepShot(t, tab)
			t.Fatal(err)
		}
	}
	keepShot(t, tab)
	if n := evaluate(t, tab, `[...document.querySelectorAll(".jp-OutputArea-output figure img")].findIndex(image => image.checkVisibility())`); n != 2 {
		t.Errorf("frame %d is visible, want 2", n)
	}
	lab.end(t)
}

// Sliders of stored notebooks move on their pages, which load nothing, by keyboard alone.
func TestBrowserMovesSlidersOfPages(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	tab := openTab(t, 1000)
	for _, page := range pagesOf(t, "02_rotated_mnist.ipynb", "04_which_algebra.ipynb", "06_layers.ipynb") {
		if err := chromedp.Do(tab, chromedp.Navigate(page)); err != nil {
			t.Fatal(err)
		}
		const atSlider, caption = `Number(document.activeElement.type === "range")`, `document.querySelector("figcaption").textContent`
		for tabs := 0; tabs < 300 && evaluate(t, tab, atSlider) == 0; tabs++ {
			pressIn(t, tab, kb.Tab)
		}
		pressIn(t, tab, kb.Home)
		first := told(t, tab, caption)
		pressIn(t, tab, kb.ArrowRight)
		if next := told(t, tab, caption); next == first || first == "" {
			t.Errorf("%s: the slider goes from %q to %q", page, first, next)
		}
		if n := evaluate(t, tab, `[...document.querySelectorAll("figure img")].filter(image => image.checkVisibility()).length`); n != 1 {
			t.Errorf("%s: %d frames are visible", page, n)
		}
		if loaded := told(t, tab, `performance.getEntriesByType("resource").map(entry => entry.name).filter(name => !name.startsWith("data:")).join()`); loaded != "" {
			t.Errorf("%s loads %s", page, loaded)
		}
		keepShot(t, tab)
	}
}

// pressIn presses a key in a tab.
func pressIn(t *testing.T, tab context.Context, key string) {
	t.Helper()
	if err := chromedp.Do(tab, press(key)); err != nil {
		t.Fatal(err)
	}
}

// told returns a text of a page.
func told(t *testing.T, tab context.Context, expression string) string {
	t.Helper()
	text, err := chromedp.Run(tab, chromedp.Evaluate[string](expression))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
