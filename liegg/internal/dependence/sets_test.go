package dependence

import (
	"math"
	"math/rand/v2"
)

// drawer draws samples of n numbers each, in order.
type drawer = func(r *rand.Rand) (x []float64, n int)

func fillBy(count, n int, f func(to []float64)) ([]float64, int) {
	x := make([]float64, count*n)
	for i := range count {
		f(x[i*n : (i+1)*n])
	}
	return x, n
}

func normals(count, n int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = r.NormFloat64()
			}
		})
	}
}

func student(count, n int, nu float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = r.NormFloat64() / math.Sqrt(gamma(r, nu/2)*2/nu)
			}
		})
	}
}

// gamma draws from the gamma distribution of shape a (Marsaglia and Tsang, 2000).
func gamma(r *rand.Rand, a float64) float64 {
	if a < 1 {
		return gamma(r, a+1) * math.Pow(r.Float64(), 1/a)
	}
	d := a - 1./3
	for {
		x := r.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func elliptic(count, n int, nu float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			s := 1 / math.Sqrt(gamma(r, nu/2)*2/nu)
			for j := range to {
				to[j] = r.NormFloat64() * s
			}
		})
	}
}

func lognormals(count, n int, sigma float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = math.Exp(sigma * r.NormFloat64())
			}
		})
	}
}

// mixture draws from k normal clusters whose centres are apart times as far as they are
// wide.
func mixture(count, n, k int, apart float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		centres, _ := normals(k, n)(r)
		return fillBy(count, n, func(to []float64) {
			c := r.IntN(k)
			for j := range to {
				to[j] = r.NormFloat64() + apart*centres[c*n+j]
			}
		})
	}
}

func sphere(count, n int, noise float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			s := 0.
			for j := range to {
				to[j] = r.NormFloat64()
				s += to[j] * to[j]
			}
			for j := range to {
				to[j] = to[j]/math.Sqrt(s) + noise*r.NormFloat64()
			}
		})
	}
}

func cube(count, n int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = r.Float64()
			}
		})
	}
}

func integers(count, n, most int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = float64(r.IntN(most))
			}
		})
	}
}

// beside adds a coordinate of a few whole values to others.
func beside(count, n, most int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = r.NormFloat64()
			}
			to[0] = float64(r.IntN(most))
		})
	}
}

func swissRoll(count int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, 3, func(to []float64) {
			t := 1.5 * math.Pi * (1 + 2*r.Float64())
			to[0], to[1], to[2] = t*math.Cos(t), 21*r.Float64(), t*math.Sin(t)
		})
	}
}

func moons(count int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, 2, func(to []float64) {
			t := math.Pi * r.Float64()
			to[0], to[1] = math.Cos(t), math.Sin(t)
			if r.IntN(2) == 0 {
				to[0], to[1] = 1-to[0], .5-to[1]
			}
			to[0] += .1 * r.NormFloat64()
			to[1] += .1 * r.NormFloat64()
		})
	}
}

// shell are n four-momenta of mass 1 each, boosted by up to 100 masses.
func shell(count, n int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, 4*n, func(to []float64) {
			for v := range n {
				p := to[4*v : 4*v+4]
				e := math.Exp(r.Float64() * math.Log(100))
				s := 0.
				for j := 1; j < 4; j++ {
					p[j] = r.NormFloat64()
					s += p[j] * p[j]
				}
				k := math.Sqrt(e*e-1) / math.Sqrt(s)
				for j := 1; j < 4; j++ {
					p[j] *= k
				}
				p[0] = e
			}
		})
	}
}

func clusters(places, each, n int, size float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		x := make([]float64, 0, places*each*n)
		for range places {
			c := make([]float64, n)
			for j := range c {
				c[j] = r.NormFloat64()
			}
			for range each {
				for j := range c {
					x = append(x, c[j]+size*r.NormFloat64())
				}
			}
		}
		return x, n
	}
}

func walk(count, n int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		at := make([]float64, n)
		return fillBy(count, n, func(to []float64) {
			for j := range at {
				at[j] += r.NormFloat64()
			}
			copy(to, at)
		})
	}
}

// ar is a process that forgets at a rate 1−φ.
func ar(count, n int, φ float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		at := make([]float64, n)
		for j := range at {
			at[j] = r.NormFloat64()
		}
		return fillBy(count, n, func(to []float64) {
			for j := range at {
				at[j] = φ*at[j] + math.Sqrt(1-φ*φ)*r.NormFloat64()
			}
			copy(to, at)
		})
	}
}

// orbits follows a Hamiltonian in the plane by leapfrog, from random starts.
func orbits(many, each int, every float64, force func(x, y float64) (float64, float64), start func(r *rand.Rand) []float64) drawer {
	const dt = .01
	return func(r *rand.Rand) ([]float64, int) {
		x := make([]float64, 0, many*each*4)
		for range many {
			s := start(r)
			for range each {
				for range int(every / dt) {
					fx, fy := force(s[0], s[1])
					s[2], s[3] = s[2]+dt/2*fx, s[3]+dt/2*fy
					s[0], s[1] = s[0]+dt*s[2], s[1]+dt*s[3]
					fx, fy = force(s[0], s[1])
					s[2], s[3] = s[2]+dt/2*fx, s[3]+dt/2*fy
				}
				x = append(x, s...)
			}
		}
		return x, 4
	}
}

func kepler(x, y float64) (float64, float64) {
	r3 := math.Pow(x*x+y*y, 1.5)
	return -x / r3, -y / r3
}

func keplerStart(r *rand.Rand) []float64 {
	φ, a := 2*math.Pi*r.Float64(), .7+.6*r.Float64()
	v := (.7 + .4*r.Float64()) / math.Sqrt(a)
	s, c := math.Sincos(φ)
	return []float64{a * c, a * s, -v * s, v * c}
}

func henon(x, y float64) (float64, float64) { return -x - 2*x*y, -y - x*x + y*y }

func henonStart(r *rand.Rand) []float64 {
	for {
		x, y, p, q := r.Float64()-.5, r.Float64()-.5, r.Float64()-.5, r.Float64()-.5
		e := (p*p+q*q+x*x+y*y)/2 + x*x*y - y*y*y/3
		if e > .05 && e < .16 {
			return []float64{x, y, p, q}
		}
	}
}

func shuffled(draw drawer) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		x, n := draw(r)
		r.Shuffle(len(x)/n, func(i, j int) {
			for k := range n {
				x[i*n+k], x[j*n+k] = x[j*n+k], x[i*n+k]
			}
		})
		return x, n
	}
}

// stationary draws stationary walks, each from a different start.
func stationary(walks, each, n int, step float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		var x []float64
		for range walks {
			one, _ := ar(each, n, math.Sqrt(1-step*step))(r)
			x = append(x, one...)
		}
		return x, n
	}
}

// springs draws positions of a body on an anisotropic spring, from a number of starts.
func springs(starts, each, n int) drawer {
	const step = .05
	return func(r *rand.Rand) ([]float64, int) {
		var x []float64
		at, speed := make([]float64, n), make([]float64, n)
		for range starts {
			for j := range at {
				at[j], speed[j] = r.NormFloat64(), r.NormFloat64()
			}
			for range each {
				for j := range at {
					speed[j] -= step * (1 + .3*float64(j)) * at[j]
					at[j] += step * speed[j]
				}
				x = append(x, at...)
			}
		}
		return x, n
	}
}

// noisy adds normal noise.
func noisy(draw drawer, size float64) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		x, n := draw(r)
		for i := range x {
			x[i] += size * r.NormFloat64()
		}
		return x, n
	}
}

func parabola(count int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, 2, func(to []float64) {
			to[0] = r.NormFloat64()
			to[1] = to[0] * to[0]
		})
	}
}

func torus(count int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, 3, func(to []float64) {
			a, b := 2*math.Pi*r.Float64(), 2*math.Pi*r.Float64()
			out := 1 + .4*math.Cos(b)
			to[0], to[1], to[2] = out*math.Cos(a), out*math.Sin(a), .4*math.Sin(b)
		})
	}
}

func helix(count int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, 3, func(to []float64) {
			a := 4 * math.Pi * r.Float64()
			to[0], to[1], to[2] = math.Cos(a), math.Sin(a), a/6
		})
	}
}

// decades are numbers with a uniform logarithm.
func decades(count, n int) drawer {
	return func(r *rand.Rand) ([]float64, int) {
		return fillBy(count, n, func(to []float64) {
			for j := range to {
				to[j] = math.Pow(10, 4*r.Float64()-2)
			}
		})
	}
}
