package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// openTab starts the browser with one tab.
func openTab(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(findBrowser(t)),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WindowSize(1200, 900), chromedp.UserDataDir(t.TempDir()))
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
	codeCell   = chromedp.CSS(`.jp-Notebook .jp-CodeCell`)
	idleKernel = chromedp.CSS(`.jp-Notebook-ExecutionIndicator[data-status="idle"]`)
	runMenu    = chromedp.JSPath(`[...document.querySelectorAll(".lm-MenuBar-itemLabel")].find(e => e.textContent === "Run")`)
	runAllItem = chromedp.CSS(`.lm-Menu-item[data-command="runmenu:run-all"]`)
	picture    = chromedp.CSS(`.jp-OutputArea-output img`)
	popUps     = `document.querySelectorAll(".Toastify__toast, .jp-Dialog").length`
)

func TestBrowserShowsPictureInline(t *testing.T) {
	tab := openTab(t)
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "picture.ipynb"), networkCell(t), pictureCell)
	lab := startLab(t, notebook)
	// JupyterLab at times ends a kernel that it has just started (its status stays
	// "Unknown"); a reader loads the page again, and so does this test.
	var err error
	for range 5 {
		if err = showPicture(tab, lab.url); err == nil {
			break
		}
		t.Log("once more, after: ", err)
	}
	if err != nil {
		keepShot(t, tab)
		t.Fatal(err)
	}
	keepShot(t, tab)
	if width := evaluate(t, tab, `document.querySelector("`+string(picture)+`").naturalWidth`); width != 40 {
		t.Errorf("the picture is %d pixels wide, not 40", width)
	}
	if n := evaluate(t, tab, popUps); n > 0 {
		t.Errorf("JupyterLab shows %d pop-ups", n)
	}
	lab.end(t)
}

// showPicture opens the notebook, runs all its cells and waits for the picture.
func showPicture(tab context.Context, url string) error {
	for _, action := range []struct {
		what string
		do   chromedp.Action[chromedp.Void]
	}{
		{"open the page", chromedp.Navigate(url)},
		{"find a cell", chromedp.WaitVisible(codeCell)},
		{"wait for the kernel", chromedp.WaitVisible(idleKernel)},
		{"let it settle", chromedp.Sleep(2 * time.Second)},
		{"open the menu Run", clickWhenVisible(runMenu)},
		{"see the item Run All Cells", chromedp.WaitVisible(runAllItem)},
		{"point at it", pointAt(runAllItem)},
		{"choose it", clickWhenVisible(runAllItem)},
		{"find the picture", chromedp.WaitVisible(picture)},
		{"wait, since a pop-up would come a moment later", chromedp.Sleep(2 * time.Second)},
	} {
		soon, cancel := context.WithTimeout(tab, 25*time.Second)
		err := chromedp.Do(soon, action.do)
		cancel()
		if err != nil {
			return fmt.Errorf("%s: %w", action.what, err)
		}
	}
	return nil
}

func clickWhenVisible[S chromedp.Selectable](where S) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.WaitVisible(where), chromedp.Click(where))
}

// pointAt moves the mouse onto an element: JupyterLab's menus choose the item that
// the mouse was last seen moving over.
func pointAt(where chromedp.CSS) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		box, err := chromedp.Dimensions(where)(ctx, tab)
		if err != nil {
			return err
		}
		x, y := (box.Content[0]+box.Content[4])/2, (box.Content[1]+box.Content[5])/2
		for step := range 3 { // a menu ignores the first move after it opens
			if _, err := chromedp.MouseEvent(chromedp.MouseMoved, x+float64(step), y)(ctx, tab); err != nil {
				return err
			}
		}
		return nil
	})
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
	path := os.Getenv("LIEGG_SCREENSHOT")
	if path == "" {
		return
	}
	shot, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, shot, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
