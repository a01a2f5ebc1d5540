// Package sweep studies what makes networks learn symmetries: it trains a
// network for every combination of task, architecture, training regime,
// amount of data and seed, and measures each as one row of a table.
//
// A [Sweep] is a plain value and a JSON file. Its [Job]s are self-contained
// values, too: [Run] does one anywhere, in this process or in another. A
// [Table] is the CSV file that receives the rows as they finish, and from
// which a stopped sweep continues. Rows have a key that changes with the
// job's settings and with the code that computes them, so that rows of
// different origin are never mixed, and a digest, so that changes on disk are
// noticed.
//
// Source of the questions: Moskalev, Sepliarskaia, Sosnovik, Smeulders,
// "LieGG: Studying Learned Lie Group Generators", NeurIPS 2022,
// arXiv:2210.04345, §5.
package sweep
