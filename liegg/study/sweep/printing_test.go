package sweep

import (
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	s := ok(Preset("o5-tiny"))(t)
	s.Regimes = append(s.Regimes, Regime{Name: "tuned", Pretrain: &Pretraining{Samples: 100, Tune: "last"}})
	table := ok(Open(filepath.Join(t.TempDir(), "rows.csv"), s.Default(), false))(t)
	defer table.Close()
	address := regexp.MustCompile(`0x[0-9a-f]{6,}|%!`)
	for _, v := range []any{s, s.Regimes, &s.Regimes[0], s.Jobs(), table, ok(CurrentCode())(t)} {
		if text := fmt.Sprintf("%v %+v", v, v); address.MatchString(text) {
			t.Errorf("%T prints %.300s", v, text)
		}
	}
}
