package sweep

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/liegg/lab/liegg/internal/aside"
	"github.com/liegg/lab/liegg/internal/bounded"
)

// Merge writes the rows of several tables of one sweep and code, such as its shards,
// as one table, in the order of the sweep. It returns the number of rows that are
// there and that of the whole sweep. A row that several have is taken once; a last
// line that is cut is left out. It panics if from is empty.
//
// Tables of earlier versions, whose rows have no digest, are read too; what is written
// has digests. So a table of such a version is made one of this:
//
//	go run ./liegg/study merge rows.csv -o rows.csv
//
// Errors: ErrOther, naming what differs, where tables do not belong together;
// ErrDamaged, with the lines; one row with two values; a file that is no table, or is
// larger than a file may be (1 GiB, or what the environment variable LIEGG_FILE_BUDGET
// says); those of the file system. Then nothing has been written.
func Merge(to string, from ...string) (rows, total int, err error) {
	t, err := gather(from)
	if err != nil {
		return 0, 0, err
	}
	err = aside.Write(to, func(w io.Writer) error {
		_, err := w.Write(append([]byte(t.beginning()), Encode(t.Rows()...)...))
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("sweep: writing %s: %w", to, err)
	}
	return t.Len(), t.Total(), nil
}

// Read reads the rows of a table, in the order of its sweep, from a file that a sweep
// may be writing to. The errors are those of Merge.
func Read(path string) (Sweep, []Row, error) {
	t, err := gather([]string{path})
	if err != nil {
		return Sweep{}, nil, err
	}
	return t.head.Sweep, t.Rows(), nil
}

func gather(paths []string) (t *Table, err error) {
	if len(paths) == 0 {
		panic("sweep: Merge: from is empty")
	}
	for _, path := range paths {
		data, err := bounded.ReadFile(path, 0)
		if err != nil {
			return nil, fmt.Errorf("sweep: %w", err)
		}
		p, err := parseTable(wholeLines(data))
		if err == nil {
			err = p.Sweep.Check()
		}
		if err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", path, err)
		}
		if t == nil {
			t = newTable(p.head)
		}
		if err := p.differs(t.head); err != nil {
			return nil, fmt.Errorf("sweep: %s and %s do not belong together: %w", path, filepath.Base(paths[0]), err)
		}
		if err := t.takeAll(p, path); err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", path, err)
		}
	}
	return t, nil
}
