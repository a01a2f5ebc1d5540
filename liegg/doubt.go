package liegg

// Doubt makes the answer Undetermined for a reason that gradients do not show, such as a
// finite flow that contradicts them. Dim, Algebra and Rungs stay as guesses.
func (v *Verdict) Doubt(reason string) {
	v.Answer, v.Identity = Undetermined, nil
	v.Reasons = append(v.Reasons, reason)
}

// DoubtSymmetries is Doubt for a reason that may only take symmetries away, such as an output
// that the gradients do not show. None stays.
func (v *Verdict) DoubtSymmetries(reason string) {
	if v.Answer != None {
		v.Doubt(reason)
	}
}
