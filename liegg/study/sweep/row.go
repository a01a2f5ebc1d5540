package sweep

// Row holds the measurements of one trained network. What was not measured,
// or failed, is NaN, empty or 0. d is the dimension of the task's own
// algebra, or 1 if it has none.
type Row struct {
	Key        string // of the job and the seed; see Job.Key
	Task       string
	Samples    int // for training
	Width      int
	Depth      int
	Activation string
	Regime     string
	Seed       uint64
	Parameters int

	// TrainLoss is the mean over the last fiftieth of the training steps,
	// including the L2 term. TestLoss is measured on fresh samples: the mean
	// squared error in standard deviations of the training targets, or the
	// cross-entropy in nats. Fit is R² on them, or the accuracy in [0, 1].
	TrainLoss, TestLoss, Fit float64

	Answer  string   // the verdict: "symmetric", "none", "undetermined" or "approximate"
	Dim     int      // number of generators found
	Truth   int      // number of generators to be found
	Algebra string   // name of the algebra found
	Reasons []string // why it is undetermined

	// Variance is the smallest symmetry variance s²/N and Bias the largest
	// symmetry bias among the d generators of smallest singular value.
	Variance, Bias float64
	// Defect is ρ_d held out, with its 95 % interval, and Next is ρ_{d+1}. If
	// the network has learned the task's symmetry and no more, the first is
	// small and the second large.
	Defect, Lower, Upper, Next float64
	// Angle is the largest of Angles, the principal angles in degrees between
	// the task's algebra and the d generators of smallest singular value.
	Angle  float64
	Angles []float64

	Spectrum []float64 // all variances s²/N, ascending
	Biases   []float64 // the biases of these generators
	Defects  []float64 // all relative defects ρ, ascending

	// The profile over the layers, the output last: the d-th smallest
	// variance, the largest bias of d generators, the d-th smallest defects
	// of invariance ρ and residuals of equivariance ε.
	LayerNames                                                []string
	LayerVariances, LayerBiases, LayerDefects, LayerResiduals []float64

	// Flow is the answer of finite flows, "confirmed", "refuted" or
	// "undecided", or "" if they were not asked for. FlowDim is the number of
	// generators that they confirm. FlowHolds is how far the answers hold
	// along these (t of lie.UnitSpeed, an angle for rotations), with
	// Δ ≤ FlowDelta; FlowOthers is how far at most they hold along other
	// generators of the same speed.
	Flow                             string
	FlowDim                          int
	FlowHolds, FlowDelta, FlowOthers float64

	Seconds float64 // of its analysis, and its share of the training
	Failed  string  // why there is no network or no answer
}
