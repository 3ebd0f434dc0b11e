// Package relay shows in one process what an arena of another shows: over NATS
// (https://nats.io), on one machine or on many.
//
//	p, err := relay.Publish(nc, "robots", a, relay.Config{})
//	for each frame {
//		d := a.Descend()
//		err = p.Apply(d) // and whoever else follows the arena
//	}
//
//	f, err := relay.Follow(nc, "robots", b, relay.Config{}) // elsewhere
//	for each frame {
//		shown, err := f.Apply()
//		d := b.Descend()
//	}
package relay
