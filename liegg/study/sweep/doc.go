// Package sweep asks what makes networks learn symmetries: it trains a network for
// every combination of task, architecture, training regime, amount of data and
// seed, and measures each as one row of a table.
//
// A [Sweep] is a plain value and a JSON file. Its [Job]s are self-contained values,
// too: [Run] does one wherever it is, in this process or in another. A [Table] is the
// CSV file that the rows go to as they finish, from which a sweep that was stopped
// goes on. Rows carry a key that changes with the job's settings and with the code
// that computes them, so that rows of different origin are never mixed, and a digest, so
// that rows that have changed on the disk are noticed.
//
// Source of the questions: Moskalev, Sepliarskaia, Sosnovik, Smeulders, "LieGG:
// Studying Learned Lie Group Generators", NeurIPS 2022, arXiv:2210.04345, §5.
package sweep
