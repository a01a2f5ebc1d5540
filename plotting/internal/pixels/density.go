package pixels

import "gonum.org/v1/plot/vg"

const (
	CSSDPI = 96         // browsers show this many pixels per inch
	DPI    = 2 * CSSDPI // twice as many, for high-density screens
)

// Whole shortens l to whole pixels of a PNG. Equal texts in one row
// then have equal pixels, which halves the file.
func Whole(l vg.Length) vg.Length {
	const pixel = vg.Inch / DPI
	return pixel * vg.Length(int(l/pixel))
}
