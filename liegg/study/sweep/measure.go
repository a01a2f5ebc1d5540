package sweep

import (
	"math"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/profile"
)

// measured returns the row of a candidate.
func (c *candidate) measured(r run) Row {
	row := r.row(c.seed)
	if c.err == nil {
		c.err = c.measure(r, &row)
	}
	if c.err != nil {
		row = r.row(c.seed)
		row.Failed = c.err.Error()
	}
	if c.network != nil {
		c.network.Store.Finalize()
	}
	return row
}

func (c *candidate) measure(r run, row *Row) (err error) {
	defer caught(&err)
	history := c.network.History
	row.TrainLoss = history[len(history)-1].Loss
	if row.TestLoss, row.Fit, err = c.lesson.test(c.network, c.seed); err != nil {
		return err
	}
	n, inputs, err := c.lesson.measured(c.network, c.seed, r.Judge)
	if err != nil {
		return err
	}
	settings := network.Settings{Head: r.task.head()}
	if err := r.judge(row, n, inputs, settings, c.seed); err != nil {
		return err
	}
	if !r.Layers {
		return nil
	}
	p, err := profile.Layers(n, r.task.action(), inputs, settings)
	if err == nil {
		row.profiled(p, r.task)
	}
	return err
}

// judge fills in the verdict, and the answer of finite flows if they are
// asked for.
func (r run) judge(row *Row, n *network.Network, inputs network.Inputs, s network.Settings, seed uint64) error {
	if !r.Flows {
		v, err := network.Judge(n, r.task.action(), inputs, s)
		if err == nil {
			row.judged(v, r.task)
		}
		return err
	}
	j, err := flow.Judge(n, r.task.action(), inputs, flow.Settings{Head: s.Head, Verdict: s, Points: 12, Random: 4, Seed: seed, Quiet: true})
	if err != nil {
		return err
	}
	row.judged(j.Verdict, r.task)
	row.Flow = j.Finding().String()
	if c := j.Confirmed(); c != nil {
		row.FlowDim, row.FlowHolds, row.FlowDelta, row.FlowOthers = c.Dim, c.Holds, c.Delta, c.Others
	}
	return nil
}

// row returns the row of a seed with everything known beforehand; the rest is
// NaN.
func (j Job) row(seed uint64) Row {
	task, _ := taskNamed(j.Task)
	nan := math.NaN()
	return Row{
		Key: j.Key(seed), Task: j.Task, Samples: j.Samples, Width: j.Width, Depth: j.Depth, Activation: j.Activation, Regime: j.Regime.Name, Seed: seed,
		Parameters: j.parameters(), Truth: task.dim(),
		TrainLoss: nan, TestLoss: nan, Fit: nan, Variance: nan, Bias: nan, Defect: nan, Lower: nan, Upper: nan, Next: nan, Angle: nan,
		FlowHolds: nan, FlowDelta: nan, FlowOthers: nan,
	}
}

// judged fills in the results of a verdict.
func (row *Row) judged(v *liegg.Verdict, task task) {
	row.Answer, row.Dim, row.Algebra, row.Reasons = v.Answer.String(), v.Dim, v.Name(), v.Reasons
	row.Spectrum, row.Biases, row.Defects = v.Spectrum.Variances(), v.Spectrum.Biases(), v.Spectrum.Defects()
	d := max(task.dim(), 1)
	row.Variance, row.Bias = row.Spectrum[0], slices.Max(row.Biases[:d])
	if d <= len(v.Defects) {
		e := v.Defects[d-1]
		row.Defect, row.Lower, row.Upper = e.Value, e.Lower, e.Upper
	}
	if d < len(v.Defects) {
		row.Next = v.Defects[d].Value
	}
	if row.Angles = degrees(task.angles(v.Spectrum)); len(row.Angles) > 0 {
		row.Angle = slices.Max(row.Angles)
	}
}

// profiled fills in the results for the layers.
func (row *Row) profiled(p profile.Profile, task task) {
	d := max(task.dim(), 1)
	row.LayerNames = p.Names()
	row.LayerVariances, row.LayerBiases, row.LayerDefects, row.LayerResiduals = p.Variances(d), p.Biases(d), p.Defects(d), p.Residuals(d)
}
