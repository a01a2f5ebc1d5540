package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// labOfTwo returns paths of a private folder and a checkout with the first notebook and another
// one, in which nobody has opened JupyterLab yet.
func labOfTwo(t *testing.T) setup.Paths {
	t.Helper()
	p := setup.Paths{Cache: t.TempDir(), Checkout: t.TempDir()}
	if err := os.Mkdir(filepath.Join(p.Checkout, "notebooks"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := read(t, filepath.Join(prepared.Checkout, "notebooks", firstNotebook))
	for _, name := range []string{firstNotebook, "other.ipynb"} {
		if err := os.WriteFile(filepath.Join(p.Checkout, "notebooks", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestFirstStartShowsFirstNotebook(t *testing.T) {
	p := labOfTwo(t)
	root := filepath.Join(p.Checkout, "notebooks")
	check := func(when, want string, args ...string) {
		t.Helper()
		if what, err := findServed(p, args); err != nil || what.root != root || what.notebook != want {
			t.Errorf("%s lab shows %q in %s, error %v; want %q", when, what.notebook, what.root, err, want)
		}
	}
	check("at first", firstNotebook)
	check("if a notebook is named,", "other.ipynb", filepath.Join(root, "other.ipynb"))
	layout := filepath.Join(workspaces(p, root), "default-37a8.jupyterlab-workspace")
	if err := system.WriteAtomically(layout, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("if there is a layout,", "")
	if err := os.RemoveAll(filepath.Dir(layout)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(root, firstNotebook)); err != nil {
		t.Fatal(err)
	}
	check("without that notebook", "")
}

// Where to find things around notebooks in JupyterLab.
const (
	openTabs = `[...document.querySelectorAll("#jp-main-dock-panel .lm-TabBar-tabLabel")].map(e => e.textContent).filter(name => name !== "Launcher")`
	saved    = chromedp.CSS(`#jp-main-dock-panel .lm-TabBar-tab:not(.jp-mod-dirty)`)
	fileItem = chromedp.JSPath(`[...document.querySelectorAll(".jp-DirListing-itemText")].find(e => e.textContent.startsWith("other")) || null`)
)

// The first start opens the first notebook. Who closes it and opens another one finds that one
// at the next start.
func TestBrowserOpensFirstNotebookOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p := labOfTwo(t)
	if err := os.Symlink(filepath.Join(prepared.Cache, "venv"), filepath.Join(p.Cache, "venv")); err != nil {
		t.Fatal(err)
	}
	if err := setup.LaySpec(prepared, p.Jupyter("data")); err != nil {
		t.Fatal(err)
	}
	tab, what := openLab(t, p)
	wantTab(t, tab, firstNotebook)
	keepShotOf(t, tab, "first")
	soon, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	err := chromedp.Do(soon, chromedp.WaitVisible(codeCell), chromedp.WaitVisible(kernelReady), press("s", chromedp.ModifierCtrl), chromedp.WaitVisible(saved))
	if err != nil {
		keepShotOf(t, tab, "lost")
		t.Fatal(err)
	}
	pressUntil(t, tab, press("w", chromedp.ModifierAlt))
	pressUntil(t, tab, chromedp.Steps(clickWhenVisible(fileItem), press(kb.Enter)), "other.ipynb")
	waitUntil(t, "JupyterLab has stored its layout", func() bool {
		layouts, _ := filepath.Glob(filepath.Join(workspaces(p, what.root), "*"))
		return len(layouts) == 1 && strings.Contains(read(t, layouts[0]), `"notebook:other.ipynb"`) && !strings.Contains(read(t, layouts[0]), "notebook:"+firstNotebook)
	})
	tab, _ = openLab(t, p)
	wantTab(t, tab, "other.ipynb")
	keepShotOf(t, tab, "next")
}

// openLab opens JupyterLab in a new browser, as lab does when no notebook is named.
func openLab(t *testing.T, p setup.Paths) (tab context.Context, what served) {
	t.Helper()
	tab = openTab(t, 1200)
	what, err := findServed(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	what.dir = t.TempDir()
	log, err := os.Create(filepath.Join(what.dir, "lab.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	server, err := startServer(&call{ctx: t.Context(), stdout: log, stderr: log, paths: p}, what, 0, log)
	if err != nil {
		t.Fatal(err, read(t, log.Name()))
	}
	t.Cleanup(func() { system.KillGroup(server.cmd); <-server.ended })
	soon, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Do(soon, chromedp.Navigate(server.url())); err != nil {
		t.Fatal(err)
	}
	return tab, what
}

// pressUntil presses keys until JupyterLab shows these tabs. While it is busy, it may miss a key.
func pressUntil(t *testing.T, tab context.Context, keys chromedp.Action[chromedp.Void], names ...string) {
	t.Helper()
	shown := func() bool {
		titles, err := chromedp.Run(tab, chromedp.Evaluate[[]string](openTabs))
		if err != nil {
			t.Fatal(err)
		}
		return slices.Equal(titles, names)
	}
	for range 12 {
		if err := chromedp.Do(tab, keys); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			if shown() {
				return
			}
		}
	}
	keepShotOf(t, tab, "wrong")
	t.Fatalf("JupyterLab does not show the tabs %q", names)
}

// wantTab waits until JupyterLab shows this notebook and no other, whether or not its launcher is open.
func wantTab(t *testing.T, tab context.Context, name string) {
	t.Helper()
	var titles []string
	for deadline := time.Now().Add(2 * time.Minute); !slices.Equal(titles, []string{name}); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			keepShotOf(t, tab, "wrong")
			t.Fatalf("JupyterLab shows the tabs %q, not %s alone", titles, name)
		}
		var err error
		if titles, err = chromedp.Run(tab, chromedp.Evaluate[[]string](openTabs)); err != nil {
			t.Fatal(err)
		}
	}
}
