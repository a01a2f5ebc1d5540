package main

import (
	"errors"
	"flag"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

func galleryFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	folder := fs.String("o", "", "write the gallery to the folder `DIR`, which is new, empty or an earlier gallery")
	return func(c *call, args []string) error {
		if *folder == "" {
			return errors.New("gallery: name a folder to write to, as in: go run ./kernel gallery -o /tmp/gallery")
		}
		dir, err := filepath.Abs(*folder)
		if err != nil {
			return err
		}
		notebooks, err := galleryNotebooks(filepath.Join(c.paths.Checkout, "notebooks"), args)
		if err != nil {
			return err
		}
		earlier, err := earlierGallery(dir)
		if err != nil {
			return err
		}
		say := setup.NewProgress(c.stderr)
		if err := setup.Prepare(c.ctx, c.paths, say, []string{"python"}, false); err != nil {
			return err
		}
		if err := writeGallery(c, say, dir, notebooks, earlier); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, shortPath(filepath.Join(dir, galleryIndex)))
		return nil
	}
}

// galleryNotebooks returns the paths of the named notebooks, or of all in the folder.
func galleryNotebooks(folder string, args []string) (notebooks []string, err error) {
	if len(args) == 0 {
		if args, err = filepath.Glob(filepath.Join(folder, "*.ipynb")); err != nil {
			return nil, err
		}
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("gallery: there are no notebooks in %s: name them", folder)
	}
	names := map[string]string{}
	for _, arg := range args {
		path, err := notebookPath(arg)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		if other, twice := names[name]; twice {
			return nil, fmt.Errorf("gallery: %s and %s would have the same page: rename one", other, arg)
		}
		if names[name] = arg; name+".html" == galleryIndex {
			return nil, fmt.Errorf("gallery: the page of %s would take the place of the gallery's own %s: rename it", arg, galleryIndex)
		}
		notebooks = append(notebooks, path)
	}
	return notebooks, nil
}

const (
	galleryIndex = "index.html"
	galleryMark  = `<meta name="generator" content="LieGG Lab: go run ./kernel gallery">`
)

var galleryReference = regexp.MustCompile(`(?:href|src)="([^":/#]+)"`)

// earlierGallery returns the files of the gallery that a folder holds already, none if it is
// empty or does not exist. It returns an error if the folder holds anything else.
func earlierGallery(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("gallery: cannot read the folder %s: %w", shortPath(dir), withoutPath(err))
	}
	index, err := os.ReadFile(filepath.Join(dir, galleryIndex))
	if err == nil && strings.Contains(string(index), galleryMark) {
		files = append(referencesOf(string(index)), galleryIndex)
	}
	var foreign []string
	for _, entry := range entries {
		if name := entry.Name(); !slices.Contains(files, name) && !strings.HasPrefix(name, system.UnfinishedMark) {
			foreign = append(foreign, name)
		}
	}
	if len(foreign) > 0 {
		return nil, fmt.Errorf("gallery: %s holds files that are not a gallery's (%s): name a new or empty folder", shortPath(dir), setup.Some(foreign))
	}
	return files, nil
}

// referencesOf returns the files beside an index that it names.
func referencesOf(index string) (files []string) {
	for _, found := range galleryReference.FindAllStringSubmatch(index, -1) {
		if name, err := url.PathUnescape(html.UnescapeString(found[1])); err == nil {
			files = append(files, name)
		}
	}
	return files
}

// writeGallery makes the gallery aside. Then it moves its files into the folder, the index
// last, and removes the files of an earlier gallery that the new one does not have.
func writeGallery(c *call, say *setup.Progress, dir string, notebooks, earlier []string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("gallery: cannot create the folder %s: %w", shortPath(dir), withoutPath(err))
	}
	aside, err := os.MkdirTemp(dir, system.UnfinishedMark)
	if err != nil {
		return fmt.Errorf("gallery: cannot write to the folder %s: %w", shortPath(dir), withoutPath(err))
	}
	defer os.RemoveAll(aside)
	runner, remove, err := layRunner(c.paths)
	if err != nil {
		return err
	}
	defer remove()
	args := append([]string{"--gallery", aside}, notebooks...)
	if err := newReport(c, say, "").follow(runner.command(c.ctx, args...)); err != nil {
		return err
	}
	if err := system.ToDisk(aside); err != nil {
		return err
	}
	return moveGallery(aside, dir, earlier)
}

func moveGallery(aside, dir string, earlier []string) error {
	entries, err := os.ReadDir(aside)
	if err != nil {
		return err
	}
	var files []string
	for _, entry := range entries {
		if entry.Name() != galleryIndex {
			files = append(files, entry.Name())
		}
	}
	for _, name := range append(files, galleryIndex) {
		if err := os.Rename(filepath.Join(aside, name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("gallery: %w", err)
		}
	}
	for _, name := range earlier {
		if name != galleryIndex && !slices.Contains(files, name) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("gallery: %w", err)
			}
		}
	}
	return nil
}
