package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

// prepared is the real private folder of the user, prepared once, under the
// same lock as everybody else's preparation.
var prepared setup.Paths

func TestMain(m *testing.M) {
	var err error
	if prepared, err = setup.FindPaths(); err == nil {
		err = setup.Prepare(context.Background(), prepared, setup.NewProgress(os.Stderr), setup.UsualSteps, false)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the tests need a prepared kernel:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// do runs a subcommand in this process and returns what it printed.
func do(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = command(t.Context(), &out, &errs, args)
	return out.String(), errs.String(), err
}

// writeNotebook writes a notebook of code cells and returns its path.
func writeNotebook(t testing.TB, path string, sources ...string) string {
	t.Helper()
	cells := []any{map[string]any{"cell_type": "markdown", "metadata": map[string]any{}, "source": "A test, $e^{i\\pi} = -1$"}}
	for _, source := range sources {
		cells = append(cells, map[string]any{"cell_type": "code", "metadata": map[string]any{"tags": []string{"kept"}, "scrolled": true},
			"source": source, "outputs": []any{}, "execution_count": 7})
	}
	text, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{"widgets": map[string]any{}, "kernelspec": map[string]any{"name": setup.KernelName, "display_name": setup.DisplayName, "language": "go"}}, "nbformat": 4, "nbformat_minor": 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A notebookFile is what tests look at in an executed notebook.
type notebookFile struct {
	Cells []struct {
		ID             string
		CellType       string `json:"cell_type"`
		ExecutionCount *int   `json:"execution_count"`
		Metadata       map[string]any
		Outputs        []struct {
			OutputType   string `json:"output_type"`
			Name, EValue string
			Text         []string
			Data         map[string]any
		}
	}
	Metadata map[string]any
}

func readNotebook(t *testing.T, path string) (nb notebookFile) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &nb); err != nil {
		t.Fatal(err)
	}
	return nb
}

// printed is all that the cells of the notebook have printed.
func (nb notebookFile) printed() string {
	var text strings.Builder
	for _, cell := range nb.Cells {
		for _, out := range cell.Outputs {
			text.WriteString(strings.Join(out.Text, ""))
		}
	}
	return text.String()
}

// noneLeft fails the test if anything matches pattern.
func noneLeft(t *testing.T, pattern string) {
	t.Helper()
	if left, _ := filepath.Glob(pattern); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
