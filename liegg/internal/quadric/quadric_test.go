package quadric

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// sampled draws samples of the given width.
func sampled(samples, width int, draw func(r *rand.Rand, x []float64)) []float64 {
	r, values := rand.New(rand.NewPCG(1, 2)), make([]float64, samples*width)
	for i := range samples {
		draw(r, values[i*width:(i+1)*width])
	}
	return values
}

func normal(r *rand.Rand, x []float64) {
	for j := range x {
		x[j] = r.NormFloat64()
	}
}

func unit(r *rand.Rand, x []float64) {
	normal(r, x)
	floats.Scale(1/floats.Norm(x, 2), x)
}

// moved returns the velocities A·x of all samples along each of the matrices.
func moved(values []float64, width int, along ...*mat.Dense) *mat.Dense {
	samples := len(values) / width
	v := mat.NewDense(samples*len(along), width, nil)
	for i := range samples {
		for k, a := range along {
			v.RowView(i*len(along)+k).(*mat.VecDense).MulVec(a, mat.NewVecDense(width, values[i*width:(i+1)*width]))
		}
	}
	return v
}

// to returns the matrix with A_ij = 1 and A_ji = s.
func to(width, i, j int, s float64) *mat.Dense {
	a := mat.NewDense(width, width, nil)
	a.Set(i, j, 1)
	a.Set(j, i, s)
	return a
}

// Motions leave the surface on which data lie exactly if they do not keep its equation.
func TestLeaving(t *testing.T) {
	charge := func(r *rand.Rand, x []float64) {
		normal(r, x)
		x[0] = float64(2*r.IntN(2) - 1)
	}
	for _, c := range []struct {
		name         string
		width        int
		draw         func(r *rand.Rand, x []float64)
		stay, leaves []*mat.Dense
	}{
		{"charges", 4, charge, []*mat.Dense{to(4, 1, 2, -1), to(4, 2, 3, -1)}, []*mat.Dense{to(4, 0, 1, 1), to(4, 0, 2, -1)}},
		{"a constant column", 3, func(r *rand.Rand, x []float64) {
			normal(r, x)
			x[2] = 7
		}, []*mat.Dense{to(3, 0, 1, -1), to(3, 0, 2, 0), to(3, 0, 1, 1)}, []*mat.Dense{to(3, 2, 0, 0), to(3, 2, 1, .5)}},
		{"a sphere", 3, unit, []*mat.Dense{to(3, 0, 1, -1), to(3, 1, 2, -1)}, []*mat.Dense{to(3, 0, 1, 1), to(3, 0, 0, 1)}},
		{"two circles", 4, func(r *rand.Rand, x []float64) {
			unit(r, x[:2])
			unit(r, x[2:])
		}, []*mat.Dense{to(4, 0, 1, -1), to(4, 2, 3, -1)}, []*mat.Dense{to(4, 0, 2, -1), to(4, 1, 3, 1)}},
		{"one-hot columns", 4, func(r *rand.Rand, x []float64) {
			normal(r, x)
			x[0], x[1] = 0, 0
			x[r.IntN(2)] = 1
		}, []*mat.Dense{to(4, 2, 3, -1)}, []*mat.Dense{to(4, 0, 2, 1), to(4, 0, 1, -1)}},
		{"a mass shell", 4, func(r *rand.Rand, x []float64) {
			normal(r, x)
			x[0] = math.Sqrt(1 + floats.Dot(x[1:], x[1:]))
		}, []*mat.Dense{to(4, 0, 1, 1), to(4, 1, 2, -1)}, []*mat.Dense{to(4, 0, 1, -1), to(4, 0, 0, 1)}},
		{"far from the origin, in large units", 3, func(r *rand.Rand, x []float64) {
			unit(r, x)
			floats.Scale(1e6, x)
		}, []*mat.Dense{to(3, 0, 1, -1)}, []*mat.Dense{to(3, 0, 1, 1)}},
		{"ten unit vectors", 30, func(r *rand.Rand, x []float64) {
			for v := range 10 {
				unit(r, x[3*v:3*v+3])
			}
		}, []*mat.Dense{to(30, 0, 1, -1), to(30, 7, 8, -1)}, []*mat.Dense{to(30, 0, 3, -1), to(30, 0, 1, 1)}},
	} {
		values := sampled(500, c.width, c.draw)
		q := Through(values, c.width, 0)
		if q == nil {
			t.Errorf("%s: no surface", c.name)
			continue
		}
		for name, of := range map[string]struct {
			along []*mat.Dense
			want  int
		}{"stay": {c.stay, 0}, "leave": {c.leaves, len(c.leaves)}, "together": {append(c.stay[:len(c.stay):len(c.stay)], c.leaves...), len(c.leaves)}} {
			if got := q.Leaving(values, moved(values, c.width, of.along...), 1e-6); got != of.want {
				t.Errorf("%s, motions that %s: %d leave, want %d", c.name, name, got, of.want)
			}
		}
	}
}

// A surface is missed by no more than its thickness.
func TestThickness(t *testing.T) {
	for _, thick := range []float64{1e-8, 1e-4, 1e-3} {
		values := sampled(500, 3, func(r *rand.Rand, x []float64) {
			unit(r, x)
			floats.Scale(1+thick*r.NormFloat64(), x)
		})
		if Through(values, 3, 10*thick) == nil || Through(values, 3, thick/10) != nil {
			t.Errorf("a sphere of thickness %g is found within %t, and within a tenth of it %t", thick, Through(values, 3, 10*thick) != nil, Through(values, 3, thick/10) != nil)
		}
	}
}

// Data that fill the space lie on no surface, whatever their tails and units.
func TestFillTheSpace(t *testing.T) {
	for name, draw := range map[string]func(r *rand.Rand, x []float64){
		"normal": normal,
		"uniform": func(r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = r.Float64()
			}
		},
		"Cauchy": func(r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = distuv.StudentsT{Sigma: 1, Nu: 1, Src: r}.Rand()
			}
		},
		"lognormal": func(r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = math.Exp(2 * r.NormFloat64())
			}
		},
		"in many units": func(r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = math.Pow(10, float64(3*j)) * (1 + r.NormFloat64())
			}
		},
		"three values": func(r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = float64(r.IntN(3))
			}
		},
	} {
		for _, width := range []int{1, 2, 3, 6, 12, 16, 30} {
			values := sampled(1024, width, draw)
			if q := Through(values, width, .01); q != nil {
				t.Errorf("%s, %d numbers: %d surfaces", name, width, len(q.steepness))
			}
		}
	}
}

// No answer is given for few samples or wide inputs.
func TestTooLittle(t *testing.T) {
	if Through(sampled(20, 4, unit), 4, 0) != nil || Through(sampled(300, mostWidth+1, unit), mostWidth+1, 0) != nil {
		t.Error("surfaces through few samples, or of wide inputs")
	}
}

func BenchmarkThrough(b *testing.B) {
	for _, width := range []int{3, 10, 16, 100} {
		values := sampled(1024, width, normal)
		b.Run(string(rune('a'+width%26)), func(b *testing.B) {
			for b.Loop() {
				Through(values, width, 1e-6)
			}
		})
	}
}
