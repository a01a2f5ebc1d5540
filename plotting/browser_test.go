package plotting

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"gonum.org/v1/gonum/mat"
)

// browse opens a page of the given parts, as a file, in a real browser. head is for what goes before.
func browse(t *testing.T, head string, parts ...Sheet) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("slow")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if browser, err = exec.LookPath("google-chrome"); err != nil {
			if os.Getenv("LIEGG_REQUIRE_BROWSER") != "" {
				t.Fatal("no Chromium here")
			}
			t.Skip("NOT TESTED: sliders and values in a real browser, for there is no Chromium here (apt-get install chromium)")
		}
	}
	text := "<!doctype html><html><head><meta charset=\"utf-8\">" + head + "</head><body>"
	for _, part := range parts {
		fragment, err := HTML(part)
		if err != nil {
			t.Fatal(err)
		}
		text += fragment
	}
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(text+"</body></html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1000, 900), chromedp.UserDataDir(t.TempDir()))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(tab, chromedp.Navigate("file://"+path)); err != nil {
		t.Fatal(err)
	}
	return tab
}

// saysSoon waits until a page answers an expression as wanted.
func saysSoon(t *testing.T, tab context.Context, expression, want string) {
	t.Helper()
	var got string
	for range 50 {
		var err error
		if got, err = chromedp.Run(tab, chromedp.Evaluate[string](expression)); err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%s is %q, want %q", expression, got, want)
}

func press(t *testing.T, tab context.Context, keys string) {
	t.Helper()
	if err := chromedp.Do(tab, chromedp.KeyEvent(keys)); err != nil {
		t.Fatal(err)
	}
}

// keepShot writes a screenshot to the folder that LIEGG_SCREENSHOTS names, to be looked at.
func keepShot(t *testing.T, tab context.Context) {
	t.Helper()
	folder := os.Getenv("LIEGG_SCREENSHOTS")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, t.Name()+".png"), shot, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

const visible = `[...document.querySelectorAll("figure img")].filter(image => image.checkVisibility()).map(image => image.title).join()`

func ellipses(steps int) *Frames {
	rotation := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	return LevelSets(func(x, y float64) float64 { return math.Hypot(x, 2*y) }, Plane{}, rotation, float64(steps), steps)
}

// A slider moves by keyboard alone, in a page that is a file.
func TestBrowserSliderByKeyboard(t *testing.T) {
	tab := browse(t, "", ellipses(4).Starting(1))
	saysSoon(t, tab, visible, "t = 1.00")
	press(t, tab, kb.Tab)
	for _, step := range [][2]string{{kb.ArrowRight, "t = 2.00"}, {kb.ArrowRight, "t = 3.00"}, {kb.ArrowLeft, "t = 2.00"}, {kb.End, "t = 4.00"}, {kb.Home, "t = 0.00"}} {
		press(t, tab, step[0])
		saysSoon(t, tab, visible, step[1])
		saysSoon(t, tab, `document.querySelector("figcaption").textContent`, step[1])
		saysSoon(t, tab, `document.querySelector("input").getAttribute("aria-valuetext")`, step[1])
	}
	keepShot(t, tab)
}

// Two sliders on a page move independently.
func TestBrowserTwoSliders(t *testing.T) {
	tab := browse(t, "", ellipses(2), ellipses(3))
	press(t, tab, kb.Tab+kb.Tab+kb.ArrowRight)
	saysSoon(t, tab, visible, "t = 0.00,t = 1.00")
}

// Where scripts are off, the first frame is a picture, and there is no slider that does nothing.
func TestBrowserSliderWithoutScripts(t *testing.T) {
	tab := browse(t, `<meta http-equiv="Content-Security-Policy" content="script-src 'none'">`, ellipses(4).Starting(1))
	saysSoon(t, tab, visible, "t = 1.00")
	saysSoon(t, tab, `document.querySelector("figure").innerText.trim() + document.querySelectorAll("input").length`, "t = 1.000")
	keepShot(t, tab)
}

// Values appear by keyboard and by mouse, where they are drawn.
func TestBrowserValues(t *testing.T) {
	chart := Spectrum(Series{Y: []float64{.001, .002, .1, .4}}).Labelled("generator", "symmetry variance s²/N")
	tab := browse(t, "", Hover(chart), Hover(testChart()))
	const shown = `[...document.querySelectorAll("input")].map(one => getComputedStyle(one, "::after").content).filter(text => text !== "none").join()`
	saysSoon(t, tab, shown, "")
	press(t, tab, kb.Tab)
	saysSoon(t, tab, shown, `"generator 1: 0.001"`)
	press(t, tab, kb.ArrowRight+kb.ArrowRight)
	saysSoon(t, tab, shown, `"generator 3: 0.1"`)
	keepShot(t, tab)
	press(t, tab, kb.Tab) // the next picture
	saysSoon(t, tab, `String([...document.querySelectorAll("input")].indexOf(document.activeElement))`, "4")
	at := valuesOf(chart)[3]
	over := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		box, err := chromedp.Run(ctx, chromedp.Dimensions(chromedp.CSS("img")))
		if err != nil {
			return err
		}
		left, top, width, height := box.Content[0], box.Content[1], box.Content[4]-box.Content[0], box.Content[5]-box.Content[1]
		return chromedp.Do(ctx, chromedp.MouseEvent(chromedp.MouseMoved, left+at.X*width, top+at.Y*height))
	})
	press(t, tab, kb.Tab)
	if err := chromedp.Do(tab, over); err != nil {
		t.Fatal(err)
	}
	saysSoon(t, tab, shown, fmt.Sprintf("%q", "generator 4: 0.4"))
}

// Where styles are removed, as by Jupyter, a picture with values is a picture.
func TestBrowserValuesWithoutStyle(t *testing.T) {
	tab := browse(t, `<meta http-equiv="Content-Security-Policy" content="style-src 'none'">`, Hover(testChart()))
	saysSoon(t, tab, `String([...document.querySelectorAll("input")].filter(one => one.checkVisibility()).length)`, "0")
	saysSoon(t, tab, `String(document.querySelector("img").checkVisibility())`, "true")
}
