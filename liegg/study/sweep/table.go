package sweep

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/bounded"
)

// Table is the CSV file of a sweep's rows, open for appending. Its first line
// describes the sweep and code, its second names the columns. Only one
// process at a time can open it.
type Table struct {
	head  head
	jobs  []Job // of the whole sweep, with its code
	place map[string]int
	rows  map[string]Row
	file  *os.File
	size  int64 // size of what is complete
	cut   bool
}

// Open opens the table of a sweep at path, or creates it. A last line that a
// crash has truncated is removed. With fresh, existing rows are first moved
// to another file.
//
// Open returns ErrOther if the rows at path belong to another sweep or to
// other code, and ErrDamaged, with the lines and what to do, for damaged
// rows. It also returns an error if the file is not a table, is open in
// another process, or is too large (1 GiB, or the value of the environment
// variable LIEGG_FILE_BUDGET), and for file system errors.
func Open(path string, s Sweep, fresh bool) (*Table, error) {
	code, err := CurrentCode()
	if err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	if fresh {
		if err := moveAside(path); err != nil {
			return nil, err
		}
	}
	t := newTable(head{s, code})
	if err := t.open(path); err != nil {
		if t.file != nil {
			t.file.Close()
		}
		return nil, fmt.Errorf("sweep: %s: %w", path, err)
	}
	return t, nil
}

func newTable(h head) *Table {
	t := &Table{head: h, jobs: h.Sweep.Jobs(), rows: map[string]Row{}, place: map[string]int{}}
	for i := range t.jobs {
		t.jobs[i].Code = h.Code.Digest()
		for _, seed := range t.jobs[i].Seeds {
			t.place[t.jobs[i].Key(seed)] = len(t.place)
		}
	}
	return t
}

// moveAside renames what is at path to a free name next to it.
func moveAside(path string) error {
	for i := 1; ; i++ {
		to := fmt.Sprintf("%s.%d", path, i)
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(path, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep: moving the rows aside: %w", err)
		}
		return nil
	}
}

func (t *Table) open(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		// Written atomically, the first two lines are complete or absent.
		err = atomicfile.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, t.beginning())
			return err
		})
	} else if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file, in which a sweep could go on")
	}
	if err != nil {
		return err
	}
	if t.file, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
		return err
	}
	if err := lock(t.file); err != nil {
		return err
	}
	return t.read()
}

// beginning returns the first two lines.
func (t *Table) beginning() string {
	return t.head.line() + "\n" + strings.Join(append(columnNames(), digestColumn), ",") + "\n"
}

// read reads the existing rows, and removes a truncated line.
func (t *Table) read() error {
	data, err := bounded.ReadAll(t.file, 0)
	if err != nil {
		return err
	}
	whole := wholeLines(data)
	if t.cut = len(whole) < len(data); t.cut {
		if err := t.file.Truncate(int64(len(whole))); err != nil {
			return fmt.Errorf("removing a truncated line: %w", err)
		}
	}
	t.size = int64(len(whole))
	h, err := parseTable(whole)
	if err != nil {
		return err
	}
	if err := h.differs(t.head); err != nil {
		return fmt.Errorf("%w: write to another file with -o, or start over with --fresh, which keeps the old rows", err)
	}
	if !h.digests || !h.whole {
		return fmt.Errorf("%w: its rows are without digests or without the columns of flows: study merge %s -o %[2]s adds them", ErrOther, t.file.Name())
	}
	return t.takeAll(h, t.file.Name())
}

// wholeLines drops an incomplete last line. Rows contain no line breaks.
func wholeLines(data []byte) []byte { return data[:bytes.LastIndexByte(data, '\n')+1] }

// parsed is a table as stored in its file.
type parsed struct {
	head
	digests bool   // each row has one
	whole   bool   // it has all columns
	rows    []byte // from line 3 on
}

// parseTable reads the first two lines.
func parseTable(data []byte) (p parsed, err error) {
	lines := bytes.SplitN(data, []byte("\n"), 3)
	if len(lines) < 3 {
		return p, errors.New("not a table of a sweep: it ends before its columns")
	}
	if p.head, err = parseHead(string(lines[0])); err != nil {
		return p, fmt.Errorf("not a table of a sweep: %w", err)
	}
	names, digests := strings.CutSuffix(strings.TrimSuffix(string(lines[1]), "\r"), ","+digestColumn)
	there, here := strings.Split(names, ","), columnNames()
	if !slices.Equal(there, here) && !slices.Equal(there, here[:withoutFlows]) {
		return p, fmt.Errorf("%w: its columns are those of another version", ErrOther)
	}
	p.digests, p.whole, p.rows = digests, len(there) == len(here), lines[2]
	return p, nil
}

// takeAll keeps the rows of the table at path.
func (t *Table) takeAll(p parsed, path string) error {
	lines, err := decode(p.rows, 3, p.digests)
	if damage := (damage)(nil); errors.As(err, &damage) {
		return fmt.Errorf("%w; %s", err, damage.advice(path))
	}
	for _, l := range lines {
		if err := t.take(l.Row); err != nil {
			return fmt.Errorf("line %d: %w", l.number, err)
		}
	}
	return nil
}

// take keeps a row that belongs to the sweep. If the row is already there,
// both must be equal.
func (t *Table) take(row Row) error {
	if _, ok := t.place[row.Key]; !ok {
		return fmt.Errorf("%w: the row %s (%s, seed %d) does not belong to this sweep and code", ErrOther, row.Key, row.Task, row.Seed)
	}
	if old, ok := t.rows[row.Key]; ok && !old.same(row) {
		return fmt.Errorf("the row %s (%s, seed %d) is there twice, with different values: remove the wrong one, or both, and the sweep does it again", row.Key, row.Task, row.Seed)
	}
	t.rows[row.Key] = row
	return nil
}

// same compares rows as written, except for the seconds.
func (r Row) same(other Row) bool {
	r.Seconds, other.Seconds = 0, 0
	return bytes.Equal(Encode(r), Encode(other))
}

// Append writes rows, except existing ones, and waits until they are on disk.
// After an error, such as a full disk, the table is as before.
func (t *Table) Append(rows ...Row) error {
	var missing []Row
	for _, row := range rows {
		if _, ok := t.place[row.Key]; !ok {
			return fmt.Errorf("sweep: %w: the row %s does not belong to this sweep and code", ErrOther, row.Key)
		}
		if _, ok := t.rows[row.Key]; !ok {
			missing = append(missing, row)
		}
	}
	text := Encode(missing...)
	if _, err := t.file.WriteAt(text, t.size); err != nil {
		return t.undoAppend(err)
	}
	if err := t.file.Sync(); err != nil {
		return t.undoAppend(err)
	}
	t.size += int64(len(text))
	for _, row := range missing {
		t.rows[row.Key] = row
	}
	return nil
}

// undoAppend removes what was written of rows that did not fit. If that fails, too,
// the next Open does it.
func (t *Table) undoAppend(err error) error {
	cut := t.file.Truncate(t.size)
	return fmt.Errorf("sweep: new rows cannot be stored (%w); the %d rows that %s holds are safe: make room and run the same command again",
		errors.Join(err, cut), len(t.rows), t.file.Name())
}

// Cut reports whether Open has removed a line that a crash had truncated.
func (t *Table) Cut() bool { return t.cut }

// Len returns the number of existing rows.
func (t *Table) Len() int { return len(t.rows) }

// Total returns the number of rows of the whole sweep.
func (t *Table) Total() int { return len(t.place) }

// Rows returns the existing rows, in the order of the sweep.
func (t *Table) Rows() []Row {
	rows := make([]Row, 0, len(t.rows))
	for _, row := range t.rows {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b Row) int { return t.place[a.Key] - t.place[b.Key] })
	return rows
}

// Jobs returns the jobs with missing rows, each with only the missing seeds.
// Of count shards, the given one, from 1, has every count-th job of the
// sweep; Jobs(1, 1) returns all. It panics unless 1 ≤ shard ≤ count.
func (t *Table) Jobs(shard, count int) []Job {
	if shard < 1 || shard > count {
		panic(fmt.Sprintf("sweep: shard must lie in 1…count, got %d of %d", shard, count))
	}
	var open []Job
	for i := shard - 1; i < len(t.jobs); i += count {
		j := t.jobs[i]
		j.Seeds = slices.DeleteFunc(slices.Clone(j.Seeds), func(seed uint64) bool {
			_, there := t.rows[j.Key(seed)]
			return there
		})
		if len(j.Seeds) > 0 {
			open = append(open, j)
		}
	}
	return open
}

// Close closes the file.
func (t *Table) Close() error { return t.file.Close() }
