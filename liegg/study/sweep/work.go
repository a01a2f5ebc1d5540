package sweep

import (
	"context"
	"fmt"
	"io"
)

// Work does jobs one after the other and appends their rows to the table as
// each job finishes, with a line about it to log. It ends at the first error.
// What was appended by then stays, and t.Jobs returns the rest.
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
