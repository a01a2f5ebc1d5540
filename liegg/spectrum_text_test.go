package liegg_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
)

func ExampleSpectrum_String() {
	e := broken(.1)
	p, err := liegg.Accumulate(9, e.chunks(e.sample(500), liegg.QR, 100))
	if err != nil {
		panic(err)
	}
	s, err := p.Spectrum(e.candidates)
	if err != nil {
		panic(err)
	}
	fmt.Print(s)
	// Output:
	// Polarization spectrum: N = 500, 1 output, K = 9, QR (s/s_max resolved to 3e-14)
	// dropped without a gradient: 0 samples; not moving the data: 0 directions
	//    j          s       s²/N       ρ(H)     bias
	//    1         ≈0         ≈0         ≈0  0.00000
	//    2   6.72e+00   9.02e-02   6.75e-02  0.02916
	//    3   8.83e+00   1.56e-01   8.67e-02  0.02005
	//    4   5.31e+01   5.65e+00   5.49e-01  0.99995
	//    5   5.65e+01   6.38e+00   5.80e-01  0.99976
	//    6   6.42e+01   8.23e+00   6.69e-01  0.99995
	//    7   6.63e+01   8.80e+00   6.51e-01  0.99983
	//    8   6.89e+01   9.48e+00   6.90e-01  0.99992
	//    9   9.97e+01   1.99e+01   9.85e-01  0.99996
	// relative defects ρ, ascending (each with a generator of its own):
	//    1         ≈0   6.74e-02   8.67e-02   5.50e-01   5.83e-01
	//    6   6.53e-01   6.61e-01   7.00e-01   9.96e-01
}

func TestLongTablesAreCut(t *testing.T) {
	e := radial(6)
	table := e.spectrum(t, e.sample(100), liegg.QR, 50).String()
	if n := strings.Count(table, "… 6 more\n"); n != 2 {
		t.Errorf("%d cuts of 36 generators:\n%s", n, table)
	}
	if n := strings.Count(table, "\n"); n > 45 {
		t.Errorf("%d lines:\n%s", n, table)
	}
}

// A generator that acts only on a coordinate that is always zero is neither a symmetry nor broken.
func TestUndefinedDefectsPrintAsADash(t *testing.T) {
	e := none()
	xs := e.sample(100)
	for _, x := range xs {
		x[2] = 0
	}
	s := e.spectrum(t, xs, liegg.QR, 50)
	for j, g := range s.BySingular {
		if math.IsNaN(g.Defect) != (j < 3) {
			t.Errorf("defect of generator %d is %g", j, g.Defect)
		}
	}
	table := s.String()
	if !strings.Contains(table, "not moving the data: 3 directions") || strings.Count(table, "  –  ") != 3 || strings.Contains(table, "NaN") {
		t.Errorf("table:\n%s", table)
	}
}
