package sweep

import (
	"math"
	"strconv"
	"strings"
)

// column says how one field of a Row is written in the CSV.
type column struct {
	name string
	get  func(*Row) string
	set  func(*Row, string) error
}

// columns are the columns of the CSV, in order. A digest of them follows; see
// Encode.
var columns = []column{
	words("key", func(r *Row) *string { return &r.Key }),
	words("task", func(r *Row) *string { return &r.Task }),
	count("samples", func(r *Row) *int { return &r.Samples }),
	count("width", func(r *Row) *int { return &r.Width }),
	count("depth", func(r *Row) *int { return &r.Depth }),
	words("activation", func(r *Row) *string { return &r.Activation }),
	words("regime", func(r *Row) *string { return &r.Regime }),
	{"seed", func(r *Row) string { return strconv.FormatUint(r.Seed, 10) },
		func(r *Row, s string) (err error) { r.Seed, err = strconv.ParseUint(s, 10, 64); return err }},
	count("parameters", func(r *Row) *int { return &r.Parameters }),
	number("train_loss", func(r *Row) *float64 { return &r.TrainLoss }),
	number("test_loss", func(r *Row) *float64 { return &r.TestLoss }),
	number("fit", func(r *Row) *float64 { return &r.Fit }),
	words("answer", func(r *Row) *string { return &r.Answer }),
	count("dim", func(r *Row) *int { return &r.Dim }),
	count("true_dim", func(r *Row) *int { return &r.Truth }),
	words("algebra", func(r *Row) *string { return &r.Algebra }),
	number("variance", func(r *Row) *float64 { return &r.Variance }),
	number("bias", func(r *Row) *float64 { return &r.Bias }),
	number("defect", func(r *Row) *float64 { return &r.Defect }),
	number("defect_lower", func(r *Row) *float64 { return &r.Lower }),
	number("defect_upper", func(r *Row) *float64 { return &r.Upper }),
	number("next_defect", func(r *Row) *float64 { return &r.Next }),
	number("angle_degrees", func(r *Row) *float64 { return &r.Angle }),
	numbers("angles_degrees", func(r *Row) *[]float64 { return &r.Angles }),
	numbers("variances", func(r *Row) *[]float64 { return &r.Spectrum }),
	numbers("biases", func(r *Row) *[]float64 { return &r.Biases }),
	numbers("defects", func(r *Row) *[]float64 { return &r.Defects }),
	list("layers", func(r *Row) *[]string { return &r.LayerNames }),
	numbers("layer_variances", func(r *Row) *[]float64 { return &r.LayerVariances }),
	numbers("layer_biases", func(r *Row) *[]float64 { return &r.LayerBiases }),
	numbers("layer_defects", func(r *Row) *[]float64 { return &r.LayerDefects }),
	numbers("layer_residuals", func(r *Row) *[]float64 { return &r.LayerResiduals }),
	number("seconds", func(r *Row) *float64 { return &r.Seconds }),
	list("reasons", func(r *Row) *[]string { return &r.Reasons }),
	words("failed", func(r *Row) *string { return &r.Failed }),
	words("flow", func(r *Row) *string { return &r.Flow }),
	count("flow_dim", func(r *Row) *int { return &r.FlowDim }),
	number("flow_holds", func(r *Row) *float64 { return &r.FlowHolds }),
	number("flow_delta", func(r *Row) *float64 { return &r.FlowDelta }),
	number("flow_others", func(r *Row) *float64 { return &r.FlowOthers }),
}

// withoutFlows is the number of columns in tables of earlier versions.
const withoutFlows = 35

// words writes a text in one line, so that a row that was cut is recognised
// by its missing end.
func words(name string, of func(*Row) *string) column {
	return column{name, func(r *Row) string { return oneLine(*of(r)) },
		func(r *Row, s string) error { *of(r) = s; return nil }}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// list joins texts by "; ".
func list(name string, of func(*Row) *[]string) column {
	return column{name, func(r *Row) string { return oneLine(strings.Join(*of(r), "; ")) },
		func(r *Row, s string) error {
			if s != "" {
				*of(r) = strings.Split(s, "; ")
			}
			return nil
		}}
}

func count(name string, of func(*Row) *int) column {
	return column{name, func(r *Row) string { return strconv.Itoa(*of(r)) },
		func(r *Row, s string) (err error) { *of(r), err = strconv.Atoi(s); return err }}
}

// number writes six digits.
func number(name string, of func(*Row) *float64) column {
	return column{name, func(r *Row) string { return written(*of(r)) },
		func(r *Row, s string) (err error) { *of(r), err = read(s); return err }}
}

// numbers separates numbers by spaces.
func numbers(name string, of func(*Row) *[]float64) column {
	return column{name, func(r *Row) string {
		var parts []string
		for _, v := range *of(r) {
			parts = append(parts, strconv.FormatFloat(v, 'g', 6, 64))
		}
		return strings.Join(parts, " ")
	}, func(r *Row, s string) error {
		for part := range strings.FieldsSeq(s) {
			v, err := strconv.ParseFloat(part, 64)
			if err != nil {
				return err
			}
			*of(r) = append(*of(r), v)
		}
		return nil
	}}
}

// written returns "" for NaN, which pandas and R read as missing.
func written(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

func read(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(s, 64)
}
