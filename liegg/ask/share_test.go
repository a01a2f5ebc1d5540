package ask

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// Three shares, in any order, give the verdict of one process. Missing or damaged shares are errors.
func TestShares(t *testing.T) {
	q := Question{Data: saved(t, "two.npz", shells(t, 2)), Action: "linear:3"}
	s := expect.OK(Open(q))(t)
	var shares []*Share
	for _, i := range []int{2, 3, 1} {
		path := filepath.Join(t.TempDir(), "share")
		if err := (&Share{q, expect.OK(s.Part(i, 3, nil))(t)}).Write(path); err != nil || !IsShare(path) {
			t.Fatal(err)
		}
		shares = append(shares, expect.OK(ReadShare(path))(t))
	}
	again, parts, err := Join(shares...)
	if err != nil || again.String() != q.String() {
		t.Fatalf("%v, %v", again, err)
	}
	got, want := expect.OK(s.Ask(nil, parts...))(t), expect.OK(s.Ask(nil))(t)
	var a, b bytes.Buffer
	if err := errors.Join(got.Report().JSON(&a), want.Report().JSON(&b)); err != nil || a.String() != b.String() {
		t.Errorf("%v in shares:\n%s\nin one process:\n%s", err, &a, &b)
	}
	_, err = s.Ask(nil, parts[:2]...)
	expect.Error(t, err, "share 1 of 3 is in no part")
	other := *shares[0]
	other.Question.Seed = 7
	_, _, err = Join(&other, shares[1])
	expect.Error(t, err, "different questions", "--seed 7")
	q.ByOutput = true
	_, err = expect.OK(Open(q))(t).Part(1, 2, nil)
	expect.Error(t, err, "leave Question.Layers, Question.ByOutput, Question.By, Question.Invariants and Question.Discrete out")
	bad := filepath.Join(t.TempDir(), "bad")
	data := expect.OK(shares[0].MarshalBinary())(t)
	data[len(data)/2]++
	if err := os.WriteFile(bad, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = ReadShare(bad)
	expect.Error(t, err, bad, "damaged")
	if IsShare(q.Data) || IsShare("none") {
		t.Error("other files are taken for shares")
	}
}

// A worker does the jobs of a question; it opens the files once, and says if it cannot.
func TestWorker(t *testing.T) {
	s := expect.OK(Open(Question{Data: saved(t, "one.npz", shells(t, 1)), Action: "linear:3"}))(t)
	jobs := expect.OK(s.Jobs())(t)
	if len(jobs) < 2 || !filepath.IsAbs(jobs[0].Judge.Data) {
		t.Fatalf("jobs are %v", jobs)
	}
	var w Worker
	var parts []*network.VerdictPart
	for _, j := range jobs {
		var share Share
		if err := share.UnmarshalBinary(expect.OK(w.Do(t.Context(), j))(t)); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, share.Part)
	}
	if a := expect.OK(s.Ask(nil, parts...))(t); a.Verdict.Name() != "so(3)" {
		t.Errorf("%v", a)
	}
	jobs[0].Judge = &Question{Data: "none.npz", Action: "linear:3"}
	_, err := w.Do(t.Context(), jobs[0])
	var files *OpenError
	if !errors.As(err, &files) || !strings.Contains(err.Error(), "under the paths") {
		t.Errorf("error %v", err)
	}
}
