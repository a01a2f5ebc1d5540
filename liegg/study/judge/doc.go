// Package judge asks a network that is stored in a file for its symmetries, on data that are
// stored in another: what the command study judge does between its flags and its answer.
//
// [Question] holds the flags. [Open] reads the network and the data, [Subject.Ask] answers.
// Gradients that another framework has computed take the place of a network. [Actions] lists
// the actions that fit inputs of a shape.
package judge
