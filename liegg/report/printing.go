package report

import "fmt"

// String returns the title and a summary of the report's contents.
func (r Report) String() string {
	text := fmt.Sprintf("report %q: ", r.Title)
	switch {
	case r.Verdict != nil:
		text += "a verdict"
	case r.Spectrum != nil:
		text += "a spectrum"
	default:
		text += "neither a verdict nor a spectrum"
	}
	return text + fmt.Sprintf(", notes: %d, pictures: %d", len(r.Notes), len(r.Pictures))
}

// String returns the caption and the size of the file.
func (p Picture) String() string { return fmt.Sprintf("%s: PNG of %d bytes", p.Caption, len(p.PNG)) }
