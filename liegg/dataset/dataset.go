// Package dataset provides the data that LieGG's networks learn from: the
// paper's O(5) regression, the real MNIST digits with random rotations, and
// the plane geometry by which images are moved.
//
// There are two kinds of data. [Samples] are tensors of inputs and targets,
// ready for a network. [Digits] are labelled grey-value images on the host,
// ready to be blurred, rotated and normalised. They are turned into Samples
// once ([Digits.Samples]) or rotated anew in every epoch ([FreshRotations]).
//
// Randomness is always an argument. The same seed gives the same bits on one
// kind of machine, whatever its number of cores. Functions whose symmetries
// are known exactly are in the subpackage groundtruth.
//
// Source of the tasks: Moskalev, Sepliarskaia, Sosnovik, Smeulders, "LieGG:
// Studying Learned Lie Group Generators", NeurIPS 2022, arXiv:2210.04345.
package dataset
