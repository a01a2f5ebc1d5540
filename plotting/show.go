package plotting

import (
	"errors"
	"fmt"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
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
