// Package rep holds representations of matrix algebras and of their groups: how outputs move with the
// inputs, built from sums, products and duals, or decomposed into irreducible parts.
//
// Functions panic, with a message that starts with "lie:", if an argument has the wrong shape.
package rep
