package discrete

import "math"

// mostAutomorphisms is the largest number of automorphisms that are tried.
const mostAutomorphisms = 5000

// automorphisms lists the permutations of blocks that keep the changes by swaps of two blocks, to
// within their errors. If g is a symmetry of f and of the distribution of the data, the swap of i
// and j and the swap of g(i) and g(j) change f alike. cut says that there are more than are listed.
func (c Candidates) automorphisms(on *screen) (all []element, cut bool, err error) {
	const samples, errors = 256, 5
	var swaps []element
	for i := range c.blocks {
		for j := range i {
			to := make([]int, c.blocks)
			for k := range to {
				to[k] = k
			}
			to[i], to[j] = j, i
			swaps = append(swaps, permutation(to, c.size))
		}
	}
	deltas, σ, err := on.deltas(swaps, samples)
	if err != nil {
		return nil, false, err
	}
	edge := func(i, j int) int { return max(i, j)*(max(i, j)-1)/2 + min(i, j) }
	admitted := func(to []int) bool {
		last := len(to) - 1
		for i := range last {
			a, b := edge(i, last), edge(to[i], to[last])
			if math.Abs(deltas[a]-deltas[b]) > errors*math.Hypot(σ[a], σ[b])+1e-6 {
				return false
			}
		}
		return true
	}
	extendPermutations(c.blocks, admitted, func(to []int) bool {
		if len(all) == mostAutomorphisms {
			cut = true
			return false
		}
		all = append(all, permutation(to, c.size))
		return true
	})
	return all, cut, nil
}
