package score_test

import (
	"fmt"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/study/score"
)

func ExampleTrial() {
	row := must.M1(score.Trial{Case: groundtruth.SL2(), Kind: score.Exact, Judge: 1000}.Run())
	fmt.Println(row.Outcome(), row.Dim, row.Name)
	// Output: right 3 sl(2,R)
}
