// Package judge asks a stored network for its symmetries on stored data. It is what the
// command study judge does between its flags and its answer.
//
// [Question] holds the flags. [Open] reads the network and the data, and [Subject.Ask]
// answers. Gradients that another framework has computed may replace the network. [Actions]
// lists the actions that fit inputs of a shape.
package judge
