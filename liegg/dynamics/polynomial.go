package dynamics

import (
	"maps"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// polynomial maps the exponents of monomials, as monomial.Key writes them, to coefficients.
type polynomial map[string]float64

// variable returns the i-th of n variables.
func variable(i, n int) polynomial {
	exponents := make([]byte, n)
	exponents[i] = 1
	return polynomial{string(exponents): 1}
}

// ofMonomial returns the monomial with the exponents α of the first variables out of n.
func ofMonomial(α []int, n int) polynomial {
	exponents := make([]int, n)
	copy(exponents, α)
	return polynomial{monomial.Key(exponents): 1}
}

// plus returns p + c·q.
func (p polynomial) plus(c float64, q polynomial) polynomial {
	sum := maps.Clone(p)
	if sum == nil {
		sum = polynomial{}
	}
	for key, v := range q {
		if sum[key] += c * v; sum[key] == 0 {
			delete(sum, key)
		}
	}
	return sum
}

// times returns the product.
func (p polynomial) times(q polynomial) polynomial {
	product := polynomial{}
	for a, v := range p {
		for b, w := range q {
			key := monomial.Product(a, b)
			if product[key] += v * w; product[key] == 0 {
				delete(product, key)
			}
		}
	}
	return product
}

// derivative returns the partial derivative by the i-th variable.
func (p polynomial) derivative(i int) polynomial {
	d := polynomial{}
	for key, v := range p {
		if power := key[i]; power > 0 {
			exponents := []byte(key)
			exponents[i]--
			d[string(exponents)] += float64(power) * v
		}
	}
	return d
}

// uses reports which of the variables occur.
func (p polynomial) uses(i int) bool {
	for key := range p {
		if key[i] > 0 {
			return true
		}
	}
	return false
}
