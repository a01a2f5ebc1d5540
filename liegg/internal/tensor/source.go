package tensor

import "embed"

// Code is the source of this package, which training depends on.
//
//go:embed *[^t].go
var Code embed.FS
