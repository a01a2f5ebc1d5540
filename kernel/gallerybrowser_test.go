package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tooWide lists what sticks out of the page to the right, but for what scrolls by itself.
const tooWide = `[...document.querySelectorAll("body *")].filter(e => {
	if (e.getBoundingClientRect().right <= document.documentElement.clientWidth + 1 || !e.checkVisibility()) return false;
	for (let up = e.parentElement; up; up = up.parentElement) if (getComputedStyle(up).overflowX !== "visible") return false;
	return true;
}).map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 60)).slice(0, 3).join("; ")`

// cut lists what holds more than it shows and does not scroll.
const cut = `[...document.querySelectorAll("main *")].filter(e => ["hidden", "clip"].includes(getComputedStyle(e).overflowX) &&
	e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && e.checkVisibility()).map(e => e.tagName + "." + e.className + " " + e.scrollWidth + " in " + e.clientWidth).slice(0, 3).join("; ")`

// faint lists texts whose contrast with what is behind them is below 4.5, as WCAG asks, or
// below 4 in code, whose colours by day JupyterLab chooses.
const faint = `(() => {
	const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
	const known = {};
	const rgba = colour => known[colour] ??= (canvas.clearRect(0, 0, 1, 1), canvas.fillStyle = colour, canvas.fillRect(0, 0, 1, 1), [...canvas.getImageData(0, 0, 1, 1).data]);
	const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] / 255 + below[i] * (1 - top[3] / 255));
	const light = c => c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const behind = e => e ? over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
	while (texts.nextNode()) {
		const e = texts.currentNode.parentElement, text = texts.currentNode.data.trim();
		if (!text || !e.checkVisibility({opacityProperty: true}) || e.closest("script, style")) continue;
		const ground = behind(e), ink = over(rgba(getComputedStyle(e).color), ground);
		const [a, b] = [light(ground), light(ink)].sort((x, y) => y - x), contrast = (a + .05) / (b + .05);
		if (contrast < (e.closest("pre") ? 4 : 4.5)) found.add(contrast.toFixed(1) + " " + e.tagName + "." + e.className + " " + text.slice(0, 30));
	}
	return [...found].slice(0, 5).join("; ");
})()`

func asks(t *testing.T, tab context.Context, expression string) string {
	t.Helper()
	said, err := chromedp.Run(tab, chromedp.Evaluate[string](expression))
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// prefer sets the width of the window and whether the reader prefers light or dark pages.
func prefer(width int64, scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.EmulateViewport(width, 900), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// The pages of the lab's notebooks and their index, light and dark, on a screen and on a phone:
// nothing sticks out or is cut, and all text can be read. LIEGG_SCREENSHOT names a file whose
// folder takes a picture of each.
func TestBrowserGallery(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	tab, to := openTab(t, 1000), t.TempDir()
	if _, stderr, err := do(t, "gallery", "-o", to); err != nil {
		t.Fatal(err, stderr)
	}
	for _, name := range filesIn(t, to) {
		if filepath.Ext(name) != ".html" {
			continue
		}
		if err := chromedp.Do(tab, chromedp.Navigate("file://"+filepath.Join(to, name))); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{1000, 400} {
			for _, scheme := range []string{"light", "dark"} {
				if err := chromedp.Do(tab, prefer(width, scheme)); err != nil {
					t.Fatal(err)
				}
				for what, expression := range map[string]string{"sticks out": tooWide, "is cut": cut, "is faint": faint} {
					if said := asks(t, tab, expression); said != "" {
						t.Errorf("%s, %s, %d px: %s: %s", name, scheme, width, what, said)
					}
				}
				keepPage(t, tab, fmt.Sprintf("%s %d %s", strings.TrimSuffix(name, ".html"), width, scheme))
			}
		}
	}
}

// keepPage writes a picture of the whole page where LIEGG_SCREENSHOT says, to be looked at.
func keepPage(t *testing.T, tab context.Context, view string) {
	t.Helper()
	path := os.Getenv("LIEGG_SCREENSHOT")
	if path == "" {
		return
	}
	shot, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(strings.TrimSuffix(path, ".png")+" "+view+".png", shot, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// A reader without a mouse goes through the index card by card, to a notebook and back.
func TestBrowserGalleryByKeyboard(t *testing.T) {
	tab, from, to := openTab(t, 1000), t.TempDir(), t.TempDir()
	var notebooks []string
	for _, name := range []string{"one", "two"} {
		notebooks = append(notebooks, filepath.Join(from, name+".ipynb"))
		storedNotebook(t, notebooks[len(notebooks)-1], "# "+name, map[string]any{"image/png": aPicture, "text/plain": "a dot"})
	}
	if _, stderr, err := do(t, append([]string{"gallery", "-o", to}, notebooks...)...); err != nil {
		t.Fatal(err, stderr)
	}
	at := func(want string) {
		t.Helper()
		const where = `location.pathname.split("/").pop() + " " + document.activeElement.textContent`
		for range 50 {
			if asks(t, tab, where) == want {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("the reader is at %q, want %q", asks(t, tab, where), want)
	}
	if err := chromedp.Do(tab, chromedp.Navigate("file://"+filepath.Join(to, "index.html"))); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ key, place string }{{kb.Tab, "index.html one"}, {kb.Tab, "index.html two"}} {
		if err := chromedp.Do(tab, press(step.key)); err != nil {
			t.Fatal(err)
		}
		at(step.place)
	}
	if outline := asks(t, tab, `getComputedStyle(document.activeElement, "::after").outlineStyle`); !slices.Contains([]string{"solid", "auto"}, outline) {
		t.Errorf("the card in focus has the outline %q", outline)
	}
	if err := chromedp.Do(tab, press(kb.Enter), chromedp.WaitVisible(chromedp.CSS(`nav a`)), press(kb.Tab)); err != nil {
		t.Fatal(err)
	}
	at("two.html All notebooks")
}

// The sliders and the values of charts in the pages of the lab's notebooks, by keyboard alone.
// The pages fetch nothing.
func TestBrowserPagesByKeyboard(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	tab := openTab(t, 1000)
	const (
		frame = `document.activeElement.closest("figure").querySelector("figcaption").textContent + " " +
			[...document.activeElement.closest("figure").querySelectorAll("img")].filter(image => image.checkVisibility()).map(image => image.title).join()`
		value = `getComputedStyle(document.activeElement, "::after").content`
	)
	cases := []struct{ notebook, kind, shown, key, first, then string }{
		{"01_o5_regression.ipynb", "radio", value, kb.ArrowRight, `"generator 1: `, `"generator 2: `},
		{"02_rotated_mnist.ipynb", "range", frame, kb.ArrowRight, "t = 0π/6 t = 0π/6", "t = 1π/6 t = 1π/6"},
		{"04_which_algebra.ipynb", "range", frame, kb.End, "t = 0.00 t = 0.00", "t = 3.14 t = 3.14"},
		{"06_layers.ipynb", "range", frame, kb.ArrowLeft, "output output", "hidden 3 hidden 3"},
	}
	var names []string
	for _, c := range cases {
		names = append(names, c.notebook)
	}
	for i, page := range pagesOf(t, names...) {
		c := cases[i]
		if err := chromedp.Do(tab, chromedp.Navigate(page)); err != nil {
			t.Fatal(err)
		}
		focused := fmt.Sprintf(`String(document.activeElement.type === %q)`, c.kind)
		for tabs := 0; asks(t, tab, focused) != "true"; tabs++ {
			if tabs == 300 {
				t.Fatalf("%s: no key leads to an input of type %s", c.notebook, c.kind)
			}
			if err := chromedp.Do(tab, press(kb.Tab)); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{c.first, c.then} {
			var said string
			for range 50 {
				if said = asks(t, tab, c.shown); strings.HasPrefix(said, want) {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			if !strings.HasPrefix(said, want) {
				t.Errorf("%s shows %q, want %q", c.notebook, said, want)
			}
			if err := chromedp.Do(tab, press(c.key)); err != nil {
				t.Fatal(err)
			}
		}
		if n := evaluate(t, tab, `performance.getEntriesByType("resource").filter(e => !e.name.startsWith("data:")).length`); n > 0 {
			t.Errorf("%s fetches %d things", c.notebook, n)
		}
	}
}
