package dependence

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

type drawer = func(r *rand.Rand) ([]float64, int)

func all() []set {
	sets := []set{}
	no := func(name string, d drawer) { sets = append(sets, set{name, false, d}) }
	yes := func(name string, d drawer) { sets = append(sets, set{name, true, d}) }
	for _, n := range []int{1, 2, 3, 5, 10, 30, 100} {
		no(fmt.Sprintf("normal R%d 500", n), normals(500, n))
		no(fmt.Sprintf("normal R%d 10000", n), normals(10000, n))
	}
	for _, n := range []int{1, 2, 3, 6, 10} {
		for _, nu := range []float64{1.5, 2, 3} {
			no(fmt.Sprintf("t%g R%d", nu, n), student(5000, n, nu))
			no(fmt.Sprintf("elliptic t%g R%d", nu, n), elliptic(5000, n, nu))
		}
		no(fmt.Sprintf("lognormal1 R%d", n), lognormals(5000, n, 1))
		no(fmt.Sprintf("lognormal2 R%d", n), lognormals(5000, n, 2))
		no(fmt.Sprintf("cube R%d", n), cube(5000, n))
		no(fmt.Sprintf("mix 2x20 R%d", n), mixture(5000, n, 2, 20))
		no(fmt.Sprintf("mix 3x10 R%d", n), mixture(5000, n, 3, 10))
		no(fmt.Sprintf("mix 5x10 R%d", n), mixture(5000, n, 5, 10))
		no(fmt.Sprintf("mix 10x3 R%d", n), mixture(5000, n, 10, 3))
		no(fmt.Sprintf("ints10 R%d", n), integers(5000, n, 10))
		if n > 1 {
			no(fmt.Sprintf("sphere R%d", n), sphere(5000, n, 0))
			no(fmt.Sprintf("noisy sphere R%d", n), sphere(5000, n, .03))
			no(fmt.Sprintf("beside5 R%d", n), beside(5000, n, 5))
			no(fmt.Sprintf("beside20 R%d", n), beside(5000, n, 20))
		}
	}
	no("roll", swissRoll(5000))
	no("moons", moons(5000))
	no("shell2", shell(5000, 2))
	no("shell4", shell(5000, 4))
	no("digits", func(r *rand.Rand) ([]float64, int) { return digitsOf(r, 6000, false, false) })
	no("digits sorted", func(r *rand.Rand) ([]float64, int) { return digitsOf(r, 6000, false, true) })
	no("digits rotated", func(r *rand.Rand) ([]float64, int) { return digitsOf(r, 6000, true, false) })
	no("digits rotated sorted", func(r *rand.Rand) ([]float64, int) { return digitsOf(r, 6000, true, true) })
	for _, sh := range []bool{false, true} {
		f, w := func(d drawer) drawer { return d }, ""
		if sh {
			f, w = shuffled, " shuffled"
		}
		yes("40x250 R3 .05"+w, f(clusters(40, 250, 3, .05)))
		yes("10x1000 R3 .05"+w, f(clusters(10, 1000, 3, .05)))
		yes("100x100 R3 .02"+w, f(clusters(100, 100, 3, .02)))
		yes("10x100 R5 .05"+w, f(clusters(10, 100, 5, .05)))
		yes("200x50 R3 .05"+w, f(clusters(200, 50, 3, .05)))
		yes("1000x10 R3 .05"+w, f(clusters(1000, 10, 3, .05)))
		yes("40x250 R2 .02"+w, f(clusters(40, 250, 2, .02)))
		yes("40x250 R6 .1"+w, f(clusters(40, 250, 6, .1)))
		yes("40x25 R10 .1"+w, f(clusters(40, 25, 10, .1)))
		yes("40x250 R50 .2"+w, f(clusters(40, 250, 50, .2)))
		yes("copies 40x250 5°"+w, f(func(r *rand.Rand) ([]float64, int) { return copies(r, 40, 250, .1, .03, .02) }))
		yes("copies 40x250 15°"+w, f(func(r *rand.Rand) ([]float64, int) { return copies(r, 40, 250, .26, .1, .1) }))
		yes("copies 40x250 10°"+w, f(func(r *rand.Rand) ([]float64, int) { return copies(r, 40, 250, .17, .05, .05) }))
		yes("copies 40x250 turned"+w, f(func(r *rand.Rand) ([]float64, int) { return copies(r, 40, 250, 3.14, 0, 0) }))
		yes("copies 400x15 5°"+w, f(func(r *rand.Rand) ([]float64, int) { return copies(r, 400, 15, .1, .03, .02) }))
		yes("kepler 20x500"+w, f(orbits(20, 500, .1, kepler, keplerStart)))
		yes("kepler 5x2000"+w, f(orbits(5, 2000, .05, kepler, keplerStart)))
		yes("henon 20x500"+w, f(orbits(20, 500, .1, henon, henonStart)))
		yes("henon 50x200"+w, f(orbits(50, 200, .2, henon, henonStart)))
		yes("henon 5x2000"+w, f(orbits(5, 2000, .1, henon, henonStart)))
		yes("henon 5x2000 .02"+w, f(orbits(5, 2000, .02, henon, henonStart)))
		yes("henon 10x1000 .05"+w, f(orbits(10, 1000, .05, henon, henonStart)))
		yes("henon 3x20000 .1"+w, f(orbits(3, 20000, .1, henon, henonStart)))
	}
	for _, n := range []int{2, 3, 4, 6} {
		yes(fmt.Sprintf("walk R%d", n), walk(10000, n))
		no(fmt.Sprintf("walk R%d shuffled ?", n), shuffled(walk(10000, n)))
	}
	yes("ar.99 R3", ar(10000, 3, .99))
	no("ar.5 R3 ?", ar(10000, 3, .5))
	return sets
}

func TestExplore(t *testing.T) {
	pat := os.Getenv("SETS")
	redraws, _ := strconv.Atoi(cmp.Or(os.Getenv("REDRAWS"), "1"))
	for _, s := range all() {
		if !strings.Contains(s.name, pat) {
			continue
		}
		var near, order, gapped, profiled float64
		worst := -99.
		var places []int
		var took time.Duration
		for k := range redraws {
			r := rand.New(rand.NewPCG(uint64(k), 7))
			x, n := s.draw(r)
			begun := time.Now()
			kept := NewSample(n)
			for i := range len(x) / n {
				if kept.Next() {
					kept.Keep(x[i*n : (i+1)*n])
				}
			}
			if len(kept.distinct()) < leastSamples {
				continue
			}
			y, w := prepared(kept.distinct(), r)
			if len(y) < leastSamples*w {
				continue
			}
			b := newNeighbours(y, w, r)
			squares := make([]float64, len(b.order))
			p := newProfile(len(squares))
			var g gaps
			o := newOrder(b, len(x)/n)
			for q, i := range b.queries {
				b.squares(squares, b.at(i))
				o.add(i, squares)
				g.add(squares)
				p.add(q, squares)
			}
			took += time.Since(begun)
			if os.Getenv("SLOPES") != "" && k == 0 {
				fmt.Printf("%-28s %2d", s.name, w)
				for l := range p.steps {
					m := 0.
					for _, v := range p.slopes {
						m += v[l] / float64(len(p.slopes))
					}
					fmt.Printf(" %5.2f", m)
				}
				fmt.Println()
			}
			f := o.and(p.places(), g.places(len(squares)))
			if f.Near {
				near++
			}
			if p.places() > 0 {
				profiled++
			}
			if g.places(len(squares)) > 0 {
				gapped++
			}
			if f.InOrder {
				order++
			}
			z, _ := p.steepest()
			worst = max(worst, z)
			places = append(places, f.Places)
		}
		slices.Sort(places)
		if len(places) == 0 {
			places = []int{-1}
		}
		flag := ""
		found := (near + order) / float64(redraws)
		if s.dependent && found < .9 || !s.dependent && found > 0 {
			flag = "  <<<"
		}
		fmt.Printf("%-28s near %3.0f (profile %3.0f gaps %3.0f) order %3.0f of %d; worst z %5.1f; places %v; %v%s\n", s.name, near, profiled, gapped, order, redraws, worst, places[len(places)/2], took/time.Duration(redraws), flag)
	}
}
