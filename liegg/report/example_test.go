package report_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/report"
)

// A verdict is saved as JSON; a name that ends in .html makes a page with pictures.
func ExampleReport_Save() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 1000)
	v := must.M1(network.Judge(squared, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))

	folder := must.M1(os.MkdirTemp("", "report"))
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "squared.json")
	must.M(report.Report{Title: "The squared length", Verdict: v}.Save(path))

	var saved map[string]any
	must.M(json.Unmarshal(must.M1(os.ReadFile(path)), &saved))
	fmt.Println(saved["title"])
	// Output: The squared length
}
