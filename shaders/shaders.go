// Package shaders has the WGSL files of slotstream, embedded, and nothing else.
package shaders

import _ "embed"

// Scatter copies packed slots to their places in a storage buffer. Its entry point is "scatter", with a thread for each
// run of vec4s and workgroups of 64.
//
//go:embed scatter.wgsl
var Scatter string
