package planar

// Samples holds values of a function on the even grid of a plane.
type Samples struct {
	plane Square
	z     []float64
}

// Sample takes the values of f on the grid of a square.
func Sample(f func(x, y float64) float64, p Square) Samples {
	s := Samples{plane: p, z: make([]float64, PerSide*PerSide)}
	for r := range PerSide {
		for c := range PerSide {
			s.z[r*PerSide+c] = f(s.X(c), s.Y(r))
		}
	}
	return s
}

// PerSide is the number of samples per side that Function takes.
const PerSide = 81

// Dims implements plotter.GridXYZ.
func (s Samples) Dims() (c, r int) { return PerSide, PerSide }

// Z returns the value at column c and row r.
func (s Samples) Z(c, r int) float64 { return s.z[r*PerSide+c] }

// X returns the coordinate of column c.
func (s Samples) X(c int) float64 { return s.plane.X + s.plane.Radius*along(c) }

// Y returns the coordinate of row r.
func (s Samples) Y(r int) float64 { return s.plane.Y + s.plane.Radius*along(r) }

// along maps 0, …, PerSide−1 to [−1, 1].
func along(i int) float64 { return 2*float64(i)/(PerSide-1) - 1 }
