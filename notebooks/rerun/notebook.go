// Package rerun runs stored notebooks again, through the real kernel, and compares
// what they print and draw with what is stored. The packages below it share the
// notebooks between them, for go test gives each package ten minutes.
package rerun

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Notebook is what tests read of an .ipynb file.
type Notebook struct {
	Cells    []Cell         `json:"cells"`
	Metadata map[string]any `json:"metadata"`
}

// Cell is one cell with its outputs.
type Cell struct {
	Kind     string         `json:"cell_type"`
	Source   Text           `json:"source"`
	Count    *int           `json:"execution_count"`
	Metadata map[string]any `json:"metadata"`
	Outputs  []Output       `json:"outputs"`
}

// Output is one output of a cell.
type Output struct {
	Kind string          `json:"output_type"`
	Name string          `json:"name"`
	Text Text            `json:"text"`
	Data map[string]Text `json:"data"`
}

var embedded = regexp.MustCompile(`data:image/png;base64,([A-Za-z0-9+/=]+)`)

// Pictures returns the PNG pictures of the output in base64, those within HTML included.
func (o Output) Pictures() (pictures []Text) {
	if png := o.Data["image/png"]; png != "" {
		pictures = append(pictures, png)
	}
	for _, found := range embedded.FindAllStringSubmatch(string(o.Data["text/html"]), -1) {
		pictures = append(pictures, Text(found[1]))
	}
	return pictures
}

// said returns what the output prints. Of a value that shows itself in HTML, it is the text beside.
func (o Output) said() string {
	if o.Data["text/html"] != "" {
		return string(o.Data["text/plain"])
	}
	return string(o.Text)
}

// Text is a string that notebooks also store as a list of lines.
type Text string

// UnmarshalJSON reads a string or a list of lines.
func (t *Text) UnmarshalJSON(data []byte) error {
	var lines []string
	if err := json.Unmarshal(data, &lines); err == nil {
		*t = Text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// Read reads a notebook, failing the test where there is none.
func Read(t *testing.T, path string) Notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var n Notebook
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}
