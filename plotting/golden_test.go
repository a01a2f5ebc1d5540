package plotting_test

import (
	"testing"

	"gonum.org/v1/plot/cmpimg"
)

// Every example draws a picture that somebody looked at before it was frozen;
// `go test -run Golden -regen` freezes anew. Processors that fuse multiplication
// and addition round differently, hence the small tolerance.
func TestGolden(t *testing.T) {
	for name, example := range map[string]func(){
		"spectrum.png":       ExampleSpectrum,
		"missing.png":        ExampleSpectrum_missing,
		"bias.png":           ExampleBias,
		"bars.png":           ExampleBars,
		"levelsets.png":      ExampleLevelSets,
		"outputs.png":        ExampleSlider,
		"heatmap.png":        ExampleHeatmap,
		"curves.png":         ExampleLogCurves,
		"depth.png":          ExampleDepth,
		"breakdown.png":      ExampleBreakdown,
		"breakdown_many.png": ExampleBreakdown_many,
		"contributions.png":  ExampleContributions,
		"ranges.png":         ExampleRanges,
		"ratios.png":         ExampleRatios,
		"trend.png":          ExampleTrend,
		"scatter.png":        ExampleScatter,
		"table.png":          ExampleTable,
		"field.png":          ExampleField,
		"function.png":       ExampleFunction,
		"strip.png":          ExampleStrip,
		"colours.png":        ExampleStrip_colours,
		"grid.png":           ExampleGrid,
		"defects.png":        ExampleDefects,
		"verdict.png":        ExampleVerdict,
		"structure.png":      ExampleStructureConstants,
		"killing.png":        ExampleKillingForm,
		"flows.png":          ExampleFlows,
		"flow.png":           ExampleFlows_angle,
		"angles.png":         ExampleAngles,
		"logangles.png":      ExampleLogAngles,
		"scoreboard.png":     ExampleScoreboard,
		"formulas.png":       ExampleStructureConstants_formulas,
	} {
		t.Run(name, func(t *testing.T) {
			cmpimg.CheckPlotApprox(example, t, 0.02, name)
		})
	}
}
