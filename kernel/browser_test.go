package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// findBrowser returns a Chromium, or skips the test so that nobody overlooks
// it; where LIEGG_REQUIRE_BROWSER is set, as in CI, the skip is a failure.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "NOT TESTED: JupyterLab in a real browser, for there is no Chromium here (apt-get install chromium)"
	if os.Getenv("LIEGG_REQUIRE_BROWSER") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// openTab starts the browser with one tab, whose window is width pixels wide.
func openTab(t *testing.T, width int) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(findBrowser(t)),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WindowSize(width, 900), chromedp.UserDataDir(t.TempDir()))
	allocator, cancelAllocator := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancelAllocator)
	tab, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(cancelTab)
	// The first use ties the browser to this context, not to one with a deadline.
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal("the browser does not start:", err)
	}
	return tab
}

// Where to find things in JupyterLab.
const (
	codeCell = chromedp.CSS(`.jp-Notebook .jp-CodeCell`)
	// JupyterLab starts a second kernel for who runs a cell before the first is
	// there. It calls a kernel that has done nothing yet "unknown", and none "idle".
	kernelReady = chromedp.JSPath(`[...document.querySelectorAll(".jp-StatusBar-TextItem")].some(e => e.textContent === "1") &&
		document.querySelector('.jp-Notebook-ExecutionIndicator:is([data-status="unknown"], [data-status="idle"])') || null`)
	runMenu    = chromedp.JSPath(`[...document.querySelectorAll(".lm-MenuBar-itemLabel")].find(e => e.textContent === "Run")`)
	runAllItem = chromedp.CSS(`.lm-Menu-item[data-command="runmenu:run-all"]`)
	picture    = chromedp.CSS(`.jp-OutputArea-output img`)
	popUps     = `document.querySelectorAll(".Toastify__toast, .jp-Dialog").length`
)

func TestBrowserShowsPictureInline(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	tab := openTab(t, 1200)
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "picture.ipynb"), networkCell(t), pictureCell)
	lab := startLab(t, notebook)
	for _, action := range []struct {
		what string
		do   chromedp.Action[chromedp.Void]
	}{
		{"open the page", chromedp.Navigate(lab.url)},
		{"find a cell", chromedp.WaitVisible(codeCell)},
		{"see the kernel ready", chromedp.WaitVisible(kernelReady)},
		{"open the menu Run", clickWhenVisible(runMenu)},
		{"choose Run All Cells", clickWhenVisible(runAllItem)},
		{"find the picture", chromedp.WaitVisible(picture)},
		{"wait, since a pop-up would come a moment later", chromedp.Sleep(2 * time.Second)},
	} {
		soon, cancel := context.WithTimeout(tab, time.Minute)
		err := chromedp.Do(soon, action.do)
		cancel()
		if err != nil {
			keepShot(t, tab)
			t.Fatalf("%s: %v", action.what, err)
		}
	}
	keepShot(t, tab)
	if width := evaluate(t, tab, `document.querySelector("`+string(picture)+`").naturalWidth`); width != 40 {
		t.Errorf("the picture is %d pixels wide, not 40", width)
	}
	if n := evaluate(t, tab, `[...document.querySelectorAll(".jp-OutputArea-output pre")].filter(e => getComputedStyle(e).wordBreak !== "normal").length`); n > 0 {
		t.Errorf("%d outputs break their lines within words", n)
	}
	if n := evaluate(t, tab, popUps); n > 0 {
		t.Errorf("JupyterLab shows %d pop-ups", n)
	}
	lab.end(t)
}

// brokenWords counts the words of outputs that stand on two lines, where one line
// would hold them. A line may also end after
// a dash or dots.
const brokenWords = `[...document.querySelectorAll(".jp-OutputArea-output pre")].flatMap(pre => {
	const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
	const broken = [];
	while (texts.nextNode()) {
		for (const word of texts.currentNode.data.matchAll(/[^\s–…-]+/g)) {
			const range = document.createRange();
			range.setStart(texts.currentNode, word.index);
			range.setEnd(texts.currentNode, word.index + word[0].length);
			const tops = [...range.getClientRects()].map(box => box.top);
			if (Math.max(...tops) - Math.min(...tops) > 8) broken.push(word[0]); // letters of other fonts differ by less
		}
	}
	return broken;
}).length`

// The widest outputs of the lab's notebooks on a page 1000 pixels wide, and on a
// narrower one: lines break between words, never within a number.
func TestBrowserBreaksLinesBetweenWords(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	names := []string{"04_which_algebra.ipynb", "07_your_network.ipynb"}
	pages := pagesOf(t, names...)
	for _, width := range []int{1000, 640} {
		tab := openTab(t, width)
		for i, name := range names {
			soon, cancel := context.WithTimeout(tab, time.Minute)
			err := chromedp.Do(soon, chromedp.Navigate(pages[i]))
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			if n := evaluate(t, tab, `document.querySelectorAll(".jp-OutputArea-output pre").length`); n == 0 {
				t.Errorf("%s has no output", name)
			}
			if n := evaluate(t, tab, brokenWords); n > 0 {
				t.Errorf("%s breaks %d words at a width of %d pixels", name, n, width)
			}
			keepShot(t, tab)
		}
	}
}

// pagesOf returns the addresses of the pages of stored notebooks.
func pagesOf(t *testing.T, names ...string) (pages []string) {
	t.Helper()
	const program = `
import os
import document
import page

for notebook in sys.argv[2:]:
    with open(os.path.join(sys.argv[1], os.path.basename(notebook) + ".html"), "w", encoding="utf-8") as f:
        f.write(page.page(document.read(notebook), "page", "."))
`
	args := []string{t.TempDir()}
	for _, name := range names {
		args = append(args, filepath.Join(prepared.Checkout, "notebooks", name))
		pages = append(pages, "file://"+filepath.Join(args[0], name+".html"))
	}
	python(t, program, args...)
	return pages
}

// clickWhenVisible moves the mouse there first, as a hand does: JupyterLab's
// menus take no click without.
func clickWhenVisible[S chromedp.Selectable](where S) chromedp.Action[chromedp.Void] {
	move := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		box, err := chromedp.Run(ctx, chromedp.Dimensions(where))
		if err != nil {
			return err
		}
		x, y := (box.Content[0]+box.Content[4])/2, (box.Content[1]+box.Content[5])/2
		return chromedp.Do(ctx, chromedp.MouseEvent(chromedp.MouseMoved, x, y))
	})
	return chromedp.Steps(chromedp.WaitVisible(where), move, chromedp.Click(where))
}

func evaluate(t *testing.T, tab context.Context, expression string) int {
	t.Helper()
	value, err := chromedp.Run(tab, chromedp.Evaluate[int](expression))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// keepShot writes a screenshot where LIEGG_SCREENSHOT says, to be looked at.
func keepShot(t *testing.T, tab context.Context) {
	t.Helper()
	keepShotOf(t, tab, "")
}

// keepShotOf does so for one of several views, whose name it adds to the
// file's.
func keepShotOf(t *testing.T, tab context.Context, view string) {
	t.Helper()
	path := os.Getenv("LIEGG_SCREENSHOT")
	if path == "" {
		return
	}
	if view != "" {
		path = strings.TrimSuffix(path, ".png") + " " + view + ".png"
	}
	shot, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, shot, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
