// Package linalg holds the linear algebra that verdicts need beside gonum's: whitening with
// one tolerance, the stationary values of quadratic forms, some of the solutions of large
// eigenproblems, streamed QR decompositions, and products of symmetric matrices.
package linalg
