// Package report exports results of LieGG: generators, spectra and verdicts
// as .npz for NumPy, as JSON and CSV for other programs, and as one
// self-contained HTML page with tables and pictures.
//
//	r := report.Report{Title: "My network", Verdict: verdict}
//	err := r.Save("network.html") // or .npz, .json, .csv
package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/plotting"
)

// Report holds the results for one network. It needs a verdict or a spectrum; a page of HTML needs an
// answer alone.
type Report struct {
	Title string
	// Notes are paragraphs of plain text: which data, which network, what
	// for. The page shows one of several lines as it is, as tables need it.
	Notes []string
	// Answer is what the page shows in the place of Notes and Verdict, such as an *ask.Answer or a
	// *flow.Judgement. nil shows these.
	Answer plotting.Sheet
	// Verdict may be nil if there is none.
	Verdict *liegg.Verdict
	// Spectrum defaults to the spectrum of Verdict.
	Spectrum *liegg.Spectrum
	// Pictures follow the tables of the HTML page. The other formats leave
	// them out.
	Pictures []Picture
}

// Picture is a PNG file with a caption.
type Picture struct {
	Caption string
	PNG     []byte
}

// Save writes the report to a file whose name ends in .html, .json, .csv or
// .npz. The file is written under a temporary name and renamed, so that a
// failure leaves an existing file unchanged. Save returns an error if the
// file cannot be written, its name has another ending, or a picture is not a
// PNG. It panics if there is neither a verdict nor a spectrum, nor for .html an answer.
func (r Report) Save(path string) error {
	forms := map[string]func(io.Writer) error{".html": r.HTML, ".json": r.JSON, ".csv": r.CSV, ".npz": r.NPZ}
	write, ok := forms[strings.ToLower(filepath.Ext(path))]
	if !ok {
		return fmt.Errorf("report: %s: the name must end in .html, .json, .csv or .npz", path)
	}
	if err := atomicfile.Write(path, write); err != nil {
		return fmt.Errorf("report: writing %s: %w", path, err)
	}
	return nil
}

// spectrum returns the report's spectrum, or that of its verdict.
func (r Report) spectrum() *liegg.Spectrum {
	switch {
	case r.Spectrum != nil:
		return r.Spectrum
	case r.Verdict != nil && r.Verdict.Spectrum != nil:
		return r.Verdict.Spectrum
	}
	panic("report: a Report needs a Verdict or a Spectrum")
}
