package network

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// A verdict says how much the network leaves unexplained of what it was to learn.
func TestUnexplained(t *testing.T) {
	x := gaussian(7, 1000, ones(4)...)
	y := ok(inUnits([]float64{1}, crooked).Predict(x))(t)
	task := dataset.Samples{Name: "crooked", X: x, Y: y}
	flat := Exact(func(x *Node) *Node { return ConvertDType(ZerosLike(axis(x, 0)), dtypes.Float64) })
	variance := ok(flat.Unexplained(task))(t) // mean square over variance
	if variance < 1 || variance > 1.1 {
		t.Errorf("zero leaves %g of the variance about the mean unexplained", variance)
	}
	if u := ok(inUnits([]float64{1}, crooked).Unexplained(task))(t); u > 1e-20 {
		t.Errorf("the function itself leaves %g unexplained", u)
	}
	v := ok(Judge(inUnits([]float64{1}, radius), action.Linear(4, 1), Tensor(x), Settings{Validation: &task}))(t)
	if v.Unexplained < 1 || !strings.Contains(v.String(), fmt.Sprintf("%.0f %% of the variance", 100*v.Unexplained)) || !strings.Contains(v.String(), "says little of the data") {
		t.Errorf("|x|² for another function: got\n%v", v)
	}
	constant := dataset.Samples{Name: "even", X: x, Y: tensors.FromFlatDataAndDimensions(make([]float64, 1000), 1000, 1)}
	if _, err := flat.Unexplained(constant); err == nil || !strings.Contains(err.Error(), "no variance") {
		t.Errorf("targets that do not vary: %v", err)
	}
}
