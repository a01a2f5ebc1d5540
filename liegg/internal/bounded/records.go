package bounded

import (
	"fmt"
	"io"
)

// Records reads a file of records, such as lines. It returns [ErrBudget]
// within a record that is too long. The parser of the records calls Next
// after each.
type Records struct {
	r                     io.Reader
	budget, longest, left int64
}

// While its fields are separated, a byte of a record takes up to forty bytes
// of memory. So a record may use only a part of the budget, but even a small
// budget allows lines of the usual length.
const (
	recordShare = 64
	shortRecord = 64 << 10
)

// NewRecords returns a reader of the records of a file with a budget.
func NewRecords(r io.Reader, budget int64) *Records {
	records := &Records{r: r, budget: budget, longest: max(budget/recordShare, shortRecord)}
	records.Next()
	return records
}

// Next marks the end of a record.
func (r *Records) Next() { r.left = r.longest }

// Read reads from the file.
func (r *Records) Read(b []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("%w: a line, or a quoted field, is longer than %d bytes, and the budget is %d: "+
			"are line breaks missing, or a closing quote? If not, raise the budget to %d times the length, in the call or with %s",
			ErrBudget, r.longest, r.budget, recordShare, Env)
	}
	n, err := r.r.Read(b[:min(int64(len(b)), r.left)])
	r.left -= int64(n)
	return n, err
}
