// Package evolution makes data for learning evolution equations u_t = F(u, u_x, u_xx, u_xxx): it
// simulates solutions on grids, and takes jets, which are the derivatives of u at points, from
// solutions on grids, simulated or measured: of one function or of several, in one space variable or in
// two (JetsOf, JetsOfSystem, JetsInPlane).
package evolution

import (
	"fmt"
	"math"
	"strings"
)

// Equation is the evolution equation
//
//	u_t = Σ_j Linear[j] ∂ʲu/∂xʲ − ∂/∂x Σ_j Flux[j] uʲ + Σ_j Source[j] uʲ.
//
// Linear has at most the derivatives up to the third.
type Equation struct {
	Name                 string
	Linear, Flux, Source []float64
}

// Heat is u_t = u_xx.
func Heat() Equation { return Equation{Name: "heat", Linear: []float64{0, 0, 1}} }

// Burgers is u_t = ν·u_xx − u·u_x.
func Burgers(ν float64) Equation {
	return Equation{Name: "Burgers", Linear: []float64{0, 0, ν}, Flux: []float64{0, 0, .5}}
}

// KdV is the equation of Korteweg and de Vries, u_t = −u_xxx − u·u_x.
func KdV() Equation {
	return Equation{Name: "KdV", Linear: []float64{0, 0, 0, -1}, Flux: []float64{0, 0, .5}}
}

// Cubic is the reaction and diffusion u_t = u_xx − u³.
func Cubic() Equation {
	return Equation{Name: "cubic", Linear: []float64{0, 0, 1}, Source: []float64{0, 0, 0, -1}}
}

// Fisher is the reaction and diffusion u_t = u_xx + u − u².
func Fisher() Equation {
	return Equation{Name: "Fisher", Linear: []float64{0, 0, 1}, Source: []float64{0, 1, -1}}
}

// Order returns the order of the highest derivative in x.
func (e Equation) Order() int {
	order := 0
	for j, c := range e.Linear {
		if c != 0 {
			order = j
		}
	}
	if order == 0 && len(e.Flux) > 1 {
		order = 1
	}
	return order
}

// String writes the equation, such as "u_t = 0.1u_xx − uu_x".
func (e Equation) String() string {
	var b strings.Builder
	write := func(c float64, factor string) {
		if c == 0 {
			return
		}
		sign := map[bool]string{true: "−", false: "+"}[c < 0]
		switch {
		case b.Len() > 0:
			fmt.Fprintf(&b, " %s ", sign)
		case c < 0:
			b.WriteString(sign)
		}
		if c = math.Abs(c); c != 1 || factor == "" {
			fmt.Fprintf(&b, "%.3g", c)
		}
		b.WriteString(factor)
	}
	for j := len(e.Linear) - 1; j >= 0; j-- {
		write(e.Linear[j], derivative("u", j))
	}
	for j := 1; j < len(e.Flux); j++ {
		write(-float64(j)*e.Flux[j], power(j-1)+"u_x")
	}
	for j, c := range e.Source {
		write(c, power(j))
	}
	if b.Len() == 0 {
		b.WriteString("0")
	}
	return "u_t = " + b.String()
}

// derivative names the j-th derivative of a function by x.
func derivative(f string, j int) string {
	if j == 0 {
		return f
	}
	return f + "_" + strings.Repeat("x", j)
}

// power writes u to a power.
func power(j int) string {
	switch j {
	case 0:
		return ""
	case 1:
		return "u"
	}
	return "u" + string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[min(j, 9)])
}

// polynomial returns Σ_j c_j uʲ.
func polynomial(c []float64, u float64) float64 {
	sum := 0.
	for j := len(c) - 1; j >= 0; j-- {
		sum = sum*u + c[j]
	}
	return sum
}

// check panics if the derivatives are more than three, or coefficients are not finite.
func (e Equation) check() {
	if len(e.Linear) > 4 {
		panic(fmt.Sprintf("evolution: Equation.Linear has derivatives up to order %d, more than 3", len(e.Linear)-1))
	}
	if len(e.Flux) > 10 || len(e.Source) > 10 {
		panic("evolution: Equation.Flux and Source have powers of u up to the ninth")
	}
	for _, list := range [][]float64{e.Linear, e.Flux, e.Source} {
		for _, c := range list {
			if math.IsNaN(c) || math.IsInf(c, 0) {
				panic(fmt.Sprintf("evolution: Equation %q has the coefficient %v", e.Name, c))
			}
		}
	}
}
