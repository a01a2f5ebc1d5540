package sweep

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/bounded"
)

// Merge writes the rows of several tables of one sweep and code, such as its
// shards, as one table, in the order of the sweep. It returns the number of
// rows found and the number in the whole sweep. A row that several tables
// have is written once; a truncated last line is left out. Merge panics if
// from is empty.
//
// Tables of earlier versions, whose rows have no digest, are read too, and
// written with digests. So this converts such a table:
//
//	go run ./liegg/study merge rows.csv -o rows.csv
//
// Merge returns ErrOther, naming what differs, if tables do not belong
// together, and ErrDamaged, with the lines, for damaged rows. It also returns
// an error if a row has two values, if a file is not a table or is too large
// (1 GiB, or the value of the environment variable LIEGG_FILE_BUDGET), and
// for file system errors. After an error nothing has been written.
func Merge(to string, from ...string) (rows, total int, err error) {
	t, err := gather(from)
	if err != nil {
		return 0, 0, err
	}
	err = atomicfile.Write(to, func(w io.Writer) error {
		_, err := w.Write(append([]byte(t.beginning()), Encode(t.Rows()...)...))
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("sweep: writing %s: %w", to, err)
	}
	return t.Len(), t.Total(), nil
}

// Read reads the rows of a table, in the order of its sweep. A sweep may be
// writing to the file. It returns the errors of Merge.
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
