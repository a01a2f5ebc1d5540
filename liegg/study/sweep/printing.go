package sweep

import (
	"encoding/json"
	"fmt"
)

// String is the regime as a sweep's file has it.
func (r Regime) String() string {
	text, err := json.Marshal(r)
	if err != nil {
		return r.Name // NaN or Inf, which check refuses
	}
	return string(text)
}

// String tells how many rows there are.
func (t *Table) String() string {
	return fmt.Sprintf("table of %d rows, %d in all", t.Len(), t.Total())
}
