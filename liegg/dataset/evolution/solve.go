package evolution

import (
	"cmp"
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/floats"
)

// The time step is halved until the solution changes by less than accurate times the largest |u|.
const accurate = 1e-6

// mostSteps is the largest number of steps between two times.
const mostSteps = 1 << 12

// resolved is the largest amplitude of the shortest waves that the integrator keeps, as a share of
// the largest amplitude.
const resolved = 1e-4

// Solve simulates the equation on a periodic interval of the given length from start, u at n even
// points of [−length/2, length/2) at time 0, up to a duration. The solution holds u at the given
// number of even times, 0 among them.
//
// It discretises x by Fourier series and integrates by the exponential Runge–Kutta method of
// order 4 (Cox and Matthews, J. Comput. Phys. 176, 2002), with coefficients by contour integrals
// (Kassam and Trefethen, SIAM J. Sci. Comput. 26, 2005). The part with Linear is exact. Products
// are formed at all points and keep the lower two thirds of the waves, or the lower half if u
// occurs in the third power or higher. The step is halved until u changes by less than 1e-6 of the
// largest |u|.
//
// Solve returns an error if u blows up, if waves as short as the grid arise, as where a shock
// forms, and if no step is short enough. It panics if the equation or the numbers make no sense.
func (e Equation) Solve(start []float64, length, duration float64, times int) (Solution, error) {
	e.check()
	if n := len(start); n < 8 || !(length > 0) || !(duration > 0) || times < 2 {
		panic(fmt.Sprintf("evolution: Solve: %d points, length %g, duration %g, %d times: want at least 8 points and 2 times", n, length, duration, times))
	}
	s := Solution{X: points(len(start), length), Periodic: true}
	for k := range times {
		s.T = append(s.T, duration*float64(k)/float64(times-1))
	}
	interval := s.T[1]
	for steps := 1; ; steps *= 2 {
		u, err := e.integrate(start, length, interval, steps, times)
		switch last := steps >= mostSteps; {
		case err != nil && last:
			return Solution{}, err
		case err != nil:
			s.U = nil
			continue
		case s.U != nil && agree(u, s.U):
			s.U = u
			return s, e.unresolved(s)
		case last:
			s.U = u
			return Solution{}, cmp.Or(e.unresolved(s), fmt.Errorf("evolution: %v: steps of %g are still too long for an accuracy of %g: take a smaller start, fewer points or more times", e, interval/mostSteps, accurate))
		}
		s.U = u
	}
}

// agree reports whether two solutions are the same up to accurate.
func agree(u, v [][]float64) bool {
	most, off := 0., 0.
	for k := range u {
		most = math.Max(most, floats.Norm(u[k], math.Inf(1)))
		off = math.Max(off, floats.Distance(u[k], v[k], math.Inf(1)))
	}
	return off <= accurate*most
}

// integrate returns u at all times, with a number of steps between two of them. An error says
// where u is not finite.
func (e Equation) integrate(start []float64, length, interval float64, steps, times int) ([][]float64, error) {
	i := e.integrator(len(start), length, interval/float64(steps))
	v := i.fft.Coefficients(nil, start)
	u := [][]float64{append([]float64(nil), start...)}
	for k := 1; k < times; k++ {
		for range steps {
			v = i.step(v)
		}
		row := i.values(v)
		if norm := floats.Norm(row, math.Inf(1)); math.IsNaN(norm) || math.IsInf(norm, 0) {
			return nil, fmt.Errorf("evolution: %v: u is no longer finite at t = %.3g: the solution blows up", e, float64(k)*interval)
		}
		u = append(u, row)
	}
	return u, nil
}

// unresolved returns an error if the shortest waves that are kept are not small.
func (e Equation) unresolved(s Solution) error {
	if len(e.Flux)+len(e.Source) == 0 {
		return nil // all waves are exact
	}
	n := len(s.X)
	fft, kept := fourier.NewFFT(n), e.kept(n)
	for k, row := range s.U {
		v := fft.Coefficients(nil, row)
		largest, shortest := 0., 0.
		for m, c := range v {
			largest = math.Max(largest, cmplx.Abs(c))
			if m > kept*9/10 {
				shortest = math.Max(shortest, cmplx.Abs(c))
			}
		}
		if shortest > resolved*largest {
			return fmt.Errorf("evolution: %v: at t = %.3g waves as short as the grid have %.1g of the largest amplitude: take more points than %d", e, s.T[k], shortest/largest, n)
		}
	}
	return nil
}

// kept is the largest wave number, in waves on the interval, of products of u that do not fold
// onto others (Orszag's rule).
func (e Equation) kept(n int) int {
	if len(e.Flux) > 3 || len(e.Source) > 3 {
		return n / 4
	}
	return n / 3
}

// integrator takes steps of one length. Its coefficients belong to waves.
type integrator struct {
	e                 Equation
	fft               *fourier.FFT
	waves             []complex128 // i·k
	kept              int
	half, whole       []complex128 // exp(hL/2), exp(hL)
	q, first, mid, to []complex128 // weights of N in the stages, and of N₁, N₂ + N₃ and N₄ in the step
}

func (e Equation) integrator(n int, length, h float64) *integrator {
	i := &integrator{e: e, fft: fourier.NewFFT(n), kept: e.kept(n)}
	for m := range n/2 + 1 {
		k := complex(0, 2*math.Pi*float64(m)/length)
		if 2*m == n {
			k = 0 // the derivative of the shortest wave vanishes at the points
		}
		var hl complex128
		for j := len(e.Linear) - 1; j >= 0; j-- {
			hl = hl*k + complex(h*e.Linear[j], 0)
		}
		i.waves = append(i.waves, k)
		i.half, i.whole = append(i.half, cmplx.Exp(hl/2)), append(i.whole, cmplx.Exp(hl))
		w := weights(hl)
		for a, list := range []*[]complex128{&i.q, &i.first, &i.mid, &i.to} {
			*list = append(*list, complex(h, 0)*w[a])
		}
	}
	return i
}

// weights returns (e^{z/2} − 1)/z, (−4 − z + e^z(4 − 3z + z²))/z³, (2 + z + e^z(z − 2))/z³ and
// (−4 − 3z − z² + e^z(4 − z))/z³ as means over a circle about z, on which nothing cancels.
func weights(z complex128) (w [4]complex128) {
	const points = 32
	for p := range points {
		r := z + cmplx.Exp(complex(0, 2*math.Pi*(float64(p)+.5)/points))
		e, cube := cmplx.Exp(r), r*r*r
		w[0] += (cmplx.Exp(r/2) - 1) / r / points
		w[1] += (-4 - r + e*(4-3*r+r*r)) / cube / points
		w[2] += (2 + r + e*(r-2)) / cube / points
		w[3] += (-4 - 3*r - r*r + e*(4-r)) / cube / points
	}
	return w
}

// values returns u at the points.
func (i *integrator) values(v []complex128) []float64 {
	u := i.fft.Sequence(nil, v)
	floats.Scale(1/float64(len(u)), u)
	return u
}

// nonlinear returns the part of u_t without Linear, of waves.
func (i *integrator) nonlinear(v []complex128) []complex128 {
	out := make([]complex128, len(v))
	if len(i.e.Flux)+len(i.e.Source) == 0 {
		return out
	}
	u := i.values(v)
	flux, source := make([]float64, len(u)), make([]float64, len(u))
	for p, value := range u {
		flux[p], source[p] = polynomial(i.e.Flux, value), polynomial(i.e.Source, value)
	}
	f, s := i.fft.Coefficients(nil, flux), i.fft.Coefficients(nil, source)
	for m := range min(i.kept+1, len(out)) {
		out[m] = s[m] - i.waves[m]*f[m]
	}
	return out
}

// step returns the waves after one step.
func (i *integrator) step(v []complex128) []complex128 {
	stage := func(of func(m int) complex128) []complex128 {
		out := make([]complex128, len(v))
		for m := range out {
			out[m] = of(m)
		}
		return out
	}
	n1 := i.nonlinear(v)
	a := stage(func(m int) complex128 { return i.half[m]*v[m] + i.q[m]*n1[m] })
	n2 := i.nonlinear(a)
	b := stage(func(m int) complex128 { return i.half[m]*v[m] + i.q[m]*n2[m] })
	n3 := i.nonlinear(b)
	c := stage(func(m int) complex128 { return i.half[m]*a[m] + i.q[m]*(2*n3[m]-n1[m]) })
	n4 := i.nonlinear(c)
	return stage(func(m int) complex128 {
		return i.whole[m]*v[m] + i.first[m]*n1[m] + 2*i.mid[m]*(n2[m]+n3[m]) + i.to[m]*n4[m]
	})
}
