package trials

import "regexp"

var (
	dependence = regexp.MustCompile(`(?i)depend|group|place|hang together|trajector|distinct`)
	influence  = regexp.MustCompile(`(?i)sample[s]? .*(carry|carries|rule|weigh)|influence|effective|n_eff`)
	outputName = regexp.MustCompile(`(?i)output 1[67]`)
)

// Rows returns all rows.
func Rows() []*Row {
	rows := []*Row{
		{Name: "singular", About: "potentials of two and three normal points: Coulomb, gravity, Lennard-Jones, log",
			Problems: singular, Samples: []int{5000, 100_000}, Draws: 30, Networks: 3, Reason: influence},
		{Name: "singular-clipped", About: "networks of the same, trained on energies clipped at 2 % and 98 %",
			Problems: clippedSingular, Unexact: true, Networks: 3},
		{Name: "masses", About: "invariant masses of two to four particles with energies of 2 to 100 masses",
			Problems: masses, Samples: []int{5000, 20_000}, Draws: 10, Networks: 3},
		{Name: "cones", About: "quadratic forms of points near their cones",
			Problems: cones, Samples: []int{5000}, Draws: 10, Networks: 3},
		{Name: "tails", About: "groundtruth on inputs of Student's t with 1.5, 2 and 3 degrees of freedom",
			Problems: tails, Samples: []int{10_000}, Draws: 10, Networks: 2},
		{Name: "heavier", About: "groundtruth on Cauchy, lognormal and multivariate t inputs",
			Problems: heavier, Samples: []int{10_000}, Draws: 5, Networks: 1},
		{Name: "cases", About: "groundtruth as it is, and so(3) broken by 1 %",
			Problems: cases, Untrained: true, Samples: []int{4000, 20_000}, Draws: 5},
		{Name: "cases-trained", About: "the networks of study score",
			Problems: scored, Untrained: true, Samples: []int{20_000}, Draws: 5},
		{Name: "asymmetric", About: "functions without symmetry or with one, on several kinds of data",
			Problems: asymmetric, Samples: []int{4000, 20_000}, Draws: 10, Networks: 5},
		{Name: "random", About: "networks with random weights on 10, 90 and 784 inputs",
			Problems: random, Untrained: true, Samples: []int{4000}, Draws: 6},
		{Name: "shuffled", About: "networks fitted to the values of groundtruth in random order",
			Problems: shuffledCases, Untrained: true, Samples: []int{10_000}, Draws: 5},
		{Name: "dependent", About: "clusters, random walks and orbits, without groups",
			Problems: dependent, Untrained: true, Samples: []int{10_000}, Draws: 40, Reason: dependence},
		{Name: "grouped", About: "clusters, random walks and orbits, 400 of each, with groups given",
			Problems: grouped, Untrained: true, Samples: []int{10_000, 40_000}, Draws: 20},
		{Name: "copies", About: "random networks on copies of 40 digits, without groups",
			Problems: copiedDigits, Untrained: true, Samples: []int{4000}, Draws: 10, Reason: dependence},
		{Name: "outputs", About: "one output of a hundred that breaks so(3)",
			Problems: oneOutput, Untrained: true, Samples: []int{10_000}, Draws: 5, Reason: outputName},
		{Name: "outliers", About: "groundtruth with one sample that is far away",
			Problems: outliers, Samples: []int{10_000}, Draws: 5, Networks: 1},
		{Name: "bad", About: "inputs and functions that say little: one sample counts, equal gradients, constants",
			Problems: bad, Untrained: true, Samples: []int{10_000}, Draws: 5},
		{Name: "saturated", About: "random networks far in saturation",
			Problems: saturated, Untrained: true, Samples: []int{10_000}, Draws: 5},
		{Name: "poles", About: "other singular functions: 1/(x·y), log|det|, dipoles, products, ratios",
			Problems: poles, Samples: []int{5000, 100_000}, Draws: 10, Networks: 2, Reason: influence},
		{Name: "steep", About: "steps, cliffs, fast oscillations, nearly constant functions",
			Problems: steep, Samples: []int{10_000}, Draws: 10, Networks: 1},
		{Name: "places", About: "data on shells, in annuli, on lattices, away from the origin",
			Problems: places, Samples: []int{10_000}, Draws: 10, Networks: 1},
		{Name: "shapes", About: "data in mixed units, thin, of two sizes; symmetries that few samples break",
			Problems: shapes, Samples: []int{5000, 50_000}, Draws: 5, Networks: 1},
		{Name: "flows", About: "flow.Test of a symmetry and of scaling, which is none, near cones and of potentials", Samples: []int{5000}, Draws: 5},
		{Name: "laws", About: "chaotic Hamiltonians, which conserve their energy alone, with libraries that hold it or not: right if it is found, or nothing",
			Samples: []int{1000, 4000}, Draws: 5},
		{Name: "digits", About: "what finite flows say of classifiers of turned digits, and of controls", Samples: []int{1500}},
		{Name: "coverage", About: "95 % intervals of a fixed generator: right where they hold the truth", Samples: []int{usual}, Draws: 200},
		{Name: "cost", About: "a verdict's time against the bare extraction: right up to 1.3", Draws: 5},
	}
	for _, r := range rows {
		switch r.Name {
		case "flows":
			r.measures = flows(r)
		case "laws":
			r.measures = conserved(r)
		case "digits":
			r.measures = digitFlows(r)
		case "coverage":
			r.measures = coverage(r)
		case "cost":
			r.measures = costs(r)
		}
	}
	return rows
}
