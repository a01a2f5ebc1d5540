package evolution

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// PlaneSolution holds u(x, y, t) on a grid: U[k][j][i] = u(X[i], Y[j], T[k]).
type PlaneSolution struct {
	X, Y, T []float64
	U       [][][]float64
	// Periodic says that u is periodic in x and y, with the periods len(X)·(X[1] − X[0]) and
	// len(Y)·(Y[1] − Y[0]).
	Periodic bool
}

// String says how large the grid is.
func (s PlaneSolution) String() string {
	kind := map[bool]string{true: ", periodic", false: ""}[s.Periodic]
	return fmt.Sprintf("u(x, y, t) at %d × %d × %d points%s", len(s.X), len(s.Y), len(s.T), kind)
}

// JetsInPlane is JetsOfSystem for functions of two space variables. The columns of X are x, y, t, and
// the derivatives in x and y up to the order: u, w, u_x, w_x, u_y, w_y, u_xx, w_xx, u_xy, …
// WindowX is used along both x and y.
func JetsInPlane(functions []string, solutions [][]PlaneSolution, s JetSettings) (*Jets, error) {
	s = s.withDefaults(len(solutions))
	j := &Jets{Names: []string{"x", "y", "t"}, Functions: functions}
	for _, p := range s.powers() {
		for _, f := range functions {
			j.Names = append(j.Names, p.of(f))
		}
	}
	random := rand.New(rand.NewPCG(s.Seed, drawing))
	return j.gather(len(solutions), func(n int) (both [2][]float64, err error) {
		system := solutions[n]
		if err := s.fitsInPlane(functions, system); err != nil {
			return both, err
		}
		places := drawn(s.placesInPlane(system[0]), s.Each, random)
		for i, lower := range lowered {
			both[i] = s.inPlane(system, places, lower)
		}
		return both, nil
	})
}

// powers is how often a derivative is taken in x and in y.
type powers struct{ x, y int }

func (p powers) of(f string) string {
	if p.x+p.y == 0 {
		return f
	}
	return f + "_" + strings.Repeat("x", p.x) + strings.Repeat("y", p.y)
}

// powers lists the derivatives up to the order, those of a lower order first.
func (s JetSettings) powers() (all []powers) {
	for order := range s.Order + 1 {
		for y := range order + 1 {
			all = append(all, powers{order - y, y})
		}
	}
	return all
}

// fitsInPlane returns an error unless all functions of a system have windows, and one grid.
func (s JetSettings) fitsInPlane(functions []string, system []PlaneSolution) error {
	if len(system) != len(functions) {
		panic(fmt.Sprintf("evolution: JetsInPlane: an element of solutions has %d functions, and there are %d names", len(system), len(functions)))
	}
	for f, u := range system {
		first := system[0]
		if !slices.Equal(u.X, first.X) || !slices.Equal(u.Y, first.Y) || !slices.Equal(u.T, first.T) || u.Periodic != first.Periodic {
			return fmt.Errorf("evolution: the grid of %s differs from that of %s: interpolate the data to one grid first", functions[f], functions[0])
		}
		if len(u.U) != len(u.T) {
			return fmt.Errorf("evolution: U has %d times for %d times T", len(u.U), len(u.T))
		}
		for k, rows := range u.U {
			row := Solution{X: u.X, T: u.Y, U: rows, Periodic: u.Periodic}
			if err := row.check(); err != nil {
				return fmt.Errorf("%w (in the plane, at time %d, where the second axis is Y)", err, k)
			}
		}
		least := 8
		if !u.Periodic {
			least = max(least, 2*s.WindowX+1)
		}
		if len(u.X) < least || len(u.Y) < least {
			return fmt.Errorf("evolution: derivatives in x and y need at least %d points of each, got %d and %d", least, len(u.X), len(u.Y))
		}
		if err := even("T", u.T); err != nil {
			return err
		}
		if least := 2*s.WindowT + 1; len(u.T) < least {
			return fmt.Errorf("evolution: derivatives in t need at least %d times, got %d", least, len(u.T))
		}
	}
	return nil
}

// planePlace is a point of a grid.
type planePlace struct{ x, y, t int }

// placesInPlane returns the points that have a window around them.
func (s JetSettings) placesInPlane(u PlaneSolution) (all []planePlace) {
	edge := s.WindowX
	if u.Periodic {
		edge = 0
	}
	for t := s.WindowT; t < len(u.T)-s.WindowT; t++ {
		for y := edge; y < len(u.Y)-edge; y++ {
			for x := edge; x < len(u.X)-edge; x++ {
				all = append(all, planePlace{x, y, t})
			}
		}
	}
	return all
}

// inPlane is at for two space variables.
func (s JetSettings) inPlane(system []PlaneSolution, places []planePlace, lower int) (values []float64) {
	first, of := system[0], s.powers()
	inT := localPolynomial(s.WindowT, 1+beyond-lower, 1, first.T[1]-first.T[0])
	width := 3 + len(system)*(len(of)+1)
	values = make([]float64, len(places)*width)
	for f, u := range system {
		derivatives := s.inSpace(u, lower)
		for i, p := range places {
			row := values[i*width : (i+1)*width]
			row[0], row[1], row[2] = u.X[p.x], u.Y[p.y], u.T[p.t]
			for k := range inT[0] {
				d := derivatives(planePlace{p.x, p.y, p.t - s.WindowT + k})
				for j, v := range d {
					row[3+j*len(system)+f] += inT[0][k] * v
				}
				row[width-len(system)+f] += inT[1][k] * d[0]
			}
		}
	}
	return values
}

// inSpace returns the function that takes the derivatives in x and y at a point.
func (s JetSettings) inSpace(u PlaneSolution, lower int) func(p planePlace) []float64 {
	of, step := s.powers(), func(axis []float64) float64 { return (axis[len(axis)-1] - axis[0]) / float64(len(axis)-1) }
	if u.Periodic {
		tables := make([][][][]float64, len(u.T)) // of each time, derivative, x and y
		for t, rows := range u.U {
			tables[t] = s.spectralInPlane(rows, step(u.X)*float64(len(u.X)), step(u.Y)*float64(len(u.Y)), lower)
		}
		return func(p planePlace) []float64 {
			d := make([]float64, len(of))
			for j := range d {
				d[j] = tables[p.t][j][p.x][p.y]
			}
			return d
		}
	}
	inX := localPolynomial(s.WindowX, s.Order+beyond-lower, s.Order, step(u.X))
	inY := localPolynomial(s.WindowX, s.Order+beyond-lower, s.Order, step(u.Y))
	return func(p planePlace) []float64 {
		d := make([]float64, len(of))
		for q := range inY[0] {
			around := u.U[p.t][p.y-s.WindowX+q][p.x-s.WindowX:]
			for a := range s.Order + 1 {
				along := weighted(inX[a], func(k int) float64 { return around[k] })
				for j, o := range of {
					if o.x == a {
						d[j] += inY[o.y][q] * along
					}
				}
			}
		}
		return d
	}
}

// spectralInPlane returns the derivatives of periodic rows, as [derivative][x][y].
func (s JetSettings) spectralInPlane(rows [][]float64, lengthX, lengthY float64, lower int) [][][]float64 {
	alongX := spectral(rows, lengthX, s.Order, s.waves(len(rows[0]), lower))
	of := s.powers()
	out := make([][][]float64, len(of))
	for a := range s.Order + 1 {
		columns := make([][]float64, len(rows[0]))
		for x := range columns {
			columns[x] = make([]float64, len(rows))
			for y := range rows {
				columns[x][y] = alongX[y][a][x]
			}
		}
		alongY := spectral(columns, lengthY, s.Order-a, s.waves(len(rows), lower))
		for j, o := range of {
			if o.x != a {
				continue
			}
			out[j] = make([][]float64, len(columns))
			for x := range columns {
				out[j][x] = alongY[x][o.y]
			}
		}
	}
	return out
}
