module example.com/outside

go 1.26

require (
	github.com/go-gl/mathgl v1.2.0
	github.com/slotstream/slotstream v0.0.0
)

replace github.com/slotstream/slotstream => ../../..
