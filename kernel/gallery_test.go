package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// aPicture is a PNG of one pixel.
const aPicture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

// storedNotebook writes a notebook with a text and the outputs of one cell.
func storedNotebook(t *testing.T, path, text string, outputs ...map[string]any) {
	t.Helper()
	shown := []any{}
	for _, data := range outputs {
		shown = append(shown, map[string]any{"output_type": "display_data", "metadata": map[string]any{}, "data": data})
	}
	written, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": []any{
		map[string]any{"id": "a", "cell_type": "markdown", "metadata": map[string]any{}, "source": text},
		map[string]any{"id": "b", "cell_type": "code", "metadata": map[string]any{}, "source": "%%\nx < y", "outputs": shown, "execution_count": nil}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, written, 0o600); err != nil {
		t.Fatal(err)
	}
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestGalleryOfStoredNotebooks(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "made", "here")
	first, second := filepath.Join(from, "a & b.ipynb"), filepath.Join(from, "two.ipynb")
	storedNotebook(t, first, "# Is $x < y$ & why?\n\nThe [second](two.ipynb#Answer) and the [code](../x.go) and [all](https://example.org). "+strings.Repeat("Words ", 50)+"end.\n\nMore.",
		map[string]any{"text/plain": "no picture"},
		map[string]any{"text/html": `<p><img alt="&lt;one&gt; dot" src="data:image/png;base64,` + aPicture + `"></p>`})
	storedNotebook(t, second, "# Two\nasks what $e^{i\\pi}$ is", map[string]any{"image/png": aPicture, "text/plain": "a “dot”"})
	stdout, stderr, err := do(t, "gallery", first, second, "-o", to)
	if err != nil {
		t.Fatal(err, stderr)
	}
	if want := filepath.Join(to, "index.html"); strings.TrimSpace(stdout) != shortPath(want) {
		t.Errorf("it said %q, want %q", stdout, want)
	}
	want := []string{"a & b.html", "a & b.png", "index.html", "two.html", "two.png"}
	if got := filesIn(t, to); !slices.Equal(got, want) {
		t.Errorf("made %q, want %q", got, want)
	}
	index := read(t, filepath.Join(to, "index.html"))
	for _, want := range []string{`<a href="a%20%26%20b.html">Is $x &lt; y$ &amp; why?</a>`, `alt="&lt;one&gt; dot" width="1" height="1"`,
		`<a href="two.html">Two</a>`, `alt="a “dot”"`, "<math"} {
		if !strings.Contains(index, want) {
			t.Errorf("the index has no %s:\n%s", want, index)
		}
	}
	if strings.Contains(index, "https://example.org") || strings.Contains(index, "More.") || strings.Contains(index, "Words") {
		t.Error("a card holds a link in a link, or more than the question")
	}
	page := read(t, filepath.Join(to, "a & b.html"))
	for _, want := range []string{`<a href="two.html#Answer">second</a>`, "the code and", `href="https://example.org"`, `<a href="index.html">All notebooks</a>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	picture, _ := base64.StdEncoding.DecodeString(aPicture)
	if read(t, filepath.Join(to, "two.png")) != string(picture) {
		t.Error("the picture is another one")
	}
}

// A second gallery takes the place of the first, and nothing of the first is left.
func TestGalleryReplacesAnEarlierOne(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	from, to := t.TempDir(), t.TempDir()
	gone, stays := filepath.Join(from, "gone.ipynb"), filepath.Join(from, "stays.ipynb")
	storedNotebook(t, gone, "# Gone", map[string]any{"image/png": aPicture})
	storedNotebook(t, stays, "no title")
	for _, notebooks := range [][]string{{gone, stays}, {stays}} {
		if _, stderr, err := do(t, append([]string{"gallery", "-o", to}, notebooks...)...); err != nil {
			t.Fatal(err, stderr)
		}
	}
	if got := filesIn(t, to); !slices.Equal(got, []string{"index.html", "stays.html"}) {
		t.Errorf("left: %q", got)
	}
	if index := read(t, filepath.Join(to, "index.html")); !strings.Contains(index, ">stays</a>") {
		t.Errorf("a notebook without a title is not named by its file: %s", index)
	}
}

// What is refused leaves the folder as it was.
func TestGalleryRefuses(t *testing.T) {
	from := t.TempDir()
	at := func(parts ...string) string { return filepath.Join(append([]string{from}, parts...)...) }
	for _, dir := range []string{"other", "others", "taken"} {
		if err := os.Mkdir(at(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	storedNotebook(t, at("n.ipynb"), "# N")
	storedNotebook(t, at("other", "n.ipynb"), "# N")
	storedNotebook(t, at("index.ipynb"), "# N")
	for name, text := range map[string]string{"broken.ipynb": "{", "taken/index.html": "mine", "file": "", "others/README": "mine"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		args []string
		said string
	}{
		"no folder":      {[]string{at("n.ipynb")}, "name a folder"},
		"foreign files":  {[]string{at("n.ipynb"), "-o", at("others")}, "files that are not a gallery's (README): name a new or empty folder"},
		"foreign index":  {[]string{at("n.ipynb"), "-o", at("taken")}, "(index.html)"},
		"a file":         {[]string{at("n.ipynb"), "-o", at("file")}, "cannot read the folder"},
		"below a file":   {[]string{at("n.ipynb"), "-o", at("file", "x")}, "not a directory"},
		"not writable":   {[]string{at("n.ipynb"), "-o", "/proc/gallery"}, "cannot create the folder /proc/gallery"},
		"no notebook":    {[]string{at("missing.ipynb"), "-o", at("new")}, "cannot be read"},
		"two of a name":  {[]string{at("n.ipynb"), at("other", "n.ipynb"), "-o", at("new")}, "would have the same page"},
		"named as index": {[]string{at("index.ipynb"), "-o", at("new")}, "gallery's own index.html"},
		"broken":         {[]string{at("n.ipynb"), at("broken.ipynb"), "-o", at("new")}, "broken.ipynb: it is not valid JSON"},
	} {
		if _, stderr, err := do(t, append([]string{"gallery"}, c.args...)...); err == nil || !strings.Contains(stderr+err.Error(), c.said) {
			t.Errorf("%s: %v, %q, want %q", name, err, stderr, c.said)
		}
	}
	if entries, _ := os.ReadDir(at("new")); len(entries) > 0 {
		t.Errorf("left half-made: %v", entries)
	}
	if read(t, at("taken", "index.html")) != "mine" {
		t.Error("a foreign index is replaced")
	}
	if _, err := galleryNotebooks(at("none"), nil); err == nil || !strings.Contains(err.Error(), "no notebooks") {
		t.Errorf("a gallery of nothing: %v", err)
	}
}

// fetched finds what a page would fetch from elsewhere. Links may lead there.
var fetched = regexp.MustCompile(`(?:src=|<link[^>]*href=|url\(|@import|import\()["' ]*(?:https?:)?//[^"')]*`)

// The lab's own notebooks make a gallery without anything from elsewhere, in which each has a
// picture with a text, and each link between pages leads to a page.
func TestGalleryOfTheLab(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	to := t.TempDir()
	if _, stderr, err := do(t, "gallery", "-o", to); err != nil {
		t.Fatal(err, stderr)
	}
	notebooks, _ := filepath.Glob(filepath.Join(prepared.Checkout, "notebooks", "*.ipynb"))
	index := read(t, filepath.Join(to, "index.html"))
	texts := regexp.MustCompile(`<img src="[^"]*" alt="([^"]*)"`).FindAllStringSubmatch(index, -1)
	if len(notebooks) == 0 || len(texts) != len(notebooks) {
		t.Errorf("%d notebooks, %d pictures", len(notebooks), len(texts))
	}
	for _, text := range texts {
		if len(text[1]) < 10 {
			t.Errorf("a picture is described by %q", text[1])
		}
	}
	files := filesIn(t, to)
	for _, name := range files {
		if filepath.Ext(name) != ".html" {
			continue
		}
		page := read(t, filepath.Join(to, name))
		if found := fetched.FindString(page); found != "" {
			t.Errorf("%s fetches %s", name, found)
		}
		for _, link := range regexp.MustCompile(`<a [^>]*href="([^"#:]+)`).FindAllStringSubmatch(page, -1) {
			if !slices.Contains(files, link[1]) {
				t.Errorf("%s leads to %s, which is not there", name, link[1])
			}
		}
	}
}
