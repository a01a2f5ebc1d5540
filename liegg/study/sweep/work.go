package sweep

import (
	"context"
	"fmt"
	"io"
)

// Work does jobs one after the other and appends their rows to the table, each job's
// as it finishes, with a line about it to log. It ends at the first error; what was
// appended by then stays, and t.Jobs are what is left.
func Work(ctx context.Context, t *Table, jobs []Job, log io.Writer) error {
	p := NewProgress(log, jobs)
	for _, job := range jobs {
		rows, err := Run(ctx, job)
		if err != nil {
			return fmt.Errorf("%v: %w", job, err)
		}
		if err := t.Append(rows...); err != nil {
			return err
		}
		p.Done(job, rows)
	}
	return nil
}
