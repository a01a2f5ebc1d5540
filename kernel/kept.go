package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/liegg/lab/kernel/internal/setup"
)

// keptValue is what the first line of a file of package keep says.
type keptValue struct {
	Name, Type string
	Made       time.Time
	Seconds    float64

	path string
	size int64
}

func keptFlags(fs *flag.FlagSet) func(c *call, args []string) error {
	clear := fs.Bool("clear", false, "remove the values, or all if none is named")
	return func(c *call, args []string) error {
		values, err := keptValues(filepath.Join(c.paths.Cache, "kept"))
		if err != nil {
			return err
		}
		if values, err = named(values, args); err != nil {
			return err
		}
		if *clear {
			return clearKept(c, values)
		}
		return listKept(c, values)
	}
}

// keptValues returns all kept values, by name and then the newest first.
func keptValues(folder string) ([]keptValue, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil {
		return nil, err
	}
	var values []keptValue
	for _, path := range files {
		if v, err := readKept(path); err == nil {
			values = append(values, v)
		} else if !errors.Is(err, fs.ErrNotExist) { // another program may have removed it
			return nil, err
		}
	}
	slices.SortFunc(values, func(a, b keptValue) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), b.Made.Compare(a.Made))
	})
	return values, nil
}

// readKept reads the first line of a file. What cannot be read is named by its folder.
func readKept(path string) (keptValue, error) {
	v := keptValue{Name: filepath.Base(filepath.Dir(path)), Type: "damaged", path: path}
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return v, err
	}
	v.size, v.Made = info.Size(), info.ModTime()
	var head keptValue
	if line, err := bufio.NewReader(f).ReadBytes('\n'); err == nil && json.Unmarshal(line, &head) == nil {
		v.Name, v.Type, v.Made, v.Seconds = head.Name, head.Type, head.Made, head.Seconds
	}
	return v, nil
}

// named returns the values of the given names, or all if there are no names.
func named(values []keptValue, names []string) (found []keptValue, err error) {
	for _, name := range names {
		if !slices.ContainsFunc(values, func(v keptValue) bool { return v.Name == name }) {
			return nil, fmt.Errorf("no value named %q is kept; go run ./kernel kept lists all", name)
		}
	}
	for _, v := range values {
		if len(names) == 0 || slices.Contains(names, v.Name) {
			found = append(found, v)
		}
	}
	return found, nil
}

func listKept(c *call, values []keptValue) error {
	if len(values) == 0 {
		fmt.Fprintln(c.stdout, "No values are kept. keep.Value keeps them.")
		return nil
	}
	table, total := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0), int64(0)
	fmt.Fprintln(table, "name\ttype\tsize\tmade\ttook")
	for _, v := range values {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%.1f s\n", printable(v.Name), v.Type, inBytes(v.size), v.Made.Local().Format("2006-01-02 15:04"), v.Seconds)
		total += v.size
	}
	table.Flush()
	fmt.Fprintf(c.stdout, "\n%s in all. go run ./kernel kept --clear [NAME...] removes them.\n", inBytes(total))
	return nil
}

// longestName is the number of characters of a name that the list shows.
const longestName = 40

// printable returns a name that fits in a table, in quotes if it holds what a terminal cannot show.
func printable(name string) string {
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName-1]) + "…"
	}
	if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

func clearKept(c *call, values []keptValue) error {
	total := int64(0)
	for _, v := range values {
		if err := os.Remove(v.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		os.Remove(filepath.Dir(v.path)) // once it is empty
		total += v.size
	}
	noun := "values"
	if len(values) == 1 {
		noun = "value"
	}
	fmt.Fprintf(c.stdout, "%d %s removed, %s.\n", len(values), noun, inBytes(total))
	return nil
}

// inBytes writes a size that may be small.
func inBytes(bytes int64) string {
	if bytes >= 1e6 {
		return setup.Megabytes(bytes)
	}
	return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
}
