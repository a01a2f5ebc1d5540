package sweep

import (
	"encoding/json"
	"fmt"
)

// String returns the regime as in a sweep's file.
func (r Regime) String() string {
	text, err := json.Marshal(r)
	if err != nil {
		return r.Name // NaN or Inf, which check refuses
	}
	return string(text)
}

// String returns the number of rows.
func (t *Table) String() string {
	return fmt.Sprintf("table of %d rows, %d in all", t.Len(), t.Total())
}
