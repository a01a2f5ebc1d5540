package dependence

import "embed"

// Code is the source of this package without its tests: study/sweep tells by it
// whether two results were computed by the same code.
//
//go:embed *[^t].go
var Code embed.FS
