// Package shaders holds the WGSL of slotstream, embedded, and nothing else.
package shaders

import _ "embed"

// Scatter copies packed slots to their places in a storage buffer: entry point "scatter", one thread per run
// of vec4s, workgroups of 64.
//
//go:embed scatter.wgsl
var Scatter string
