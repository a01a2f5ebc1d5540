package plotting

import (
	"errors"
	"fmt"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// ErrNoNotebook is returned by Show in a program that was not started by a
// GoNB kernel.
var ErrNoNotebook = errors.New("plotting: Show needs a GoNB notebook; elsewhere use plotting.Save(figure, \"name.png\")")

// Show draws f inline under the running cell of a GoNB notebook and returns
// once the notebook has received it. The picture is a PNG of twice the
// density of a page, shown at the natural size of f.
//
// Outside a notebook it returns ErrNoNotebook and writes nothing. Any other
// error comes from the connection with the kernel.
func Show(f Figure) error {
	if !gonbui.IsNotebook {
		return ErrNoNotebook
	}
	data, err := displayData(f)
	if err != nil {
		return fmt.Errorf("plotting: cannot draw the figure: %w", err)
	}
	gonbui.SendData(data)
	if err := gonbui.Error(); err != nil { // otherwise Sync would wait forever
		return fmt.Errorf("plotting: the kernel did not take the picture: %w", err)
	}
	gonbui.Sync() // otherwise the picture is lost if the cell's process ends first
	return gonbui.Error()
}

// displayData returns the Jupyter message for f. The width and height in the
// metadata of the MIME type are the pixels that JupyterLab, VS Code and
// nbconvert reserve on the page; gonbui.DisplayPng does not send them.
func displayData(f Figure) (*protocol.DisplayData, error) {
	data, width, height, err := encodePNG(f)
	if err != nil {
		return nil, err
	}
	size := map[string]int{"width": width, "height": height}
	return &protocol.DisplayData{
		Data:     map[protocol.MIMEType]any{protocol.MIMEImagePNG: data},
		Metadata: map[string]any{string(protocol.MIMEImagePNG): size},
	}, nil
}
