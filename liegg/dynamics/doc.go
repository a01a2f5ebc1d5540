// Package dynamics finds the laws of learned dynamics: the quantities that a learned Hamiltonian or
// Lagrangian conserves, and the symmetries of learned differential equations.
//
// A function G on phase space is conserved by a Hamiltonian H if and only if its Poisson bracket
// with H vanishes,
//
//	{G, H} = ∂G/∂q·∂H/∂p − ∂G/∂p·∂H/∂q = 0,
//
// that is, if and only if H does not change along the flow that G generates (Noether's theorem;
// Olver, "Applications of Lie Groups to Differential Equations", 1993, §6.3). So Canonical is an
// action, whose candidates are the Hamiltonian fields X_G of a Library of functions G, and
// conserved quantities are the symmetries that network.Judge finds among them, with all of its
// doubt. Conserved does this in one call, and says which of them are independent, what their
// brackets are, and how far each drifts along the trajectories of H.
//
// A field ξ is a symmetry of ẋ = v(x) if and only if [ξ, v] = 0. This is the same equation for
// the functions p·ξ(x) and p·v(x) on phase space, and ODE solves it in this form. PDE does the same
// for the point symmetries of partial differential equations, prolonged to derivatives, and Lagrangian
// for those of L(q, q̇), prolonged to velocities, with the charges that they conserve.
package dynamics
