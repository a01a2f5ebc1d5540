package plotting

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgpdf" // registers its format
	_ "gonum.org/v1/plot/vg/vgsvg" // registers its format

	"github.com/liegg/lab/plotting/internal/wholefile"
)

// Save writes f to the file at path, at the natural size of f, in the format
// given by the extension: .png (192 dots per inch), .svg, .pdf or .gif (96
// dots per inch, in which Frames move). An existing file is replaced only once
// the new picture is complete, and keeps its mode and owner.
//
// Save returns an error for other extensions and if the file cannot be
// written. A PDF can only show the characters of Windows code page 1252, a
// limit of gonum.org/v1/plot/vg/vgpdf: x² is among them, σ is not.
func Save(f Figure, path string) error {
	data, err := encode(f, strings.ToLower(filepath.Ext(path)))
	if err != nil {
		return fmt.Errorf("plotting: cannot save %s: %w", path, err)
	}
	if err := wholefile.Replace(path, data); err != nil {
		return fmt.Errorf("plotting: cannot save %s: %w", path, err)
	}
	return nil
}

func encode(f Figure, ext string) ([]byte, error) {
	switch ext {
	case ".png":
		data, _, _, err := encodePNG(f)
		return data, err
	case ".gif":
		return encodeGIF(f)
	case ".svg", ".pdf":
		w, h := sizeOf(f)
		c, err := draw.NewFormattedCanvas(w, h, ext[1:])
		if err != nil {
			return nil, err
		}
		f.Draw(draw.New(c))
		var buf bytes.Buffer
		_, err = c.WriteTo(&buf)
		return buf.Bytes(), err
	}
	return nil, fmt.Errorf("the extension is %q; use .png, .svg, .pdf or .gif", ext)
}
