package sweep

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// TestMain runs the tests on GoMLX's own backend unless one is chosen: networks this
// small take less time than XLA does to compile them.
func TestMain(m *testing.M) {
	if os.Getenv(network.BackendVariable) == "" {
		os.Setenv(network.BackendVariable, "go")
	}
	os.Exit(m.Run())
}

// tiny is a sweep of four networks that train in no time.
func tiny() Sweep {
	return Sweep{Tasks: []string{"sl2"}, Samples: []int{200}, Widths: []int{8}, Depths: []int{1, 2}, Bias: true,
		Seeds: 2, Steps: 20, Batch: 100, Judge: 400, Together: 1}.Default()
}

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

func TestPresetsAreWhole(t *testing.T) {
	for _, name := range Presets() {
		s := ok(Preset(name))(t)
		text := ok(json.Marshal(s))(t)
		if back := ok(Parse(bytes.NewReader(text)))(t); !reflect.DeepEqual(back, s) {
			t.Errorf("%s: read back %+v, wrote %+v", name, back, s)
		}
	}
	_, err := Preset("o6")
	expect.Error(t, err, "o6", "o5-tiny")
}

func TestWrongSweepsAreRefused(t *testing.T) {
	const rest = `"tasks":["o5"],"samples":[100],"widths":[8],"depths":[1],"steps":10`
	for text, words := range map[string][]string{
		`{`:                          {"JSON"},
		`{"width":[8],` + rest + `}`: {`"width"`},
		`{` + rest + `} {}`:          {"more JSON"},
		`{"tasks":["o5"]}`:           {"samples", "widths", "depths"},
		strings.Replace("{"+rest+"}", "8", "0", 1):                                                      {"widths"},
		strings.Replace("{"+rest+"}", "8", "99999", 1):                                                  {"widths"},
		strings.Replace("{"+rest+"}", "100", "1", 1):                                                    {"samples"},
		strings.Replace("{"+rest+"}", "10}", "0}", 1):                                                   {"steps"},
		strings.Replace("{"+rest+"}", "o5", "o6", 1):                                                    {"o6", "digits"},
		strings.Replace("{"+rest+"}", "[1]", `"1"`, 1):                                                  {"depths"},
		`{"seeds":-1,` + rest + `}`:                                                                     {"seeds"},
		`{"seeds":2000000,` + rest + `}`:                                                                {"split"},
		`{"activations":["swosh"],` + rest + `}`:                                                        {"swosh", "Swish"},
		`{"learning_rate":-1,` + rest + `}`:                                                             {"learning_rate"},
		`{"judge":-5,` + rest + `}`:                                                                     {"judge"},
		`{"regimes":[{}],` + rest + `}`:                                                                 {"name"},
		`{"regimes":[{"name":"a"},{"name":"a"}],` + rest + `}`:                                          {`"a"`},
		`{"regimes":[{"name":"a","pretrain":{"samples":0}}],` + rest + `}`:                              {"samples"},
		`{"regimes":[{"name":"a","pretrain":{"samples":9,"tune":"most"}}],` + rest + `}`:                {"most", "last"},
		`{"regimes":[{"name":"a","pretrain":{"samples":9,"task":"sl2"}}],` + rest + `}`:                 {"sl2", "sizes"},
		`{"regimes":[{"name":"a","layerwise":true,"pretrain":{"samples":9}}],` + rest + `}`:             {"exclude"},
		`{"regimes":[{"name":"a","noise":-1}],` + rest + `}`:                                            {"negative"},
		strings.Replace(`{"regimes":[{"name":"a","augment":2}],`+rest+`}`, "o5", "digits", 1):           {"augment", "[0, 1]"},
		strings.Replace(`{"regimes":[{"name":"a","augment":1}],`+rest+`}`, "o5", "none", 1):             {"no symmetry"},
		strings.Replace(`{"samples":[60001],"regimes":[{"name":"a"}],`+rest+`}`, "[100]", "[60001]", 1): nil,
		strings.Replace(strings.Replace("{"+rest+"}", "100", "60001", 1), "o5", "digits", 1):            {"60000", "60001"},
		strings.Replace("{"+rest+"}", "[8]", "[8,8]", 1):                                                {"twice"},
	} {
		_, err := Parse(strings.NewReader(text))
		if words == nil {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		expect.Error(t, err, words...)
	}
}

// A job is the same after a round trip through JSON. Its key depends on settings, seed and code, but not
// on the other seeds.
func TestJobsAreValues(t *testing.T) {
	s := ok(Preset("o5-regimes"))(t)
	keys := map[string]bool{}
	for _, code := range []string{"one", "other"} {
		for _, j := range s.Jobs() {
			j.Code = code
			var back Job
			if err := json.Unmarshal(ok(json.Marshal(j))(t), &back); err != nil || !reflect.DeepEqual(back, j) || back.ID() != j.ID() {
				t.Fatalf("read back %+v (%v), wrote %+v", back, err, j)
			}
			for _, seed := range j.Seeds {
				keys[j.Key(seed)] = true
			}
			alone := j
			alone.Seeds = j.Seeds[:1]
			if alone.Key(j.Seeds[0]) != j.Key(j.Seeds[0]) || alone.ID() == j.ID() {
				t.Errorf("%v: a key depends on the seeds beside it, or an id does not", j)
			}
		}
	}
	if want := 2 * 5 * len(s.Regimes); len(keys) != want {
		t.Errorf("%d keys for %d networks", len(keys), want)
	}
}
