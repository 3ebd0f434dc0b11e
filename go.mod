module github.com/slotstream/slotstream

go 1.26

require (
	github.com/cogentcore/webgpu v0.23.0
	github.com/go-gl/glfw/v3.3/glfw v0.0.0-20260823155953-d41da22a9587
	github.com/go-gl/mathgl v1.2.0
	golang.org/x/sys v0.38.0
)
