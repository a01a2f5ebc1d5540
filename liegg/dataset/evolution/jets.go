package evolution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset"
)

// JetSettings says which jets are taken. The zero value of each field but Order means its default.
type JetSettings struct {
	// Order is the order of the highest derivative in x, 1 to 3.
	Order int
	// Each is the number of jets that are drawn at random from each solution. The default is all
	// points that have a whole window around them.
	Each int
	// Waves is the number of waves, on the interval of a periodic solution, that are kept. The
	// default is all that the grid holds. Keep fewer if u holds noise.
	Waves int
	// WindowX and WindowT are the numbers of points on either side of a point to which
	// polynomials are fitted. The default is the degree of the polynomial. Larger windows average
	// noise, smaller ones follow steep solutions.
	WindowX, WindowT int
	// Seed draws the points.
	Seed uint64
}

// String lists the settings.
func (s JetSettings) String() string {
	return fmt.Sprintf("order %d, %d of each solution, %d waves, windows of %d in x and %d in t, seed %d", s.Order, s.Each, s.Waves, s.WindowX, s.WindowT, s.Seed)
}

// Jets are derivatives of solutions at points.
type Jets struct {
	// Names are the columns of X: x, t, u, u_x, … For a system, functions of one order stand beside
	// each other: x, t, u, w, u_x, w_x, …
	Names []string
	// Functions are the names of the functions: "u", and for a system the given ones.
	Functions []string
	// Samples has the jets as X [N, len(Names)] and u_t as Y [N, len(Functions)], in float32.
	Samples dataset.Samples
	// Second is a second estimate of the same numbers, less exact than Samples. A function fitted
	// to Samples of some solutions and validated on Second of others leaves at least as much of
	// u_t unexplained as errors of the derivatives hide, so that a verdict knows of them.
	Second dataset.Samples
	// Errors are the root mean squares of the differences between the two estimates, of each of
	// Names and of the derivatives in t, in units of the standard deviation of each.
	Errors []float64
	// Solutions says which of the solutions each jet is from.
	Solutions []int
}

// beyond is by how much the degree of local polynomials exceeds the highest derivative taken from
// them. For the second estimate it is two less.
const beyond = 3

// JetsOf takes jets from solutions on grids. Derivatives in x of periodic solutions are spectral:
// each wave e^{ikx} is multiplied by powers of ik. Others, and derivatives in t, are from
// polynomials fitted by least squares to windows around each point (Savitzky and Golay, Analytical
// Chemistry 36, 1964), of degree Order + 3 in x and 4 in t. The second estimate has two thirds of
// the waves, or polynomials of a degree smaller by two: it differs by what the first estimate adds,
// which is mostly noise or waves that the grid hardly resolves.
//
// It returns an error if a grid is not even, if u is not finite, and if a grid is smaller than a
// window. It panics if the settings are out of their ranges.
func JetsOf(solutions []Solution, s JetSettings) (*Jets, error) {
	systems := make([][]Solution, len(solutions))
	for i, u := range solutions {
		systems[i] = []Solution{u}
	}
	return JetsOfSystem([]string{"u"}, systems, s)
}

// JetsOfSystem is JetsOf for a system of equations. Each element of solutions has one Solution for
// each of the functions, such as the density and the velocity of a gas, all on the same grid. It
// returns an error if their grids differ, and panics if an element has another number of functions.
func JetsOfSystem(functions []string, solutions [][]Solution, s JetSettings) (*Jets, error) {
	s = s.withDefaults(len(solutions))
	j := &Jets{Names: []string{"x", "t"}, Functions: functions}
	for k := range s.Order + 1 {
		for _, f := range functions {
			j.Names = append(j.Names, derivative(f, k))
		}
	}
	random := rand.New(rand.NewPCG(s.Seed, drawing))
	return j.gather(len(solutions), func(n int) (both [2][]float64, err error) {
		system := solutions[n]
		if err := s.fitsSystem(functions, system); err != nil {
			return both, err
		}
		places := drawn(s.places(system[0]), s.Each, random)
		for i, lower := range lowered {
			both[i] = s.at(system, places, lower)
		}
		return both, nil
	})
}

// drawing is the stream of random numbers that draws points.
const drawing = 0x1e75

// lowered is by how much the degrees of polynomials are lower for each of the two estimates.
var lowered = [2]int{0, 2}

// gather returns j with the rows of both estimates of each of the solutions.
func (j *Jets) gather(solutions int, of func(n int) (both [2][]float64, err error)) (*Jets, error) {
	var all [2][]float64
	width := len(j.Names) + len(j.Functions)
	for n := range solutions {
		both, err := of(n)
		if err != nil {
			return nil, fmt.Errorf("%w (solution %d of %d)", err, n+1, solutions)
		}
		for i := range all {
			all[i] = append(all[i], both[i]...)
		}
		j.Solutions = append(j.Solutions, slices.Repeat([]int{n}, len(both[0])/width)...)
	}
	j.Samples, j.Second = j.samples("jets", all[0]), j.samples("jets, second estimate", all[1])
	j.Errors = errorsOf(all[0], all[1], width)
	return j, nil
}

// String says how many jets there are, and how exact.
func (j *Jets) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d jets from %d solutions; errors, in standard deviations:", len(j.Solutions), 1+j.Solutions[len(j.Solutions)-1])
	names := j.Names[2:len(j.Names):len(j.Names)]
	for _, f := range j.Functions {
		names = append(names, f+"_t")
	}
	for i, name := range names {
		fmt.Fprintf(&b, " %s %.1g", name, j.Errors[2+i])
	}
	return b.String()
}

func (s JetSettings) withDefaults(solutions int) JetSettings {
	if solutions == 0 || s.Order < 1 || s.Order > 3 || s.Each < 0 || s.Waves < 0 {
		panic(fmt.Sprintf("evolution: JetsOf: %d solutions, %v: want Order in 1 … 3 and no negative number", solutions, s))
	}
	for _, w := range []struct {
		name   string
		window *int
		degree int
	}{{"WindowX", &s.WindowX, s.Order + beyond}, {"WindowT", &s.WindowT, 1 + beyond}} {
		if *w.window == 0 {
			*w.window = w.degree
		}
		if 2**w.window < w.degree {
			panic(fmt.Sprintf("evolution: JetsOf: %s = %d points on either side hold no polynomial of degree %d", w.name, *w.window, w.degree))
		}
	}
	return s
}

// fits returns an error unless the solution has windows.
func (s JetSettings) fits(u Solution) error {
	if err := u.check(); err != nil {
		return err
	}
	if least := 2*s.WindowT + 1; len(u.T) < least {
		return fmt.Errorf("evolution: derivatives in t need at least %d times, got %d", least, len(u.T))
	}
	if least := 2*s.WindowX + 1; !u.Periodic && len(u.X) < least {
		return fmt.Errorf("evolution: derivatives in x need at least %d points, got %d", least, len(u.X))
	}
	if u.Periodic && len(u.X) < 8 {
		return fmt.Errorf("evolution: derivatives of periodic solutions need at least 8 points, got %d", len(u.X))
	}
	return nil
}

// fitsSystem returns an error unless all functions of a system have windows, and one grid.
func (s JetSettings) fitsSystem(functions []string, system []Solution) error {
	if len(system) != len(functions) {
		panic(fmt.Sprintf("evolution: JetsOfSystem: an element of solutions has %d functions, and there are %d names", len(system), len(functions)))
	}
	for i, u := range system {
		if err := s.fits(u); err != nil {
			return err
		}
		if first := system[0]; !slices.Equal(u.X, first.X) || !slices.Equal(u.T, first.T) || u.Periodic != first.Periodic {
			return fmt.Errorf("evolution: the grid of %s differs from that of %s: interpolate the data to one grid first", functions[i], functions[0])
		}
	}
	return nil
}

// place is a point of a grid.
type place struct{ x, t int }

// places returns the points that have a window around them.
func (s JetSettings) places(u Solution) (all []place) {
	edge := s.WindowX
	if u.Periodic {
		edge = 0
	}
	for t := s.WindowT; t < len(u.T)-s.WindowT; t++ {
		for x := edge; x < len(u.X)-edge; x++ {
			all = append(all, place{x, t})
		}
	}
	return all
}

// drawn returns some of the places, or all if there are no more or each is 0.
func drawn[P any](all []P, each int, random *rand.Rand) []P {
	if each == 0 || each >= len(all) {
		return all
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:each]
}

// at returns jets and derivatives in t at places, one after the other. The degrees of polynomials
// are lower by a number of which 2 also leaves out a third of the waves.
func (s JetSettings) at(system []Solution, places []place, lower int) (values []float64) {
	x, t := system[0].X, system[0].T
	inT := localPolynomial(s.WindowT, 1+beyond-lower, 1, t[1]-t[0])
	width := 2 + len(system)*(s.Order+2)
	values = make([]float64, len(places)*width)
	for f, u := range system {
		inX := s.alongX(u, lower)
		for i, p := range places {
			row := values[i*width : (i+1)*width]
			row[0], row[1] = x[p.x], t[p.t]
			window := make([][]float64, len(inT[0])) // derivatives in x at the times around p
			for k := range window {
				window[k] = inX(p.x, p.t-s.WindowT+k)
			}
			for j := range s.Order + 1 {
				row[2+j*len(system)+f] = weighted(inT[0], func(k int) float64 { return window[k][j] })
			}
			row[width-len(system)+f] = weighted(inT[1], func(k int) float64 { return window[k][0] })
		}
	}
	return values
}

func weighted(weights []float64, of func(k int) float64) (sum float64) {
	for k, w := range weights {
		sum += w * of(k)
	}
	return sum
}

// alongX returns the function that takes u and its derivatives in x at a point.
func (s JetSettings) alongX(u Solution, lower int) func(x, t int) []float64 {
	step := (u.X[len(u.X)-1] - u.X[0]) / float64(len(u.X)-1)
	if !u.Periodic {
		weights := localPolynomial(s.WindowX, s.Order+beyond-lower, s.Order, step)
		return func(x, t int) []float64 {
			around, d := u.U[t][x-s.WindowX:], make([]float64, s.Order+1)
			for j := range d {
				d[j] = weighted(weights[j], func(k int) float64 { return around[k] })
			}
			return d
		}
	}
	rows := spectral(u.U, step*float64(len(u.X)), s.Order, s.waves(len(u.X), lower))
	return func(x, t int) []float64 {
		d := make([]float64, s.Order+1)
		for j := range d {
			d[j] = rows[t][j][x]
		}
		return d
	}
}

// waves returns the number of waves that are kept of a grid of so many points.
func (s JetSettings) waves(points, lower int) int {
	n := points / 2
	if s.Waves > 0 {
		n = min(n, s.Waves)
	}
	if lower > 0 {
		n = n * 2 / 3
	}
	return n
}

// samples returns rows of jets and derivatives in t as samples.
func (j *Jets) samples(name string, rows []float64) dataset.Samples {
	inputs, outputs := len(j.Names), len(j.Functions)
	n := len(rows) / (inputs + outputs)
	x, y := make([]float32, 0, n*inputs), make([]float32, 0, n*outputs)
	for i, v := range rows {
		if i%(inputs+outputs) < inputs {
			x = append(x, float32(v))
		} else {
			y = append(y, float32(v))
		}
	}
	return dataset.Samples{Name: name, X: tensors.FromFlatDataAndDimensions(x, n, inputs), Y: tensors.FromFlatDataAndDimensions(y, n, outputs)}
}

// errorsOf returns the differences of two tables, by columns.
func errorsOf(first, second []float64, width int) []float64 {
	errors := make([]float64, width)
	for c := range errors {
		var column []float64
		sum := 0.
		for i := c; i < len(first); i += width {
			column = append(column, first[i])
			sum += (first[i] - second[i]) * (first[i] - second[i])
		}
		if spread := stat.PopStdDev(column, nil); sum > 0 {
			errors[c] = math.Sqrt(sum/float64(len(column))) / spread
		}
	}
	return errors
}
