package liegg

import "embed"

// Code is the source of this package and of the packages below it that make data, training
// and measurements, tests included. With a digest of it, network/training and study/sweep
// determine whether two results were computed by the same code.
//
//go:embed *.go action/*.go action/*/*.go action/internal/*/*.go dataset/*.go dataset/*/*.go flow/*.go flow/internal/*/*.go internal/*/*.go lie/*.go lie/*/*.go lie/internal/*/*.go network/*.go network/*/*.go network/internal/*/*.go study/sweep/*.go
var Code embed.FS
