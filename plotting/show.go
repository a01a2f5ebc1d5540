package plotting

import (
	"bytes"
	"errors"
	"fmt"
	"html"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"gonum.org/v1/plot/vg"
)

// ErrNoNotebook is returned by Show in a program that was not started by a
// GoNB kernel.
var ErrNoNotebook = errors.New("plotting: Show needs a GoNB notebook; elsewhere use plotting.Save(figure, \"name.png\"), plotting.HTML(value) or fmt.Println(value)")

// Show shows a value under the running cell of a GoNB notebook and returns
// once the notebook has received it:
//
//   - a Figure as a PNG of twice the density of a page, at its natural size,
//     beside a text for readers who cannot see it; AsSVG asks for SVG;
//   - a Sheet, such as a verdict, a spectrum, an algebra, a network or a
//     flow, as HTML with its tables, matrices and pictures, beside its text;
//   - other values that can be drawn, such as Evidence and Flow, as a picture;
//   - any other value as text, as fmt.Println prints it.
//
// Outside a notebook it returns ErrNoNotebook and writes nothing. Any other
// error comes from drawing or from the connection with the kernel.
func Show(v any) error {
	if !gonbui.IsNotebook {
		return ErrNoNotebook
	}
	data, err := displayData(v)
	if err != nil {
		return err
	}
	gonbui.SendData(data)
	if err := gonbui.Error(); err != nil { // otherwise Sync would wait forever
		return fmt.Errorf("plotting: the kernel did not take what is shown: %w", err)
	}
	gonbui.Sync() // otherwise it is lost if the cell's process ends first
	return gonbui.Error()
}

// displayData returns the Jupyter message for v.
func displayData(v any) (*protocol.DisplayData, error) {
	if s, ok := v.(Sheet); ok {
		fragment, err := HTML(s)
		if err != nil {
			return nil, err
		}
		return &protocol.DisplayData{Data: map[protocol.MIMEType]any{
			protocol.MIMETextHTML: fragment, protocol.MIMETextPlain: s.String(),
		}}, nil
	}
	if f, ok := v.(vector); ok {
		return vectorData(f.Figure)
	}
	if f := figureOf(v); f != nil {
		return pictureData(f)
	}
	return &protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMETextPlain: fmt.Sprint(v)}}, nil
}

// pictureData returns the Jupyter message for a picture. The width and height
// in the metadata of the MIME type are the pixels that JupyterLab, VS Code and
// nbconvert reserve on the page; gonbui.DisplayPng does not send them.
func pictureData(f Figure) (*protocol.DisplayData, error) {
	data, width, height, err := encodePNG(f)
	if err != nil {
		return nil, fmt.Errorf("plotting: cannot draw the figure: %w", err)
	}
	size := map[string]int{"width": width, "height": height}
	return &protocol.DisplayData{
		Data:     map[protocol.MIMEType]any{protocol.MIMEImagePNG: data, protocol.MIMETextPlain: describe(f)},
		Metadata: map[string]any{string(protocol.MIMEImagePNG): size},
	}, nil
}

// InPlace returns a function that shows the picture of a value among the
// outputs of a cell, each in the place of the one before, such as the losses of
// a training that runs:
//
//	settings.Show = plotting.InPlace()
//
// The notebook keeps the last picture. A training that has not ended is drawn
// as SVG, which takes a millisecond; anything else as by Show. Values without a
// picture are not shown.
//
// Outside a notebook the function does nothing. Its errors come from drawing or
// from the connection with the kernel.
func InPlace() func(v any) error {
	id := ""
	return func(v any) error {
		f := figureOf(v)
		if !gonbui.IsNotebook || f == nil {
			return nil
		}
		if id == "" {
			id = gonbui.UniqueId()
		}
		data, last, err := inPlace(v, f)
		if err != nil {
			return err
		}
		data.DisplayID = id
		gonbui.SendData(data)
		if last && gonbui.Error() == nil { // otherwise Sync would wait forever
			gonbui.Sync() // otherwise it is lost if the cell's process ends first
		}
		if err := gonbui.Error(); err != nil {
			return fmt.Errorf("plotting: the kernel did not take what is shown: %w", err)
		}
		return nil
	}
}

// inPlace returns the Jupyter message for a value, and whether it may be the
// last.
func inPlace(v any, f Figure) (data *protocol.DisplayData, last bool, err error) {
	if _, running := v.(underway); !running {
		data, err = pictureData(f)
		return data, true, err
	}
	data, err = vectorData(f)
	return data, false, err
}

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
