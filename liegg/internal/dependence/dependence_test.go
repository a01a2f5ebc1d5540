package dependence

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// redraws is how often each set is drawn: seldom, or as often as LIEGG_REDRAWS says, by
// which thresholds were calibrated.
func redraws(t *testing.T, seldom int) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("LIEGG_REDRAWS"), strconv.Itoa(seldom)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func found(draw drawer, seed int) Finding {
	x, n := draw(rand.New(rand.NewPCG(uint64(seed), 7)))
	s := NewSample(n)
	for i := range len(x) / n {
		if s.Next() {
			s.Keep(x[i*n : (i+1)*n])
		}
	}
	return s.Look()
}

func independent() map[string]drawer {
	sets := map[string]drawer{
		"swiss roll": swissRoll(5000), "moons": moons(5000), "four decades": decades(8000, 3),
		"two four-momenta": shell(5000, 2), "four four-momenta": shell(5000, 4), "weakly correlated in time": ar(10_000, 3, .5),
		"digits": distinctDigits(3000, false, false), "digits by class": distinctDigits(3000, false, true),
		"turned digits": distinctDigits(3000, true, false), "turned digits by class": distinctDigits(3000, true, true),
	}
	for _, n := range []int{1, 2, 3, 5, 10, 30, 100} {
		sets[fmt.Sprintf("500 normal in R%d", n)] = normals(500, n)
		sets[fmt.Sprintf("10000 normal in R%d", n)] = normals(10_000, n)
	}
	for _, n := range []int{1, 2, 3, 6, 10} {
		for _, ν := range []float64{1.5, 2, 3} {
			sets[fmt.Sprintf("t of %g degrees in R%d", ν, n)] = student(5000, n, ν)
			sets[fmt.Sprintf("elliptic t of %g degrees in R%d", ν, n)] = elliptic(5000, n, ν)
		}
		sets[fmt.Sprintf("lognormal in R%d", n)] = lognormals(5000, n, 1)
		sets[fmt.Sprintf("broad lognormal in R%d", n)] = lognormals(5000, n, 2)
		sets[fmt.Sprintf("cube in R%d", n)] = cube(5000, n)
		sets[fmt.Sprintf("whole numbers in R%d", n)] = integers(5000, n, 10)
		for _, k := range [][2]float64{{2, 20}, {3, 10}, {5, 10}, {10, 3}} {
			sets[fmt.Sprintf("mixture of %g, apart %g, in R%d", k[0], k[1], n)] = mixture(5000, n, int(k[0]), k[1])
		}
		if n > 1 {
			sets[fmt.Sprintf("sphere in R%d", n)] = sphere(5000, n, 0)
			sets[fmt.Sprintf("thin shell in R%d", n)] = sphere(5000, n, .03)
			sets[fmt.Sprintf("5 kinds in R%d", n)] = beside(5000, n, 5)
			sets[fmt.Sprintf("20 kinds in R%d", n)] = beside(5000, n, 20)
		}
	}
	for name, draw := range map[string]drawer{
		"ring": sphere(8000, 2, 0), "shell": sphere(8000, 3, 0), "parabola": parabola(8000),
		"torus": torus(8000), "helix": helix(8000), "small roll": swissRoll(8000),
	} {
		for _, noise := range []float64{.02, .05, .1, .2} {
			if name == "small roll" {
				noise *= 20
			}
			sets[fmt.Sprintf("%s with noise of %g", name, noise)] = noisy(draw, noise)
		}
	}
	for _, k := range []int{15, 30} {
		sets[fmt.Sprintf("mixture of %d, apart 3", k)] = mixture(8000, 3, k, 3)
	}
	return sets
}

// Independent samples raise no doubt, for any tails, dimension and shape.
func TestIndependentSets(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n, flagged, drawn := redraws(t, 1), 0, 0
	for name, draw := range independent() {
		for seed := range n {
			drawn++
			if f := found(draw, seed); f != (Finding{}) {
				flagged++
				t.Logf("%s, draw %d: %+v", name, seed, f)
			}
		}
	}
	t.Logf("%d of %d flagged", flagged, drawn)
	if 100*flagged > drawn {
		t.Errorf("%d of %d draws of independent samples look dependent, want 1 %% at most", flagged, drawn)
	}
}

// Dependent samples are found, in order and mostly shuffled.
func TestDependentSets(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	sets := map[string]drawer{}
	for name, draw := range map[string]drawer{
		"40 clusters of 250 in R3":    clusters(40, 250, 3, .05),
		"10 clusters of 1000 in R3":   clusters(10, 1000, 3, .05),
		"10 clusters of 100 in R5":    clusters(10, 100, 5, .05),
		"100 clusters of 100 in R3":   clusters(100, 100, 3, .02),
		"200 clusters of 50 in R3":    clusters(200, 50, 3, .05),
		"1000 clusters of 10 in R3":   clusters(1000, 10, 3, .05),
		"40 clusters of 250 in R2":    clusters(40, 250, 2, .02),
		"40 clusters of 250 in R6":    clusters(40, 250, 6, .1),
		"40 clusters of 25 in R10":    clusters(40, 25, 10, .1),
		"40 clusters of 250 in R50":   clusters(40, 250, 50, .2),
		"20 Kepler orbits":            orbits(20, 500, .1, kepler, keplerStart),
		"5 Kepler orbits":             orbits(5, 2000, .05, kepler, keplerStart),
		"5 Hénon–Heiles orbits":       orbits(5, 2000, .02, henon, henonStart),
		"digits turned slightly":      copies(40, 100, .1, .03, .02),
		"digits turned all the way":   copies(40, 100, math.Pi, 0, 0),
		"many digits turned slightly": copies(200, 15, .1, .03, .02),
	} {
		sets[name], sets[name+", shuffled"] = draw, shuffled(draw)
	}
	for name, draw := range map[string]drawer{
		"20 walks in R3":                       stationary(20, 500, 3, .05),
		"100 walks in R3":                      stationary(100, 100, 3, .05),
		"20 walks in R6":                       stationary(20, 500, 6, .05),
		"20 orbits on springs in R3":           springs(20, 500, 3),
		"100 orbits on springs in R3":          springs(100, 100, 3),
		"20 orbits on springs in R6":           springs(20, 500, 6),
		"100 clusters that nearly merge in R3": clusters(100, 100, 3, .2),
		"200 clusters that overlap in R3":      clusters(200, 50, 3, .1),
		"100 clusters that overlap in R6":      clusters(100, 100, 6, .2),
		"40 clusters that overlap in R2":       clusters(40, 250, 2, .1),
	} {
		sets[name+", shuffled"] = shuffled(draw)
	}
	sets["Hénon–Heiles orbits at longer times"] = orbits(20, 500, .1, henon, henonStart)
	sets["slowly forgetting"] = ar(10_000, 3, .99)
	for _, n := range []int{2, 3, 4, 6} {
		sets[fmt.Sprintf("random walk in R%d", n)] = walk(10_000, n)
	}
	n := redraws(t, 1)
	for name, draw := range sets {
		seen := 0
		for seed := range n {
			if f := found(draw, seed); f.Places > 0 && (f.Near || f.InOrder) {
				seen++
			}
		}
		t.Logf("%s: found in %d of %d", name, seen, n)
		if 10*seen < 9*n {
			t.Errorf("%s: dependence is found in %d of %d draws", name, seen, n)
		}
	}
}

// The number of places is about right in clear cases.
func TestPlaces(t *testing.T) {
	for places, draw := range map[int]drawer{
		40: clusters(40, 250, 3, .02), 100: clusters(100, 100, 3, .01), 10: clusters(10, 300, 3, .02), 1000: clusters(1000, 10, 3, .005),
	} {
		for _, draw := range []drawer{draw, shuffled(draw)} {
			if f := found(draw, 3); f.Places < places/2 || f.Places > 2*places {
				t.Errorf("%d clusters: %+v", places, f)
			}
		}
	}
	if f := found(walk(10_000, 3), 1); !f.InOrder || f.Places > 200 {
		t.Errorf("a random walk: %+v", f)
	}
}

// The slope of the profile is one over the dimension.
func TestProfileTellsTheDimension(t *testing.T) {
	for _, n := range []int{1, 2, 3, 6} {
		x, _ := cube(4096, n)(rand.New(rand.NewPCG(1, 0)))
		b := newNeighbours(x, n, rand.New(rand.NewPCG(2, 0)))
		p, squares := newProfile(len(b.order)), make([]float64, len(b.order))
		for q, i := range b.queries {
			b.squares(squares, b.at(i))
			p.add(q, squares)
		}
		var slope float64
		for _, s := range p.slopes {
			slope += p.mean(s, 5, 7) / float64(len(p.slopes))
		}
		if math.Abs(slope*float64(n)-1) > .15 {
			t.Errorf("slope %g of a cube in R%d, want about %g", slope, n, 1/float64(n))
		}
	}
}

// A subsample holds pairs that follow each other, from all of the stream.
func TestSampleOfALongStream(t *testing.T) {
	for _, count := range []int{1, 2, 777, 8192, 8193, 100_001} {
		s, most, passed := NewSample(1), 8192, 0
		for i := range count {
			if s.Next() {
				s.Keep([]float64{float64(i)})
				passed++
			}
		}
		kept := s.distinct()
		if len(kept) > most || len(kept) < min(most, count-1)/2 || count <= most && len(kept) != count/2*2 {
			t.Errorf("%d samples kept of %d", len(kept), count)
		}
		for i := 0; i < len(kept); i += 2 {
			if kept[i][0]+1 != kept[i+1][0] || i > 0 && kept[i][0] < kept[i-1][0] {
				t.Fatalf("a pair %g, %g of %d samples", kept[i][0], kept[i+1][0], count)
			}
		}
		if n := len(kept); n > 100 && (kept[0][0] > float64(count)/50 || kept[n-1][0] < .98*float64(count)) {
			t.Errorf("of %d samples %g to %g are kept", count, kept[0][0], kept[n-1][0])
		}
	}
}

// Few samples, constant ones, repeats and numbers that are not finite are no harm.
func TestDegenerateSamples(t *testing.T) {
	for name, draw := range map[string]drawer{
		"few":      normals(50, 3),
		"constant": func(*rand.Rand) ([]float64, int) { return make([]float64, 3000), 3 },
		"repeated": func(r *rand.Rand) ([]float64, int) {
			x, n := normals(20, 3)(r)
			for range 6 {
				x = append(x, x...)
			}
			return x, n
		},
		"not finite": func(r *rand.Rand) ([]float64, int) {
			x, n := normals(1000, 3)(r)
			x[0], x[300], x[600] = math.NaN(), math.Inf(1), math.Inf(-1)
			return x, n
		},
		"huge": func(r *rand.Rand) ([]float64, int) {
			x, n := normals(1000, 3)(r)
			for i := range x {
				x[i] = 1e300 * x[i]
			}
			return x, n
		},
		"one coordinate of few": func(r *rand.Rand) ([]float64, int) {
			x, n := normals(1000, 3)(r)
			for i := range x {
				if i%n > 0 {
					x[i] = 4
				}
			}
			return x, n
		},
	} {
		if f := found(draw, 1); f != (Finding{}) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestSpacing(t *testing.T) {
	for want, sorted := range map[float64][]float64{
		1: {0, 0, 1, 1, 3, 3, 4, 4, 9, 9}, .5: {-.5, -.5, 0, 0, .5, .5}, 0: {0, 1, 2, 3, 4}, // no repeats
	} {
		if got := spacing(sorted); got != want {
			t.Errorf("%v: spacing %g, want %g", sorted, got, want)
		}
	}
	if got := spacing([]float64{0, 0, 1, 1, 2.7, 2.7}); got != 0 {
		t.Errorf("no lattice has the spacing %g", got)
	}
}

// Squared distances agree with their definition, for all numbers of coordinates.
func TestSquares(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16} {
		x, _ := normals(300, n)(rand.New(rand.NewPCG(1, 0)))
		b := newNeighbours(x, n, rand.New(rand.NewPCG(2, 0)))
		squares := make([]float64, len(b.order))
		b.squares(squares, b.at(b.order[7]))
		for i, s := range squares {
			want := b.square(b.order[7], b.order[i])
			if i == 7 {
				want = math.Inf(1)
			}
			if s != want && !(math.Abs(s-want) <= 1e-14*want) {
				t.Errorf("‖x − r‖² = %g in R%d, want %g", s, n, want)
			}
		}
	}
}

// The neighbours of a reference and of the midpoint between it and the query are those that their
// distances tell.
func TestNeighboursOfPairs(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10} {
		x, _ := normals(600, n)(rand.New(rand.NewPCG(1, 0)))
		b := newNeighbours(x, n, rand.New(rand.NewPCG(2, 0)))
		c, squares, ks := newClumps(b), make([]float64, len(b.order)), []int{3, 8, 20, 50}
		for q := range 20 {
			a := b.at(b.order[q])
			b.squares(squares, a)
			c.nearest = smallest(squares, clumpNeighbours, nil)
			to := secondOf(squares, 7*q, 64)
			c.countBoth(ks, q, to, a, b.at(b.order[to]), squares)
			middle := make([]float64, n)
			for i, v := range b.at(b.order[to]) {
				middle[i] = (a[i] + v) / 2
			}
			for s, from := range [][]float64{b.at(b.order[to]), middle} {
				of := make([]float64, len(b.order))
				b.squares(of, from)
				for i, k := range ks {
					want := 0
					for row := range b.order {
						if row != q && row != to && of[row] < c.nearest[k-1] {
							want++
						}
					}
					if got := c.within[s][i]; got != want {
						t.Errorf("R%d, query %d: %d neighbours within the distance of the %d-th, want %d", n, q, got, k, want)
					}
				}
			}
		}
	}
}
