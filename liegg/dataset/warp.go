package dataset

// pullback is an affine map of pixel coordinates: (row, col) of the moved
// image comes from column xx·col + xy·row + x0 and row yx·col + yy·row + y0
// of the original.
type pullback struct{ xx, xy, x0, yx, yy, y0 float64 }

// warper moves images of one plane. It keeps a copy of the image with a
// border one pixel wide, so that the four neighbours of any position exist
// without checks at the edges. It is not safe for concurrent use.
type warper struct {
	plane      Plane
	background float32
	padded     []float32 // (Height+2)·(Width+2)
}

func newWarper(plane Plane, background float32) *warper {
	w := &warper{plane, background, make([]float32, (plane.Height+2)*(plane.Width+2))}
	for i := range w.padded {
		w.padded[i] = background
	}
	return w
}

// warp writes to dst the image pulled back, bilinearly, with the background outside.
func (w *warper) warp(dst, image []float32, pull pullback) {
	w.load(image)
	width := w.plane.Width
	for row := range w.plane.Height {
		// The border shifts positions by one pixel.
		x := pull.xy*float64(row) + pull.x0 + 1
		y := pull.yy*float64(row) + pull.y0 + 1
		w.warpRow(dst[row*width:(row+1)*width], x, y, pull.xx, pull.yx)
	}
}

// warpRow fills one row with the values of the padded image at (x, y), (x+dx, y+dy), …
func (w *warper) warpRow(dst []float32, x, y, dx, dy float64) {
	stride := w.plane.Width + 2
	right, bottom := float64(w.plane.Width+1), float64(w.plane.Height+1)
	for col := range dst {
		sx, sy := dx*float64(col)+x, dy*float64(col)+y
		if !(sx >= 0 && sx < right && sy >= 0 && sy < bottom) {
			dst[col] = w.background
			continue
		}
		ix, iy := int(sx), int(sy) // neither is negative, so this is the floor
		fx, fy := float32(sx-float64(ix)), float32(sy-float64(iy))
		corner := w.padded[iy*stride+ix:]
		above, below := corner[:2], corner[stride:stride+2]
		top := above[0] + fx*(above[1]-above[0])
		dst[col] = top + fy*(below[0]+fx*(below[1]-below[0])-top)
	}
}

func (w *warper) load(image []float32) {
	width := w.plane.Width
	for row := range w.plane.Height {
		copy(w.padded[(row+1)*(width+2)+1:], image[row*width:(row+1)*width])
	}
}
