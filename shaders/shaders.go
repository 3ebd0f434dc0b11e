// Package shaders holds the WGSL of slotstream, embedded, and nothing else.
package shaders
