package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/liegg/lab/kernel/internal/setup"
)

const (
	lastCell = chromedp.CSS(`.jp-Notebook .jp-Cell:last-of-type .cm-content`)
	// What JupyterLab shows. A completion that is the only one is in the cell
	// at once.
	completionsShown = `(() => {
		const items = [...document.querySelectorAll(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-match")];
		const words = [...document.querySelectorAll(".jp-Notebook .jp-Cell")].at(-1).querySelector(".cm-content").textContent.split(/[^\w%]+/);
		return items.length > 0 ? items.map(e => e.textContent) : words;
	})()`
	helpShown = `[...document.querySelectorAll(".jp-Tooltip .jp-Tooltip-content")].map(e => e.textContent)`
)

// press presses a key.
func press(key string, modifiers ...chromedp.Modifier) chromedp.Action[chromedp.Void] {
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...))
}

// insert enters a text at once, so that the editor adds no brackets to it.
func insert(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// writeCase puts the text of a case into the last cell, and the cursor in its
// place.
func writeCase(c helpCase) chromedp.Action[chromedp.Void] {
	before, after, _ := strings.Cut(c.code, "‸")
	steps := []chromedp.Action[chromedp.Void]{clickWhenVisible(lastCell), press("a", chromedp.ModifierCtrl), press(kb.Backspace)}
	if before+after != "" {
		steps = append(steps, insert(before+after))
	}
	for range []rune(after) {
		steps = append(steps, press(kb.ArrowLeft))
	}
	return chromedp.Steps(steps...)
}

// checkShown asks for help as a hand does, and returns what is wrong with what
// JupyterLab shows. A list is sorted by JupyterLab itself, and comes in parts.
func (c helpCase) checkShown(tab context.Context) (wrong string, err error) {
	if c.first != "" {
		c.want, c.first = append(c.want[:len(c.want):len(c.want)], c.first), ""
	}
	key, expression, patience := press(kb.Tab), completionsShown, 30*time.Second
	if c.inspect {
		key, expression = press(kb.Tab, chromedp.ModifierShift), helpShown
	}
	if c.none {
		patience = 2 * time.Second
	}
	if err := chromedp.Do(tab, key); err != nil {
		return "", err
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		shown, err := chromedp.Run(tab, chromedp.Evaluate[[]string](expression))
		wrong = c.checkTexts(shown)
		if err != nil || c.none && wrong != "" || !c.none && wrong == "" {
			return wrong, err
		}
	}
	return wrong, nil
}

// What readers ask for most, in a real browser by keyboard. Screenshots go to
// the folder of LIEGG_SCREENSHOT.
func TestBrowserHelps(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	tab := openTab(t, 1200)
	if err := setup.Prepare(t.Context(), prepared, setup.NewProgress(os.Stderr), []string{"gopls"}, true); err != nil {
		t.Fatal(err)
	}
	lab := startLab(t, writeNotebook(t, filepath.Join(t.TempDir(), "help.ipynb"), append(earlierCells[:2:2], "")...))
	soon, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	err := chromedp.Do(soon, chromedp.Navigate(lab.url), chromedp.WaitVisible(codeCell), chromedp.WaitVisible(kernelReady),
		clickWhenVisible(runMenu), clickWhenVisible(runAllItem), chromedp.Sleep(8*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range readerCases {
		if err := chromedp.Do(tab, writeCase(c)); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		wrong, err := c.checkShown(tab)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%.2f s: %s", time.Since(start).Seconds(), c.name)
		if wrong != "" {
			t.Errorf("%s: %s", c.name, wrong)
		}
		keepShotOf(t, tab, c.name)
		if err := chromedp.Do(tab, press(kb.Escape), press(kb.Escape)); err != nil {
			t.Fatal(err)
		}
	}
	lab.end(t)
}
