package monomial

import "maps"

// Polynomial maps the exponents of monomials, as Key writes them, to coefficients.
type Polynomial map[string]float64

// Variable returns the i-th of n variables.
func Variable(i, n int) Polynomial {
	exponents := make([]byte, n)
	exponents[i] = 1
	return Polynomial{string(exponents): 1}
}

// Single returns the monomial with the exponents α of the first variables out of n.
func Single(α []int, n int) Polynomial {
	exponents := make([]int, n)
	copy(exponents, α)
	return Polynomial{Key(exponents): 1}
}

// Plus returns p + c·q.
func (p Polynomial) Plus(c float64, q Polynomial) Polynomial {
	sum := maps.Clone(p)
	if sum == nil {
		sum = Polynomial{}
	}
	for key, v := range q {
		if sum[key] += c * v; sum[key] == 0 {
			delete(sum, key)
		}
	}
	return sum
}

// Times returns p·q.
func (p Polynomial) Times(q Polynomial) Polynomial {
	product := Polynomial{}
	for a, v := range p {
		for b, w := range q {
			key := Product(a, b)
			if product[key] += v * w; product[key] == 0 {
				delete(product, key)
			}
		}
	}
	return product
}

// Derivative returns ∂p/∂xᵢ.
func (p Polynomial) Derivative(i int) Polynomial {
	d := Polynomial{}
	for key, v := range p {
		if power := key[i]; power > 0 {
			exponents := []byte(key)
			exponents[i]--
			d[string(exponents)] += float64(power) * v
		}
	}
	return d
}

// Uses reports whether the i-th variable occurs.
func (p Polynomial) Uses(i int) bool {
	for key := range p {
		if key[i] > 0 {
			return true
		}
	}
	return false
}
