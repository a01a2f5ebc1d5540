package plotting

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgpdf" // registers its format
	_ "gonum.org/v1/plot/vg/vgsvg" // registers its format
)

// Save writes f to the file at path, at the natural size of f, in the format
// that the extension names: .png (192 dots per inch), .svg or .pdf. What path
// held before is replaced only once the new picture is complete.
//
// The errors are an extension other than these and a file that cannot be
// written. A PDF can show the characters of Windows code page 1252 only, a limit
// of gonum.org/v1/plot/vg/vgpdf: x² is among them, σ is not.
func Save(f Figure, path string) error {
	data, err := encode(f, strings.ToLower(filepath.Ext(path)))
	if err != nil {
		return fmt.Errorf("plotting: cannot save %s: %w", path, err)
	}
	if err := replaceFile(path, data); err != nil {
		return fmt.Errorf("plotting: cannot save %s: %w", path, err)
	}
	return nil
}

func encode(f Figure, ext string) ([]byte, error) {
	switch ext {
	case ".png":
		data, _, _, err := encodePNG(f)
		return data, err
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
	return nil, fmt.Errorf("the extension is %q; use .png, .svg or .pdf", ext)
}

// replaceFile writes data beside path and renames it to path.
func replaceFile(path string, data []byte) error {
	aside := fmt.Sprintf("%s.%08x.part", path, rand.Uint32())
	file, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if e := file.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(aside, path)
	}
	if err != nil {
		os.Remove(aside)
	}
	return err
}
