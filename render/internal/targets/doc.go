// Package targets holds the questions that package render and package overlay ask of a target.
package targets
