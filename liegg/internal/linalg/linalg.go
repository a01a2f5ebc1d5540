// Package linalg holds the linear algebra that verdicts need beside gonum's: symmetric
// products and quadratic forms.
package linalg
