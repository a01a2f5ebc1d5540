// Package distribution asks whether data are distributed symmetrically, without a network that was
// trained on them: whether x and g·x have the same distribution, for g of the flow exp(tH).
//
// Judge trains a classifier to tell samples from samples that were moved, and counts how often it is
// right on samples that it has not seen: half of the time if the distributions are equal
// (classifier two-sample test: Lopez-Paz and Oquab, ICLR 2017). Nearest neighbours are asked, too,
// as they see finer structures. A classifier that fails may be too weak. So another one has to tell
// samples moved along random generators, and an answer "invariant" requires that it can.
//
// Data that stand in an orientation of their own, such as upright digits, say nothing about what a
// network should do off that orientation: see Result.Warning.
package distribution
