package plotting

import (
	"fmt"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

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
