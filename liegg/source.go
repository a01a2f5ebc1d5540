package liegg

import "embed"

// Code is the source of this package and of those below it that data, training and
// measurements are made by, tests included: network/training and study/sweep tell by a
// digest of it whether two results were computed by the same code.
//
//go:embed *.go action/*.go dataset/*.go dataset/*/*.go flow/*.go internal/*/*.go lie/*.go network/*.go network/*/*.go network/internal/*/*.go study/sweep/*.go
var Code embed.FS
