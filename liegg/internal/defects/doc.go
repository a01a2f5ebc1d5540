// Package defects finds the generators along which a function changes least: the solutions of
// CᵀC h = ρ² D h with the smallest relative defects ρ, among the candidates to which the function
// responds. A Trial fits them to one half of the samples and tests them on the other.
package defects
