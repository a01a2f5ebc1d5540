package training

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/liegg/lab/liegg/network"
)

// At the end a training shows its history, and so does a network that is read from disk.
func TestHistoryIsShownAtTheEnd(t *testing.T) {
	goBackend(t)
	t.Setenv("LIEGG_CACHE", t.TempDir())
	var shown [][]float64
	settings := Settings{Steps: 40, Seed: 1, Show: func(history any) error {
		shown = append(shown, history.(network.History).Losses())
		return nil
	}}
	parts, _ := o5(t, 1, 100)
	train := func() *network.Network {
		return ok(Cached(network.MLP{Hidden: []int{4}, Outputs: 1}, settings, parts[0].Batches(20, 1), nil))(t)
	}
	trained, read := train(), train()
	if want := [][]float64{trained.History.Losses(), read.History.Losses()}; !reflect.DeepEqual(shown, want) || len(want[1]) != 40 {
		t.Errorf("%v were shown, want %v", shown, want)
	}
}

// A running training is shown at most ten times a second and for a tenth of the time.
func TestCurveIsShownSeldom(t *testing.T) {
	now := time.Unix(0, 0)
	takes := time.Millisecond
	var shown []underway
	c := &curve{live: true, now: func() time.Time { return now }, show: func(history any) error {
		shown, now = append(shown, history.(underway)), now.Add(takes)
		return nil
	}}
	f := &fit{Settings: Settings{Steps: 100}, network: &network.Network{History: network.History{{Step: 10, Loss: 3}}}}
	for ; now.Before(time.Unix(1, 0)); now = now.Add(time.Millisecond) {
		f.taken++
		f.sum, f.summed = f.sum+2, f.summed+1
		c.at(f)
	}
	if len(shown) < 9 || len(shown) > 10 {
		t.Errorf("shown %d times in a second", len(shown))
	}
	last := shown[len(shown)-1]
	if got := last.Losses(); last.Until() != 100 || !reflect.DeepEqual(got, []float64{3, 2}) || len(f.network.History) != 1 {
		t.Errorf("losses %v until step %d", got, last.Until())
	}
	shown, takes = nil, 50*time.Millisecond
	for end := now.Add(5 * time.Second); now.Before(end); now = now.Add(time.Millisecond) {
		c.at(f)
	}
	if len(shown) < 9 || len(shown) > 11 {
		t.Errorf("what takes 50 ms was shown %d times in 5 s, want 10", len(shown))
	}
}

// What cannot be shown is left, and the training goes on.
func TestCurveThatFails(t *testing.T) {
	calls := 0
	c := &curve{live: true, now: time.Now, show: func(any) error { calls++; return errors.New("broken") }}
	f := &fit{Settings: Settings{Steps: 100}, network: &network.Network{}}
	c.at(f)
	c.at(f)
	c.end(nil)
	if calls != 1 {
		t.Errorf("Show was called %d times", calls)
	}
}
