package plotting

import (
	"bytes"
	"fmt"
	"html"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"gonum.org/v1/plot/vg"
)

// mimeImageSVG is not among the types of GoNB.
const mimeImageSVG protocol.MIMEType = "image/svg+xml"

// AsSVG returns a figure that Show shows as SVG. It is sharp at any size, and
// its text can be searched and copied. The fonts are the reader's
// own, and pictures of many points are larger than as PNG. AsSVG panics if
// f is nil.
func AsSVG(f Figure) Figure {
	if f == nil {
		panic("plotting: AsSVG: f is nil")
	}
	return vector{f}
}

// vector is a figure that is shown as SVG.
type vector struct{ Figure }

// Size returns the size of the figure.
func (v vector) Size() (width, height vg.Length) { return sizeOf(v.Figure) }

// String says how to show the figure.
func (v vector) String() string { return describe(v.Figure) + " (SVG): plotting.Show draws it" }

// vectorData returns the Jupyter message for a picture as SVG, whose element
// holds the text for readers who cannot see it.
func vectorData(f Figure) (*protocol.DisplayData, error) {
	drawn, err := encode(f, ".svg")
	if err != nil {
		return nil, fmt.Errorf("plotting: cannot draw the figure: %w", err)
	}
	about := describe(f)
	named := fmt.Sprintf("<svg role=\"img\" aria-label=\"%s\"", html.EscapeString(about))
	element := bytes.Replace(drawn[bytes.Index(drawn, []byte("<svg")):], []byte("<svg"), []byte(named), 1)
	return &protocol.DisplayData{Data: map[protocol.MIMEType]any{
		mimeImageSVG: string(element), protocol.MIMETextPlain: about,
	}}, nil
}
