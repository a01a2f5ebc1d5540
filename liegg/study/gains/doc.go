// Package gains measures what a symmetry that was found is worth to a network of few samples: a
// network is trained on them, judged on them, and then the symmetry is used in each of four ways,
// as a mean over the group, by a canonical pose, by moved training samples and by a penalty; fresh
// samples say what that gains. Controls, which are no symmetries, are used in the same ways.
package gains
