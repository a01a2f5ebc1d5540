// Package pde measures whether the point symmetries of evolution equations are found in networks
// that have learned the equations from simulated solutions: solutions of random initial waves are
// simulated, jets are taken from the grids, a network learns u_t as a function of jets, and
// dynamics.PDE finds its symmetries, which are compared with those of the exact equation.
package pde
